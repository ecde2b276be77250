// SPDX-License-Identifier: GPL-2.0-only
/*
 * How one byte reaches the host: by WRPT where that is safe now, else by the port.
 * At least once, never zero times: a host that hears twice loses nothing.
 */
#include <linux/io.h>
#include <linux/lockdep.h>

#include "pvpanic.h"

/* What panic() and the chain add for a task that holds no spinlock, where that is counted. */
#define PANIC_PREEMPT_COUNT	(1 + !IS_ENABLED(CONFIG_PREEMPT_RCU))

/**
 * pvpanic_wrpt - evaluate WRPT
 * @pv: the device
 * @event: the byte (specification, "ACPI Interface"); 0 means nothing to the host
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

/* Not inline, as pvpanic_wrpt() is not: the port's way would pay for their frames. */
static noinline int pvpanic_choose(struct pvpanic *pv, unsigned int event)
{
	/* Not under a spinlock that ACPICA may want, nor in an interrupt, which counts too. */
	if (preempt_count() <= PANIC_PREEMPT_COUNT && pvpanic_aml_now(pv)) {
		lockdep_off();	/* for good: it warns of what could sleep, which this can't */
		clear_preempt_need_resched();	/* too: down_timeout() may heed it, and yield */
		if (ACPI_SUCCESS(pvpanic_wrpt(pv, event)))
			return NOTIFY_DONE;
	}

	if (pv->mmio)
		writeb(event, pv->mmio);
	else
		outb(event, pv->port);
	return NOTIFY_DONE;
}

/**
 * pvpanic_send - send one event, by WRPT where that is safe now, else by the port
 * @pv: the device
 * @event: one event's bit; nothing is sent unless host and administrator want it
 *
 * Context: any, NMI included; waits for nothing.
 * Return: NOTIFY_DONE, for whom it is the last to call: they keep no frame for it.
 */
int pvpanic_send(struct pvpanic *pv, unsigned int event)
{
	if (!(event & READ_ONCE(pv->events)))
		return NOTIFY_DONE;
	if (data_race(pv->choose))	/* set at bind; what it leads to looks again */
		return pvpanic_choose(pv, event);

	outb(event, pv->port);
	return NOTIFY_DONE;
}
