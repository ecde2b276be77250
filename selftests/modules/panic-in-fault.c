// SPDX-License-Identifier: GPL-2.0-only
/*
 * Panics by an exception of the CPU, and in NMIs.
 */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kdebug.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <asm/apicdef.h>
#include <asm/nmi.h>

#include "panic-in.h"

static void in_divide(void)
{
	static volatile int one = 1, zero;

	pr_err("panic-in: %d\n", one / zero);
}

/* No canonical address: a general protection fault, not a page fault. */
static void in_general_protection(void)
{
	*(volatile int *)0x8000000000000000ul = 0;
}

/* An instruction fetch from data. */
static void in_exec_data(void)
{
	static int (*volatile data)(void) = (int (*)(void))&data;

	data();
}

extern void __noreturn __stack_chk_fail(void);

static void in_stack_protector(void)
{
	__stack_chk_fail();
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

static void bug_tasklet(unsigned long unused)
{
	BUG();
}

static struct tasklet_struct tasklet;

static void in_bug_softirq(void)
{
	tasklet_init(&tasklet, bug_tasklet, 0);
	tasklet_schedule(&tasklet);
}

static void callback(struct rcu_head *head)
{
	panic_in_now();
}

static void in_rcu_callback(void)
{
	static struct rcu_head head;

	call_rcu(&head, callback);
}

/* The report of an oops is under way as this panics. */
static int on_die(struct notifier_block *nb, unsigned long code, void *unused)
{
	if (code == DIE_OOPS)
		panic_in_now();

	return NOTIFY_DONE;
}

static struct notifier_block die_notifier = { .notifier_call = on_die };

static void in_die_notifier(void)
{
	register_die_notifier(&die_notifier);
	*(volatile int *)8 = 0;
}

const struct panic_way panic_ways_fault[] = {
	{ "divide", in_divide },
	{ "general-protection", in_general_protection },
	{ "exec-data", in_exec_data },
	{ "stack-protector", in_stack_protector },
	{ "double-fault", in_double_fault },
	{ "nmi-lockup", in_nmi_lockup },
	{ "nmi-bug", in_nmi_bug },
	{ "bug-softirq", in_bug_softirq },
	{ "rcu-callback", in_rcu_callback },
	{ "die-notifier", in_die_notifier },
	{ NULL, NULL }
};
