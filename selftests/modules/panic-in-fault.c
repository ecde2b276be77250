// SPDX-License-Identifier: GPL-2.0-only
/*
 * Panics by an exception of the CPU, and what follows one.
 */
#include <linux/bug.h>
#include <linux/interrupt.h>
#include <linux/kdebug.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>

#include "panic-in.h"

static void in_divide(void)
{
	static volatile int one = 1, zero;

	pr_err("panic-in: %d\n", one / zero);
}

/* An instruction fetch from data. */
static void in_exec_data(void)
{
	static int (*volatile data)(void) = (int (*)(void))&data;

	data();
}

#ifdef CONFIG_STACKPROTECTOR
extern void __noreturn __stack_chk_fail(void);

static void in_stack_protector(void)
{
	__stack_chk_fail();
}
#endif

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
	{ "exec-data", in_exec_data },
#ifdef CONFIG_STACKPROTECTOR
	{ "stack-protector", in_stack_protector },
#endif
	{ "bug-softirq", in_bug_softirq },
	{ "rcu-callback", in_rcu_callback },
	{ "die-notifier", in_die_notifier },
	{ NULL, NULL }
};
