/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One simulated guest: its device, the machine around it, and the monitors that listen.
 */
#ifndef HOST_SIM_GUEST_H
#define HOST_SIM_GUEST_H

#include <stdint.h>

#include "device.h"
#include "machine.h"
#include "options.h"

struct qmp_session;

/**
 * struct guest - one guest
 * @index: 0 to --guests minus 1
 * @options: what the process was started with
 * @device: its device
 * @machine: its machine
 * @monitors: QMP sessions that negotiated and so hear events, newest first
 */
struct guest {
	unsigned int index;
	const struct options *options;
	struct device device;
	struct machine machine;
	struct qmp_session *monitors;
};

void guest_init(struct guest *guest, const struct options *options, unsigned int index);
void guest_write(struct guest *guest, uint8_t value, const char *source);

#endif
