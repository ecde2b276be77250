// SPDX-License-Identifier: GPL-2.0-only
/*
 * The specification of the pvpanic device (QEMU's docs/specs/pvpanic, 2013, and the bits that
 * came later) as a function of a byte. machine.c decides what the host does about an event.
 */
#include "device.h"

/**
 * device_init() - set up a device
 * @dev: the device
 * @port: I/O port
 * @events: bits that a read returns, 0..0xff as in QEMU's events= property
 * @defined: PVPANIC_ bits of the simulated version; no other bit ever has an effect
 */
void device_init(struct device *dev, uint16_t port, uint8_t events, uint8_t defined)
{
	dev->port = port;
	dev->events = events;
	dev->defined = defined;
}

/**
 * device_read() - the byte that the guest reads from the port
 * @dev: the device
 *
 * Specification: "On read, the bits recognized by the device are set."
 */
uint8_t device_read(const struct device *dev)
{
	return dev->events;
}

/**
 * device_write() - the meaning of a byte that the guest writes to the port
 * @dev: the device
 * @value: the byte
 *
 * Specification: "On write, the bits not recognized by the device are ignored." Of several bits
 * only the gravest counts, because a guest that panicked is not also shutting down. QEMU has the
 * same order (handle_event() in hw/misc/pvpanic.c), but does not check its mask.
 */
struct device_effect device_write(const struct device *dev, uint8_t value)
{
	uint8_t recognised = dev->events & dev->defined;
	struct device_effect effect = { .ignored = value & ~recognised };

	value &= recognised;
	if (value & PVPANIC_PANICKED)
		effect.event = PVPANIC_PANICKED;
	else if (value & PVPANIC_CRASH_LOADED)
		effect.event = PVPANIC_CRASH_LOADED;
	else if (value & PVPANIC_SHUTDOWN)
		effect.event = PVPANIC_SHUTDOWN;
	return effect;
}
