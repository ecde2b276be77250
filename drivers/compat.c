// SPDX-License-Identifier: GPL-2.0-only
/*
 * Before 5.19: a power-off handler as a kprobe on the function that powers off. The alternative,
 * pm_power_off, is one pointer without a lock. Another module that saved our function would call
 * it after this module is unloaded.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "compat.h"

#ifdef PVPANIC_COMPAT_SYS_OFF
struct sys_off_handler {
	struct kprobe probe;
	struct sys_off_data data;
	int (*call)(struct sys_off_data *data);
};

static int machine_power_off_begins(struct kprobe *probe, struct pt_regs *regs)
{
	struct sys_off_handler *handler = container_of(probe, struct sys_off_handler, probe);

	handler->call(&handler->data);
	return 0;
}

struct sys_off_handler *register_sys_off_handler(int mode, int priority,
						 int (*call)(struct sys_off_data *), void *data)
{
	struct sys_off_handler *handler = kzalloc(sizeof(*handler), GFP_KERNEL);
	int err;

	if (!handler)
		return ERR_PTR(-ENOMEM);
	handler->probe.symbol_name = "machine_power_off";
	handler->probe.offset = PVPANIC_PROBE_OFFSET;
	handler->probe.pre_handler = machine_power_off_begins;
	handler->data.cb_data = data;
	handler->call = call;
	err = register_kprobe(&handler->probe);
	if (err) {
		kfree(handler);
		return ERR_PTR(err);
	}
	return handler;
}

void unregister_sys_off_handler(struct sys_off_handler *handler)
{
	if (!handler)
		return;
	unregister_kprobe(&handler->probe);
	kfree(handler);
}
#endif
