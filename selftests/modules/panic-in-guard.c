// SPDX-License-Identifier: GPL-2.0-only
/*
 * Panics in which evaluating WRPT hangs the guest or loses the event, and that only one
 * condition of the driver's guard recognizes. selftests/mutants removes each condition in turn.
 */
#include <linux/acpi.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/printk.h>
#include <linux/sched.h>

#include "panic-in.h"

/* A kprobe that has one is neither optimized nor ftrace's, so its handler may change regs->ip. */
static void unused(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static struct task_struct *holder;
static int releases, hold_at = INT_MAX;
static bool held;

/* Entered in place of acpi_os_release_lock(), with interrupts as that function has them. */
static noinline notrace void hold_lock(void)
{
	for (;;)
		cpu_relax();
}

static int on_release(struct kprobe *probe, struct pt_regs *regs)
{
	if (current != READ_ONCE(holder) || ++releases < hold_at)
		return 0;
	WRITE_ONCE(held, true);
	regs->ip = (unsigned long)hold_lock;
	return 1;
}

/* The first evaluation counts the releases. The second one keeps the lock at the last release. */
static void evaluate_twice(void)
{
	WRITE_ONCE(holder, current);
	acpi_execute_simple_method(panic_in_device(), "WRPT", 0);
	hold_at = releases;
	releases = 0;
	acpi_execute_simple_method(panic_in_device(), "WRPT", 0);
	pr_err("panic-in: WRPT released its last spinlock\n");
}

static void in_acpica_spinlock(void)
{
	static struct kprobe probe = {
		.symbol_name = "acpi_os_release_lock",
		.pre_handler = on_release,
		.post_handler = unused,
	};

	if (register_kprobe(&probe)) {
		pr_err("panic-in: no kprobe on acpi_os_release_lock\n");
		return;
	}
	set_cpus_allowed_ptr(current, cpumask_of(0));
	panic_in_thread(evaluate_twice, cpumask_last(cpu_online_mask));
	while (!READ_ONCE(held))
		msleep(1);
	pr_emerg("panic-in: another CPU holds ACPICA's spinlock\n");
	panic_in_now();
}

static noinline void fault(void)
{
	*(volatile int *)8 = 0;
}

static int on_execute(struct kprobe *probe, struct pt_regs *regs)
{
	static bool done;

	if (!oops_in_progress || done)
		return 0;
	done = true;
	pr_emerg("panic-in: a fault inside the interpreter\n");
	regs->ip = (unsigned long)fault;
	return 1;
}

/* In a panic, the interpreter follows a NULL pointer. */
static void in_acpica_fault(void)
{
	static struct kprobe probe = {
		.symbol_name = "acpi_ps_execute_method",
		.pre_handler = on_execute,
		.post_handler = unused,
	};

	if (register_kprobe(&probe)) {
		pr_err("panic-in: no kprobe on acpi_ps_execute_method\n");
		return;
	}
	panic_in_now();
}

/* With panic_force_cpu=, the CPU that comes second marks itself offline and keeps its locks. */
static void panic_second(void)
{
	panic_in_lock_zones();
	pr_emerg("panic-in: CPU %u holds the zone locks\n", raw_smp_processor_id());
	WRITE_ONCE(held, true);
	while (!READ_ONCE(oops_in_progress))
		cpu_relax();
	panic_in_now();
}

/* The last CPU panics first; it is the one that panic_force_cpu= names. */
static void in_two_cpus_zone_lock(void)
{
	set_cpus_allowed_ptr(current, cpumask_of(cpumask_last(cpu_online_mask)));
	panic_in_fill_slabs();
	panic_in_thread(panic_second, 0);
	while (!READ_ONCE(held))
		cpu_relax();
	panic_in_now();
}

const struct panic_way panic_ways_guard[] = {
	{ "acpica-spinlock", in_acpica_spinlock },
	{ "acpica-fault", in_acpica_fault },
	{ "two-cpus-zone-lock", in_two_cpus_zone_lock },
	{ NULL, NULL }
};
