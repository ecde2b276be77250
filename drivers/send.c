// SPDX-License-Identifier: GPL-2.0-only
/*
 * How one event reaches the host: by WRPT where that is safe, otherwise by the register.
 * An event that arrives twice does no harm, but a lost event does.
 */
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>

#include "pvpanic.h"

/**
 * pvpanic_write_register - send one event by writing the register
 * @pv: the device
 * @event: one event's bit; it is sent only if the host and the administrator want it
 *
 * Context: any, NMI included.
 */
void pvpanic_write_register(struct pvpanic *pv, unsigned int event)
{
	if (!(event & READ_ONCE(pv->events)))
		return;
	if (pv->mmio)
		writeb(event, pv->mmio);
	else
		outb(event, pv->port);
}

/**
 * pvpanic_send_panicked - send PANICKED, by WRPT if that is safe, otherwise by the register
 * @pv: the device
 *
 * Context: a panic notifier.
 */
void pvpanic_send_panicked(struct pvpanic *pv)
{
	acpi_status status;

	if (!(PVPANIC_PANICKED & READ_ONCE(pv->events)))
		return;
	if (pvpanic_wrpt_safe(pv)) {
		/* Never switched on again. lockdep cannot know that the semaphores are free. */
		lockdep_off();
		/*
		 * A fault in the interpreter now counts as one in an interrupt: it panics
		 * again, and the nested panic writes the register.
		 */
		preempt_count_add(HARDIRQ_OFFSET);
		status = pvpanic_evaluate_wrpt(pv, PVPANIC_PANICKED);
		preempt_count_sub(HARDIRQ_OFFSET);
		/* A region handler may have switched interrupts on. */
		local_irq_disable();
		if (ACPI_SUCCESS(status))
			return;
	}
	pvpanic_write_register(pv, PVPANIC_PANICKED);
}
