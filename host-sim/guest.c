// SPDX-License-Identifier: GPL-2.0-only
/* Connects the device to its machine, and the machine to the log and the callbacks. */
#include "guest.h"
#include "log.h"

static void machine_event(void *opaque, const struct machine_event *event)
{
	struct guest *guest = opaque;

	log_event(guest->index, event);
	guest->ops->event(guest, event);
}

static void machine_ended(void *opaque)
{
	struct guest *guest = opaque;

	guest->ops->ended(guest);
}

/**
 * guest_init() - a guest as the options describe it
 * @guest: the guest
 * @options: kept, not copied
 * @ops: kept, not copied
 * @index: its number
 */
void guest_init(struct guest *guest, const struct options *options, const struct guest_ops *ops,
		unsigned int index)
{
	*guest = (struct guest){ .index = index, .options = options, .ops = ops };
	device_init(&guest->device, options->ioport, options->events, options->compat->events);
	machine_init(&guest->machine, &options->actions, !options->stopped, machine_event, guest);
	guest->machine.ended = machine_ended;
}

/**
 * guest_write() - the guest writes a byte to its device's port
 * @guest: the guest
 * @value: the byte
 * @source: "qtest", "guest" or "storm", for the log
 */
void guest_write(struct guest *guest, uint8_t value, const char *source)
{
	struct device_effect effect = device_write(&guest->device, value);

	if (guest->machine.exited)
		return;
	log_port_write(guest->index, source, value, effect.ignored);
	machine_guest_event(&guest->machine, effect.event);
}
