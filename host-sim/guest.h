/* SPDX-License-Identifier: GPL-2.0-only */
/* One simulated guest: its device, the machine around it, and the monitors that listen. */
#ifndef HOST_SIM_GUEST_H
#define HOST_SIM_GUEST_H

#include <stdint.h>
#include <sys/queue.h>

#include "device.h"
#include "machine.h"
#include "options.h"

struct guest;

/**
 * struct guest_ops - callbacks
 * @event: the machine emitted an event, and it is in the log
 * @ended: the machine has exited; called once, and nothing happens to the guest afterwards
 */
struct guest_ops {
	void (*event)(struct guest *guest, const struct machine_event *event);
	void (*ended)(struct guest *guest);
};

/**
 * struct guest - one guest
 * @index: 0 to --guests minus 1
 * @options: what the process was started with
 * @ops: called back
 * @device: its device
 * @machine: its machine
 * @monitors: the QMP clients, for @ops->event
 */
struct guest {
	unsigned int index;
	const struct options *options;
	const struct guest_ops *ops;
	struct device device;
	struct machine machine;
	LIST_HEAD(qmp_sessions, qmp_session) monitors;
};

void guest_init(struct guest *guest, const struct options *options, const struct guest_ops *ops,
		unsigned int index);
void guest_write(struct guest *guest, uint8_t value, const char *source);

#endif
