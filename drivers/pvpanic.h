/* SPDX-License-Identifier: GPL-2.0-only */
/* What the driver's files share: the events, a bound device, and each file's functions. */
#ifndef PVPANIC_GUEST_H
#define PVPANIC_GUEST_H

#include <linux/acpi.h>
#include <linux/bits.h>
#include <linux/kprobes.h>
#include <linux/notifier.h>
#include <linux/semaphore.h>
#include <linux/spinlock.h>

/* Bit 0 is in the specification. QEMU added bits 1 and 2 later. */
#define PVPANIC_PANICKED	BIT(0)
#define PVPANIC_CRASH_LOADED	BIT(1)
#define PVPANIC_SHUTDOWN	BIT(2)
#define PVPANIC_EVENTS		(PVPANIC_PANICKED | PVPANIC_CRASH_LOADED | PVPANIC_SHUTDOWN)

/* A simple WRPT takes 3 semaphores and 1 spinlock. One that takes more than this is unsafe. */
#define PVPANIC_SEMAPHORES	16
#define PVPANIC_SPINLOCKS	4

/*
 * kernel.ftrace_enabled=0 disarms a kprobe that stands on a function's ftrace call. That call
 * takes 5 bytes, after endbr64 if there is one, so our kprobes stand on the next instruction.
 */
#define PVPANIC_PROBE_OFFSET	(IS_ENABLED(CONFIG_KPROBES_ON_FTRACE) * \
				 (5 + 4 * IS_ENABLED(CONFIG_X86_KERNEL_IBT)))

struct pvpanic {
	struct device *dev;
	struct notifier_block panic;
	void __iomem *mmio;		/* the register, or NULL if it is an I/O port */
	unsigned long port;		/* the I/O port, or the register's physical address */
	unsigned int capability;	/* the events that the host announced */
	unsigned int events;		/* the events to send, a subset of capability */

	acpi_handle wrpt;
	const char *unsafe;		/* why a panic never evaluates WRPT, or NULL */
	struct semaphore *semaphores[PVPANIC_SEMAPHORES];	/* that WRPT takes */
	unsigned int nr_semaphores;
	raw_spinlock_t *spinlocks[PVPANIC_SPINLOCKS];		/* that WRPT takes */
	unsigned int nr_spinlocks;

	struct kprobe crash_hook;
	const char *crash_hook_state;	/* for people: on, off or unavailable */
	bool crash_hooked;
	bool crash_hook_ran;		/* in this oops or panic */
	u64 stop_ns;			/* sched_clock() before CPUs are stopped; 0: unknown */
	bool crash_sent;		/* CRASH_LOADED was sent in this oops or panic */

	struct sys_off_handler *power_off;	/* exists while SHUTDOWN is in events */
};

int pvpanic_arm(struct pvpanic *pv, bool crash_hook);
int pvpanic_set_events(struct pvpanic *pv, unsigned int events);
void pvpanic_send_panicked(struct pvpanic *pv);
void pvpanic_write_register(struct pvpanic *pv, unsigned int event);
acpi_status pvpanic_evaluate_wrpt(struct pvpanic *pv, unsigned int event);
void pvpanic_rehearse(struct pvpanic *pv);
bool pvpanic_wrpt_usable(const struct pvpanic *pv);
bool pvpanic_wrpt_safe(const struct pvpanic *pv);
extern const struct attribute_group *pvpanic_groups[];

#endif
