// SPDX-License-Identifier: GPL-2.0-only
/*
 * Panics on the way to sleep, to the disk, or into another kernel. These are
 * prepared by loading the module, and come when the scenario goes that way.
 */
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

const struct panic_way panic_ways_power[] = {
	{ "suspend", in_suspend, true },
	{ "restart", in_restart, true },
	{ NULL, NULL, false }
};
