// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ties the device to its machine and the machine to its monitors and to the log.
 */
#include "guest.h"
#include "log.h"
#include "qmp.h"

static void guest_event(void *opaque, const struct machine_event *event)
{
	struct guest *guest = opaque;

	log_event(guest->index, event);
	qmp_broadcast(guest, event);
}

/**
 * guest_init() - a guest as the options describe it
 * @guest: the guest
 * @options: kept, not copied
 * @index: its number
 */
void guest_init(struct guest *guest, const struct options *options, unsigned int index)
{
	*guest = (struct guest){ .index = index, .options = options };
	device_init(&guest->device, options->ioport, options->events, options->compat->events);
	machine_init(&guest->machine, &options->actions, options->autostart, guest_event, guest);
}

/**
 * guest_write() - the guest writes a byte to its device's port
 * @guest: the guest
 * @value: the byte
 * @source: who says so, for the log
 */
void guest_write(struct guest *guest, uint8_t value, const char *source)
{
	struct device_effect effect = device_write(&guest->device, value);

	if (guest->machine.exited)
		return;
	log_port_write(guest->index, source, value, effect.ignored);
	machine_guest_event(&guest->machine, effect.event);
}
