// SPDX-License-Identifier: GPL-2.0-only
/*
 * Panics on the way to sleep, to the disk, or into another kernel, and what can meet a
 * power-off. These are prepared by loading the module, and come when the scenario goes
 * that way.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/reboot.h>

#include "panic-in.h"

/* Tasks are frozen by now, most devices are asleep and their interrupts are off. */
static int asleep(struct device *dev)
{
	panic_in_now();

	return 0;
}

static const struct dev_pm_ops sleep_ops = { .suspend_noirq = asleep, .freeze_noirq = asleep };

static struct platform_driver sleep_driver = {
	.driver = { .name = "panic-in", .pm = &sleep_ops },
};

static void in_suspend(void)
{
	if (!platform_driver_register(&sleep_driver))
		platform_device_register_simple("panic-in", -1, NULL, 0);
}

/* A kexec is a restart to these notifiers. */
static int restarting(struct notifier_block *nb, unsigned long code, void *unused)
{
	panic_in_now();

	return NOTIFY_DONE;
}

static struct notifier_block restart_notifier = { .notifier_call = restarting };

static void in_restart(void)
{
	register_reboot_notifier(&restart_notifier);
}

/* Another task becomes due when interrupts are off for good, before the driver's handler runs. */
#ifdef SYS_OFF_PRIO_FIRMWARE
static int do_nothing(struct sys_off_data *data)
{
	return NOTIFY_DONE;
}

static int make_due(struct sys_off_data *data)
{
	panic_in_make_due();

	return NOTIFY_DONE;
}

static void at_power_off(void)
{
	panic_in_watch_due();
	register_sys_off_handler(SYS_OFF_MODE_POWER_OFF, SYS_OFF_PRIO_FIRMWARE + 30, make_due,
				 NULL);
}
#else
static void (*below)(void);

static void make_due(void)
{
	panic_in_make_due();
	below();
}

static void at_power_off(void)
{
	panic_in_watch_due();
	below = pm_power_off;
	pm_power_off = make_due;
}
#endif

/* Takes the region handler's lock with interrupts off as soon as the power-off has begun. */
static bool powering_off, locked;

static void lock_at_power_off(void)
{
	while (!READ_ONCE(powering_off))
		msleep(1);
	panic_in_hold_region_lock();
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

	if (panic_in_install_region_lock())
		return;
	if (register_kprobe(&probe))
		pr_err("panic-in: no kprobe on machine_power_off\n");
	else
		panic_in_thread(lock_at_power_off, cpumask_last(cpu_online_mask));
}

/* Other drivers have the first priorities above the firmware's. */
static void take_priorities(void)
{
#ifdef SYS_OFF_PRIO_FIRMWARE
	int i;

	for (i = 1; i <= 10; i++)
		if (IS_ERR(register_sys_off_handler(SYS_OFF_MODE_POWER_OFF,
						    SYS_OFF_PRIO_FIRMWARE + i, do_nothing, NULL)))
			pr_err("panic-in: priority %d is taken already\n", i);
#else
	pr_err("panic-in: this kernel has no priorities\n");
#endif
}

const struct panic_way panic_ways_power[] = {
	{ "power-off-due", at_power_off, true },
	{ "power-off-region-locked", at_power_off_region_locked, true },
	{ "power-off-priorities", take_priorities, true },
	{ "suspend", in_suspend, true },
	{ "restart", in_restart, true },
	{ NULL, NULL, false }
};
