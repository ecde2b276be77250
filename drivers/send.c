// SPDX-License-Identifier: GPL-2.0-only
/*
 * How one byte reaches the host: by WRPT where that is safe now, else by the port.
 * At least once, never zero times: a host that hears twice loses nothing.
 */
#include <linux/io.h>
#include <linux/lockdep.h>

#include "pvpanic.h"

/**
 * pvpanic_wrpt - evaluate WRPT
 * @pv: the device
 * @event: the byte (specification, "ACPI Interface"); 0 means nothing to the host
 *
 * Not inline, for the port's way would then pay for its stack.
 *
 * Context: where ACPICA's mutexes can be had without waiting; see pvpanic_aml_now().
 * Return: what ACPICA says.
 */
noinline acpi_status pvpanic_wrpt(struct pvpanic *pv, unsigned int event)
{
	union acpi_object arg = { .integer = { ACPI_TYPE_INTEGER, event } };
	struct acpi_object_list args = { 1, &arg };

	return acpi_evaluate_object(pv->wrpt, NULL, &args, NULL);
}

/**
 * pvpanic_send - send one event, by WRPT where that is safe now, else by the port
 * @pv: the device
 * @event: one event's bit; nothing is sent unless host and administrator want it
 *
 * Context: any, NMI included; waits for nothing.
 */
void pvpanic_send(struct pvpanic *pv, unsigned int event)
{
	if (!(event & READ_ONCE(pv->events)))
		return;

	/* What never changes in a panic is asked first, and without a call. */
	if (!READ_ONCE(pv->unsafe) && pvpanic_aml_now(pv)) {
		lockdep_off();	/* the chain is an RCU reader; what ACPICA takes could sleep, but is free */
		if (ACPI_SUCCESS(pvpanic_wrpt(pv, event)))
			return;
	}

	if (pv->mmio)
		writeb(event, pv->mmio);
	else
		outb(event, pv->port);
}
