/* SPDX-License-Identifier: GPL-2.0-only */
/* What the driver's files share: the events, a bound device, and what each offers to another. */
#ifndef PVPANIC_GUEST_H
#define PVPANIC_GUEST_H

#include <linux/acpi.h>
#include <linux/bits.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/semaphore.h>

/* Bit 0 is the specification's; QEMU added 1 and 2 later. */
#define PVPANIC_PANICKED	BIT(0)
#define PVPANIC_CRASH_LOADED	BIT(1)
#define PVPANIC_SHUTDOWN	BIT(2)
#define PVPANIC_EVENTS		(PVPANIC_PANICKED | PVPANIC_CRASH_LOADED | PVPANIC_SHUTDOWN)

#define PVPANIC_SEMAPHORES	16	/* a method that takes more is no simple register write */

/*
 * A kprobe where ftrace has its call, 5 bytes at a function's start (behind endbr64), is
 * ftrace's: kernel.ftrace_enabled=0 disarms it. So ours are on the instruction after it.
 */
#define PVPANIC_PROBE_OFFSET	(IS_ENABLED(CONFIG_KPROBES_ON_FTRACE) * \
				 (5 + 4 * IS_ENABLED(CONFIG_X86_KERNEL_IBT)))

struct pvpanic {
	struct notifier_block panic;	/* first: what panic() calls has it at hand */
	struct device *dev;
	void __iomem *mmio;		/* the register, NULL where it is an I/O port */
	unsigned long port;		/* the I/O port, or the register's physical address */
	unsigned int capability;	/* what the host announced */
	unsigned int events;		/* what is sent, a subset of capability */
	bool choose;			/* whether there is a way beside the I/O port */

	acpi_handle wrpt;
	const char *unsafe;		/* why it is never evaluated in a panic, or NULL */
	struct semaphore *semaphores[PVPANIC_SEMAPHORES];	/* what evaluating it takes */
	unsigned int nr;

	struct kprobe crash_hook;	/* on what panic() calls before any notifier */
	const char *crash_hook_state;	/* on, off, or unavailable: no kprobes or no kexec */
	bool crash_told;		/* whether the host was, in this panic */
	u64 hooked;			/* sched_clock() as panic() came to the hook; 0: not yet */
	struct sys_off_handler *power_off;	/* there while events has SHUTDOWN */
};

int __cold pvpanic_arm(struct pvpanic *pv, bool crash_hook);
int __cold pvpanic_set_events(struct pvpanic *pv, unsigned int events);
int pvpanic_send(struct pvpanic *pv, unsigned int event);
acpi_status pvpanic_wrpt(struct pvpanic *pv, unsigned int event);
void pvpanic_rehearse(struct pvpanic *pv);
bool pvpanic_aml_in_task(const struct pvpanic *pv);
bool pvpanic_aml_now(const struct pvpanic *pv);
extern const struct attribute_group *pvpanic_groups[];

#endif
