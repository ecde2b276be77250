// SPDX-License-Identifier: GPL-2.0-only
/*
 * Panics in which evaluating WRPT hangs the guest or loses the event, and that only one
 * condition of the driver's guard recognizes. selftests/mutants removes each condition in turn.
 */
#include <linux/acpi.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

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

/*
 * WRPT takes a lock that the rehearsal has not recorded: that of another driver's handler for
 * the operation region, which is installed now. take_region_lock() takes it for good, with
 * interrupts off.
 */
static DEFINE_RAW_SPINLOCK(region_lock);

static acpi_status region_handler(u32 function, acpi_physical_address address, u32 width,
				  u64 *value, void *context, void *region)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&region_lock, flags);
	if ((function & ACPI_IO_MASK) == ACPI_WRITE)
		outb(*value, address);
	else
		*value = inb(address);
	raw_spin_unlock_irqrestore(&region_lock, flags);
	return AE_OK;
}

static acpi_status region_setup(acpi_handle region, u32 function, void *context, void **out)
{
	return AE_OK;
}

static int install_region_lock(void)
{
	acpi_status status;

	status = acpi_install_address_space_handler(panic_in_device(), ACPI_ADR_SPACE_SYSTEM_IO,
						    region_handler, region_setup, NULL);
	if (ACPI_SUCCESS(status))
		return 0;
	pr_err("panic-in: no region handler: %s\n", acpi_format_exception(status));
	return -EIO;
}

static void take_region_lock(void)
{
	local_irq_disable();
	raw_spin_lock(&region_lock);
	WRITE_ONCE(held, true);
}

static void in_region_lock(void)
{
	if (install_region_lock())
		return;
	take_region_lock();
	panic_in_now();
}

/* Another CPU holds the lock and takes no interrupts, so only an NMI stops it. */
static void hold_region_lock(void)
{
	take_region_lock();
	for (;;)
		cpu_relax();
}

static void in_region_lock_elsewhere(void)
{
	if (install_region_lock())
		return;
	set_cpus_allowed_ptr(current, cpumask_of(0));
	panic_in_thread(hold_region_lock, cpumask_last(cpu_online_mask));
	while (!READ_ONCE(held))
		cpu_relax();
	panic_in_now();
}

/* With panic_force_cpu=, the CPU that panics second marks itself offline and keeps its locks. */
static void panic_second(void)
{
	take_region_lock();
	while (!READ_ONCE(oops_in_progress))
		cpu_relax();
	panic_in_now();
}

/* The last CPU panics first. panic_force_cpu= must name it. */
static void in_two_cpus_region_lock(void)
{
	if (install_region_lock())
		return;
	set_cpus_allowed_ptr(current, cpumask_of(cpumask_last(cpu_online_mask)));
	panic_in_thread(panic_second, 0);
	while (!READ_ONCE(held))
		cpu_relax();
	pr_emerg("panic-in: CPU 0 holds the region handler's lock\n");
	panic_in_now();
}

/* Takes the region handler's lock with interrupts off as soon as the power-off has begun. */
static bool powering_off, locked;

static void lock_at_power_off(void)
{
	while (!READ_ONCE(powering_off))
		msleep(1);
	take_region_lock();
	WRITE_ONCE(locked, true);
	for (;;)
		cpu_relax();
}

/* The CPU that powers off goes on when the lock is held. */
static int on_power_off(struct kprobe *probe, struct pt_regs *regs)
{
	WRITE_ONCE(powering_off, true);
	while (!READ_ONCE(locked))
		cpu_relax();
	pr_emerg("panic-in: another CPU holds the region handler's lock\n");
	return 0;
}

static void at_power_off_region_locked(void)
{
	static struct kprobe probe = {
		.symbol_name = "machine_power_off",
		.pre_handler = on_power_off,
	};

	if (install_region_lock())
		return;
	if (register_kprobe(&probe))
		pr_err("panic-in: no kprobe on machine_power_off\n");
	else
		panic_in_thread(lock_at_power_off, cpumask_last(cpu_online_mask));
}

const struct panic_way panic_ways_guard[] = {
	{ "acpica-spinlock", in_acpica_spinlock },
	{ "acpica-fault", in_acpica_fault },
	{ "region-lock", in_region_lock },
	{ "region-lock-elsewhere", in_region_lock_elsewhere },
	{ "two-cpus-region-lock", in_two_cpus_region_lock },
	{ "power-off-region-locked", at_power_off_region_locked, true },
	{ NULL, NULL }
};
