// SPDX-License-Identifier: GPL-2.0-only
/*
 * Panics by what the CPU is doing: interrupts, locks, oopses, other CPUs.
 */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/stop_machine.h>
#include <linux/workqueue.h>

#include "panic-in.h"

static void in_task_context(void)
{
	panic_in_now();
}

/* An irq_work runs in the interrupt that it raises. */
static void (*irq_go)(void);

static void irq_work_fn(struct irq_work *work)
{
	irq_go();
}

static struct irq_work irq_work;

static void in_irq_work(void (*go)(void))
{
	irq_go = go;
	init_irq_work(&irq_work, irq_work_fn);
	irq_work_queue(&irq_work);
}

static void do_bug(void)
{
	BUG();
}

static void do_oops(void)
{
	*(volatile int *)8 = 0;
}

static void in_hardirq_context(void)
{
	in_irq_work(panic_in_now);
}

static void in_bug_hardirq(void)
{
	in_irq_work(do_bug);
}

static void in_oops_hardirq(void)
{
	in_irq_work(do_oops);
}

static void tasklet_fn(unsigned long unused)
{
	panic_in_now();
}

static struct tasklet_struct tasklet;

static void in_softirq_context(void)
{
	tasklet_init(&tasklet, tasklet_fn, 0);
	tasklet_schedule(&tasklet);
}

static void in_irqsoff(void)
{
	local_irq_disable();
	panic_in_now();
}

static void in_preemptoff(void)
{
	preempt_disable();
	panic_in_now();
}

static void in_bhoff(void)
{
	local_bh_disable();
	panic_in_now();
}

static void in_rcu(void)
{
	rcu_read_lock();
	panic_in_now();
}

static void in_spinlock(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	panic_in_now();
}

static void in_warn(void)
{
	WARN(1, "panic-in: a warning first\n");
	panic_in_now();
}

static void work_fn(struct work_struct *work)
{
	panic_in_now();
}

static DECLARE_WORK(work, work_fn);

static void in_workqueue(void)
{
	schedule_work(&work);
}

static int stop_fn(void *unused)
{
	if (raw_smp_processor_id() == cpumask_first(cpu_online_mask))
		panic_in_now();

	return 0;
}

static void in_stop_machine(void)
{
	stop_machine(stop_fn, NULL, cpu_online_mask);
}

/* Every CPU but the last to come waits, so that the calls are as one. */
static atomic_t cpus_to_come;

static void panic_together(void)
{
	atomic_dec(&cpus_to_come);
	while (atomic_read(&cpus_to_come) > 0)
		cpu_relax();
	panic_in_now();
}

static void in_two_cpus(void)
{
	if (num_online_cpus() < 2) {
		pr_err("panic-in: two-cpus wants two\n");
		return;
	}
	atomic_set(&cpus_to_come, 2);
	panic_in_thread(panic_together, 0);
	panic_in_thread(panic_together, 1);
}

static void together_in_irq(void *unused)
{
	panic_together();
}

static void in_all_cpus(void)
{
	atomic_set(&cpus_to_come, num_online_cpus());
	on_each_cpu(together_in_irq, NULL, 0);
}

const struct panic_way panic_ways_context[] = {
	{ "task", in_task_context },
	{ "oops", do_oops },
	{ "bug", do_bug },
	{ "warn", in_warn },
	{ "hardirq", in_hardirq_context },
	{ "bug-hardirq", in_bug_hardirq },
	{ "oops-hardirq", in_oops_hardirq },
	{ "softirq", in_softirq_context },
	{ "workqueue", in_workqueue },
	{ "irqsoff", in_irqsoff },
	{ "preemptoff", in_preemptoff },
	{ "bhoff", in_bhoff },
	{ "rcu", in_rcu },
	{ "spinlock", in_spinlock },
	{ "stop-machine", in_stop_machine },
	{ "two-cpus", in_two_cpus },
	{ "all-cpus", in_all_cpus },
	{ NULL, NULL }
};
