// SPDX-License-Identifier: GPL-2.0-only
/* The device's register, as the CPU reaches it: an I/O port or a mapped byte. */
#include "world.h"

static u8 *mappings[WORLD_NODES];

/** world_map() - the register, as a pointer; NULL for no memory */
void *world_map(unsigned int node)
{
	mappings[node] = world_alloc(1, "ioremap");

	return mappings[node];
}

void world_unmap(void *mapping)
{
	unsigned int node;

	for (node = 0; node < WORLD_NODES; node++)
		if (mappings[node] == mapping)
			mappings[node] = NULL;
	world_free(mapping);
}

static unsigned int by_port(u16 port)
{
	unsigned int node;

	for (node = 0; node < WORLD_NODES; node++)
		if (world.node[node].present && world.node[node].io_port == port)
			return node;
	world_violation("port %#x is none of the host's", port);

	return WORLD_NODES;
}

static unsigned int by_address(const void *addr)
{
	unsigned int node;

	for (node = 0; node < WORLD_NODES; node++)
		if (mappings[node] && mappings[node] == addr)
			return node;
	world_violation("address %p is not mapped", addr);

	return WORLD_NODES;
}

static u8 read_node(unsigned int node)
{
	world_call(__func__);

	return node < WORLD_NODES ? sim_read(node) : 0xff;
}

static void write_node(unsigned int node, enum way way, u8 value)
{
	world_call(__func__);
	if (!world.dying)
		world_violation("the register is written in a guest that lives: %#x", value);
	if (node < WORLD_NODES)
		sim_write(node, way, value);
}

u8 inb(u16 port)
{
	return read_node(by_port(port));
}

void outb(u8 value, u16 port)
{
	write_node(by_port(port), WAY_IO, value);
}

u8 readb(const void __iomem *addr)
{
	return read_node(by_address(addr));
}

void writeb(u8 value, void __iomem *addr)
{
	write_node(by_address(addr), WAY_MEM, value);
}
