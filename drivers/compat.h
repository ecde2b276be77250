/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only file that knows kernel versions. It looks at what their headers have, because
 * distributions backport. It gives older kernels the interface of newer ones. For notify.c alone.
 */
#ifndef PVPANIC_GUEST_COMPAT_H
#define PVPANIC_GUEST_COMPAT_H

#include <linux/kprobes.h>
#include <linux/reboot.h>
#include <linux/slab.h>

#include "pvpanic.h"

extern struct atomic_notifier_head panic_notifier_list;	/* its header came in 5.14 */

#ifndef SYS_OFF_PRIO_FIRMWARE	/* before 5.19 */
#define SYS_OFF_MODE_POWER_OFF	0
#define SYS_OFF_PRIO_FIRMWARE	0

/*
 * A kprobe on the function that powers off. The alternative, pm_power_off, is one pointer
 * without a lock: another module that saved our function would call it after we are unloaded.
 */
struct sys_off_data {
	void *cb_data;
};

struct sys_off_handler {
	struct kprobe probe;
	struct sys_off_data data;
	int (*call)(struct sys_off_data *data);
};

static int compat_machine_power_off(struct kprobe *probe, struct pt_regs *regs)
{
	struct sys_off_handler *handler = container_of(probe, struct sys_off_handler, probe);

	handler->call(&handler->data);
	return 0;
}

static struct sys_off_handler *
register_sys_off_handler(int mode, int priority, int (*call)(struct sys_off_data *), void *data)
{
	struct sys_off_handler *handler = kzalloc(sizeof(*handler), GFP_KERNEL);
	int err;

	if (!handler)
		return ERR_PTR(-ENOMEM);
	handler->probe.symbol_name = "machine_power_off";
	handler->probe.offset = PVPANIC_PROBE_OFFSET;
	handler->probe.pre_handler = compat_machine_power_off;
	handler->data.cb_data = data;
	handler->call = call;
	err = register_kprobe(&handler->probe);
	if (err) {
		kfree(handler);
		return ERR_PTR(err);
	}
	return handler;
}

static void unregister_sys_off_handler(struct sys_off_handler *handler)
{
	if (!handler)
		return;
	unregister_kprobe(&handler->probe);
	kfree(handler);
}
#endif
#endif
