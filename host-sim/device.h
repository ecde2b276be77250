/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pvpanic device as its specification describes it: one byte to read, one byte to write.
 * No I/O and no state that changes, so that every value of every mask can be tried in a test.
 */
#ifndef HOST_SIM_DEVICE_H
#define HOST_SIM_DEVICE_H

#include <stdint.h>

#define PVPANIC_PORT 0x505

#define PVPANIC_PANICKED     0x01 /* the guest panicked and needs its host */
#define PVPANIC_CRASH_LOADED 0x02 /* the guest panicked and dumps on its own */
#define PVPANIC_SHUTDOWN     0x04 /* the guest powers itself off, all is well */

/**
 * struct device - one pvpanic device
 * @port: its I/O port
 * @events: the bits it answers a read with: those it recognises
 * @defined: the bits that have a meaning in the specification's version that is simulated
 */
struct device {
	uint16_t port;
	uint8_t events;
	uint8_t defined;
};

/**
 * struct device_effect - what one written byte comes to
 * @event: the one event that happened, a PVPANIC_ bit, or 0
 * @ignored: the bits that the device doesn't recognise, which is a mistake of the guest's
 */
struct device_effect {
	uint8_t event;
	uint8_t ignored;
};

void device_init(struct device *dev, uint16_t port, uint8_t events, uint8_t defined);
uint8_t device_read(const struct device *dev);
struct device_effect device_write(const struct device *dev, uint8_t value);

#endif
