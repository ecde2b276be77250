// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host: the simulator's own device and machine, which judge what the driver writes. The only
 * file here that sees its headers, for they and the kernel both have a struct device.
 */
#include "device.h"
#include "machine.h"

/* World.h's part of the deal, without the kernel's names. */
#define device kernel_device
#include "world.h"
#undef device

static struct host {
	struct device device;
	struct machine machine;
	unsigned int seen;
} hosts[WORLD_NODES];

static const struct machine_actions actions = {
	.panic = PANIC_PAUSE,
	.shutdown = SHUTDOWN_PAUSE,
};

/* Not strcmp(), which ASan looks into, for it is called a hundred million times. */
static bool is(const struct machine_event *event, const char *name)
{
	const char *has = event->name;

	while (*name && *has == *name)
		has++, name++;

	return *has == *name;
}

static void monitor(void *opaque, const struct machine_event *event)
{
	struct host *host = opaque;

	if (is(event, "GUEST_PANICKED"))
		host->seen |= PVPANIC_PANICKED;
	else if (is(event, "GUEST_CRASHLOADED"))
		host->seen |= PVPANIC_CRASH_LOADED;
	else if (is(event, "GUEST_PVSHUTDOWN"))
		host->seen |= PVPANIC_SHUTDOWN;
}

static void start(struct host *host)
{
	host->seen = 0;
	machine_init(&host->machine, &actions, true, monitor, host);
}

/** sim_plug() - a host that announces these bits, all eight of them if it likes */
void sim_plug(unsigned int node, u8 capability)
{
	device_init(&hosts[node].device, world.node[node].io_port, capability,
		    PVPANIC_PANICKED | PVPANIC_CRASH_LOADED | PVPANIC_SHUTDOWN);
	start(&hosts[node]);
}

/** sim_reset() - the same hosts, with a machine that runs and monitors that heard nothing */
void sim_reset(void)
{
	unsigned int node;

	for (node = 0; node < WORLD_NODES; node++)
		if (world.node[node].present)
			start(&hosts[node]);
	world.seen = 0;
}

u8 sim_read(unsigned int node)
{
	return device_read(&hosts[node].device);
}

/* Several bits in a byte, a bit that was not announced, or none at all: the driver is wrong. */
void sim_write(unsigned int node, enum way way, u8 value)
{
	struct host *host = &hosts[node];
	struct device_effect effect = device_write(&host->device, value);

	if (world.ended)
		return;
	if (effect.ignored || effect.event != value)
		world_violation("the host is sent %#x, having announced %#x", value,
				host->device.events);
	machine_guest_event(&host->machine, effect.event);
	if (effect.event && !(host->seen & effect.event))
		world_violation("no monitor heard of event %#x", effect.event);
	world.seen |= host->seen;
	if (world.nr_bytes == WORLD_BYTES) {
		world_violation("the host is sent bytes without end");
		return;
	}
	world.bytes[world.nr_bytes++] = (struct world_byte){
		.node = node,
		.way = way,
		.value = value,
		.event = effect.event,
	};
}
