// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host: the simulator's own device and machine, which judge the bytes that the driver writes.
 * No other file here includes their headers, because the kernel has a struct device too.
 */
#include "device.h"
#include "machine.h"

/* Rename the kernel's struct device for guest.h. */
#define device kernel_device
#include "guest.h"
#undef device

static struct host {
	struct device device;
	struct machine machine;
	unsigned int seen;
} hosts[GUEST_NODES];

static const struct machine_actions actions = {
	.panic = PANIC_PAUSE,
	.shutdown = SHUTDOWN_PAUSE,
};

/* Not strcmp(): ASan intercepts it, and the tests call this many million times. */
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

/** sim_plug() - a host that announces @capability, which may have unknown bits */
void sim_plug(unsigned int node, u8 capability)
{
	device_init(&hosts[node].device, guest.node[node].io_port, capability,
		    PVPANIC_PANICKED | PVPANIC_CRASH_LOADED | PVPANIC_SHUTDOWN);
	start(&hosts[node]);
}

/** sim_reset() - the hosts as new: their machines run, and no monitor has heard an event */
void sim_reset(void)
{
	unsigned int node;

	for (node = 0; node < GUEST_NODES; node++)
		if (guest.node[node].present)
			start(&hosts[node]);
	guest.seen = 0;
}

u8 sim_read(unsigned int node)
{
	return device_read(&hosts[node].device);
}

/* The driver must write exactly one bit that the host announced. */
void sim_write(unsigned int node, enum transport transport, u8 value)
{
	struct host *host = &hosts[node];
	struct device_effect effect = device_write(&host->device, value);

	if (guest.ended)
		return;
	if (effect.ignored || effect.event != value)
		guest_violation("the driver writes %#x, but the host announced %#x", value,
				host->device.events);
	machine_guest_event(&host->machine, effect.event);
	if (effect.event && !(host->seen & effect.event))
		guest_violation("no monitor heard of event %#x", effect.event);
	guest.seen |= host->seen;
	if (guest.nr_bytes == GUEST_BYTES) {
		guest_violation("the driver never stops writing");
		return;
	}
	guest.bytes[guest.nr_bytes++] = (struct guest_byte){
		.node = node,
		.transport = transport,
		.value = value,
		.event = effect.event,
	};
}
