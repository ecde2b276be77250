/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pvpanic device as its specification describes it: one byte to read, one byte to write.
 * It does no I/O and its state never changes, so a test can try every value of every mask.
 */
#ifndef HOST_SIM_DEVICE_H
#define HOST_SIM_DEVICE_H

#include <stdint.h>

#define PVPANIC_PORT 0x505

#define PVPANIC_PANICKED     0x01 /* the guest panicked, and the host must act */
#define PVPANIC_CRASH_LOADED 0x02 /* the guest panicked, and its crash kernel acts */
#define PVPANIC_SHUTDOWN     0x04 /* the guest powers off in order */

/**
 * struct device - one pvpanic device
 * @port: its I/O port
 * @events: the bits that it recognises, and returns to a read
 * @defined: the bits that have a meaning in the specification's version that is simulated
 */
struct device {
	uint16_t port;
	uint8_t events;
	uint8_t defined;
};

/**
 * struct device_effect - the effect of one written byte
 * @event: the one event, a PVPANIC_ bit, or 0
 * @ignored: the bits that the device does not recognise; each is the guest's mistake
 */
struct device_effect {
	uint8_t event;
	uint8_t ignored;
};

void device_init(struct device *dev, uint16_t port, uint8_t events, uint8_t defined);
uint8_t device_read(const struct device *dev);
struct device_effect device_write(const struct device *dev, uint8_t value);

#endif
