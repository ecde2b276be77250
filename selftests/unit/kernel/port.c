// SPDX-License-Identifier: GPL-2.0-only
/* The device's register as the CPU reaches it: an I/O port or a mapped byte. */
#include "guest.h"

static u8 *mappings[GUEST_NODES];

/** guest_map() - the register as a pointer; NULL if there is no memory */
void *guest_map(unsigned int node)
{
	mappings[node] = guest_alloc(1, "ioremap");

	return mappings[node];
}

void guest_unmap(void *mapping)
{
	unsigned int node;

	guest_check_readers("the register is unmapped");
	for (node = 0; node < GUEST_NODES; node++)
		if (mappings[node] == mapping)
			mappings[node] = NULL;
	guest_free(mapping);
}

static unsigned int by_port(u16 port)
{
	unsigned int node;

	if (!guest.config->x86)
		guest_violation("port %#x is used, and this machine has no I/O ports", port);
	for (node = 0; node < GUEST_NODES; node++)
		if (guest.node[node].present && guest.node[node].io_port == port)
			return node;
	guest_violation("port %#x is not a device's", port);

	return GUEST_NODES;
}

static unsigned int by_address(const void *addr)
{
	unsigned int node;

	for (node = 0; node < GUEST_NODES; node++)
		if (mappings[node] && mappings[node] == addr)
			return node;
	guest_violation("address %p is not mapped", addr);

	return GUEST_NODES;
}

static u8 read_node(unsigned int node)
{
	guest_call(__func__);
	if (node == GUEST_NODES)
		return 0xff;
	if (!guest_reachable(node))
		guest_violation("the register is read of a PCI device that is not enabled");

	return guest.node[node].silent ? 0xff : sim_read(node);
}

static void write_node(unsigned int node, enum transport transport, u8 value)
{
	guest_call(__func__);
	if (!guest.dying)
		guest_violation("the register is written in a guest that runs: %#x", value);
	if (node == GUEST_NODES)
		return;
	if (!guest_reachable(node))
		guest_violation("the register is written of a PCI device that is not enabled");
	sim_write(node, transport, value);
}

u8 inb(u16 port)
{
	return read_node(by_port(port));
}

void outb(u8 value, u16 port)
{
	write_node(by_port(port), BY_PORT, value);
}

u8 readb(const void __iomem *addr)
{
	return read_node(by_address(addr));
}

void writeb(u8 value, void __iomem *addr)
{
	write_node(by_address(addr), BY_MEMORY, value);
}
