// SPDX-License-Identifier: GPL-2.0-only
/*
 * For test guests: another module that hooks pm_power_off, as modules did before Linux 5.19. It
 * saves the pointer that it finds, calls it, and puts it back when it is unloaded.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/pm.h>
#include <linux/reboot.h>

#ifndef SYS_OFF_PRIO_FIRMWARE
static void (*saved)(void);

static void hook(void)
{
	saved();
}

static int __init hook_init(void)
{
	saved = pm_power_off;
	pm_power_off = hook;
	return 0;
}

static void __exit hook_exit(void)
{
	pm_power_off = saved;
}
module_exit(hook_exit);
#else
static int __init hook_init(void)
{
	return -ENODEV;
}
#endif
module_init(hook_init);

MODULE_DESCRIPTION("Test only: hooks pm_power_off");
MODULE_LICENSE("GPL");
