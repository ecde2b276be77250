/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only file that knows kernel versions, by what their headers have, for kernels
 * have backports. What it defines is as newer ones have it. For notify.c alone.
 */
#ifndef PVPANIC_GUEST_COMPAT_H
#define PVPANIC_GUEST_COMPAT_H

#include <linux/module.h>
#include <linux/pm.h>
#include <linux/reboot.h>

extern struct atomic_notifier_head panic_notifier_list;	/* its header came in 5.14 */

#ifndef SYS_OFF_PRIO_FIRMWARE	/* before 5.19 */
#define SYS_OFF_MODE_POWER_OFF	0
#define SYS_OFF_PRIO_FIRMWARE	0

/* Not a chain but one pointer; ours calls the one it found, and so is above the firmware's. */
static struct sys_off_handler {
	struct sys_off_data { void *cb_data; } data;
	int (*call)(struct sys_off_data *data);
	void (*below)(void);
	bool hooked;
} compat_sys_off;

static void compat_pm_power_off(void)
{
	int (*call)(struct sys_off_data *data) = READ_ONCE(compat_sys_off.call);

	if (call)
		call(&compat_sys_off.data);
	if (compat_sys_off.below)
		compat_sys_off.below();
}

static struct sys_off_handler *
register_sys_off_handler(int mode, int priority, int (*call)(struct sys_off_data *), void *data)
{
	if (compat_sys_off.call)
		return ERR_PTR(-EBUSY);
	compat_sys_off.data.cb_data = data;
	WRITE_ONCE(compat_sys_off.call, call);
	if (!compat_sys_off.hooked) {
		compat_sys_off.below = pm_power_off;
		pm_power_off = compat_pm_power_off;
		compat_sys_off.hooked = true;
	}
	return &compat_sys_off;
}

static void unregister_sys_off_handler(struct sys_off_handler *handler)
{
	if (!handler)
		return;
	WRITE_ONCE(handler->call, NULL);
	if (pm_power_off == compat_pm_power_off) {
		pm_power_off = handler->below;
		handler->hooked = false;
	} else {	/* who hooked in above us calls us for good */
		__module_get(THIS_MODULE);
	}
}
#endif
#endif
