// SPDX-License-Identifier: GPL-2.0-only
/*
 * Panics on the way to sleep, to the disk, or into another kernel, and what can meet a
 * power-off. These are prepared by loading the module, and come when the scenario goes
 * that way.
 */
#include <linux/err.h>
#include <linux/kernel.h>
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

/* Other drivers have the first priorities above the firmware's. */
#ifdef SYS_OFF_PRIO_FIRMWARE
static int do_nothing(struct sys_off_data *data)
{
	return NOTIFY_DONE;
}

static void take_priorities(void)
{
	int i;

	for (i = 1; i <= 10; i++)
		if (IS_ERR(register_sys_off_handler(SYS_OFF_MODE_POWER_OFF,
						    SYS_OFF_PRIO_FIRMWARE + i, do_nothing, NULL)))
			pr_err("panic-in: priority %d is taken already\n", i);
}
#else
static void take_priorities(void)
{
	pr_err("panic-in: this kernel has no priorities\n");
}
#endif

const struct panic_way panic_ways_power[] = {
	{ "power-off-priorities", take_priorities, true },
	{ "suspend", in_suspend, true },
	{ "restart", in_restart, true },
	{ NULL, NULL, false }
};
