// SPDX-License-Identifier: GPL-2.0-only
/*
 * Panics that only x86 has: its exceptions, its NMIs, and a wait in the ACPI interpreter that
 * would let another task run.
 */
#include <linux/bug.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/notifier.h>
#include <linux/pm.h>
#include <linux/preempt.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <asm/apicdef.h>
#include <asm/nmi.h>

#include "panic-in.h"

/* No canonical address: a general protection fault, not a page fault. */
static void in_general_protection(void)
{
	*(volatile int *)0x8000000000000000ul = 0;
}

/*
 * The function is entered with a stack that is not there. Pushing to it faults, and
 * so does what would report that: a double fault.
 */
static noinline notrace void no_stack(void)
{
	pr_err("panic-in: with a stack\n");
}

static int take_stack(struct kprobe *probe, struct pt_regs *regs)
{
	regs->sp = 0;

	return 0;
}

static void after(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static void in_double_fault(void)
{
	static struct kprobe probe = {
		.addr = (kprobe_opcode_t *)no_stack,
		.pre_handler = take_stack,
		.post_handler = after,
	};

	if (register_kprobe(&probe))
		pr_err("panic-in: no kprobe\n");
	no_stack();
}

/* The local APIC's own page, as every PC has it; the command goes to all CPUs. */
#define ICR_LOW		0x300
#define ICR_NMI_TO_ALL	(2 << 18 | 1 << 14 | 4 << 8)

static int locked_up = -1;
static void (*nmi_go)(void);

static int on_nmi(unsigned int type, struct pt_regs *regs)
{
	if (raw_smp_processor_id() == READ_ONCE(locked_up))
		nmi_go();

	return NMI_HANDLED;
}

/* A CPU that spins with interrupts off, until an NMI finds it. */
static void nmi_while_locked_up(void (*go)(void))
{
	void __iomem *apic = ioremap(APIC_DEFAULT_PHYS_BASE, PAGE_SIZE);

	nmi_go = go;
	if (!apic || register_nmi_handler(NMI_LOCAL, on_nmi, 0, "panic-in"))
		return;
	local_irq_disable();
	WRITE_ONCE(locked_up, raw_smp_processor_id());
	writel(ICR_NMI_TO_ALL, apic + ICR_LOW);
	for (;;)
		cpu_relax();
}

static void do_bug(void)
{
	BUG();
}

static void in_nmi_lockup(void)
{
	nmi_while_locked_up(panic_in_now);
}

static void in_nmi_bug(void)
{
	nmi_while_locked_up(do_bug);
}

/*
 * The watch logs a line if down_timeout() is called where it would let another task run. The
 * kprobe itself counts as 1. From 6.15 on, the kernel checks interrupts too.
 */
static int may_yield(struct kprobe *probe, struct pt_regs *regs)
{
	if (test_preempt_need_resched() && !(regs->flags & X86_EFLAGS_IF) &&
	    preempt_count() < 2)
		pr_emerg("panic-in: down_timeout() may yield with interrupts off\n");

	return 0;
}

static struct kprobe watch = { .symbol_name = "down_timeout", .pre_handler = may_yield };

static void watch_due(void)
{
	if (register_kprobe(&watch))
		pr_err("panic-in: down_timeout() can't be watched\n");
}

/* Makes another task due, as the timer does. */
static void make_due(void)
{
	set_tsk_need_resched(current);
	set_preempt_need_resched();
}

/* Interrupts are off, so that the other task does not run at once. */
static void in_irqsoff_due(void)
{
	watch_due();
	local_irq_disable();
	make_due();
	panic_in_now();
}

/* Another task becomes due when interrupts are off for good, before the driver's handler runs. */
#ifdef SYS_OFF_PRIO_FIRMWARE
static int on_power_off(struct sys_off_data *data)
{
	make_due();

	return NOTIFY_DONE;
}

static void at_power_off(void)
{
	watch_due();
	register_sys_off_handler(SYS_OFF_MODE_POWER_OFF, SYS_OFF_PRIO_FIRMWARE + 30, on_power_off,
				 NULL);
}
#else
static void (*below)(void);

static void on_power_off(void)
{
	make_due();
	below();
}

static void at_power_off(void)
{
	watch_due();
	below = pm_power_off;
	pm_power_off = on_power_off;
}
#endif

const struct panic_way panic_ways_x86[] = {
	{ "general-protection", in_general_protection },
	{ "double-fault", in_double_fault },
	{ "nmi-lockup", in_nmi_lockup },
	{ "nmi-bug", in_nmi_bug },
	{ "irqsoff-due", in_irqsoff_due },
	{ "power-off-due", at_power_off, true },
	{ NULL, NULL }
};
