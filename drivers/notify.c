// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which event is sent when. To follow a panic, read this file, then send.c, then aml-guard.c.
 */
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/kexec.h>
#include <linux/mutex.h>
#include <linux/sched/clock.h>

#include "compat.h"
#include "pvpanic.h"

/* Priorities of the kernel's own handlers end at 255. */
#define PVPANIC_PRIO_MAX	255

/* Protects a device's events and its power-off handler. */
static DEFINE_MUTEX(pvpanic_lock);

/*
 * If the kdump hook ran and the kernel is still here, no crash kernel started: the guest needs
 * help. If the hook has not run, the crash kernel may still start (crash_kexec_post_notifiers).
 */
static int pvpanic_panic(struct notifier_block *nb, unsigned long code, void *unused)
{
	struct pvpanic *pv = container_of(nb, struct pvpanic, panic);

	if (pv->crash_hook_ran || !kexec_crash_loaded()) {
		pvpanic_send_panicked(pv);
	} else if (!pv->crash_sent) {
		pv->crash_sent = true;
		pvpanic_write_register(pv, PVPANIC_CRASH_LOADED);
	}
	return NOTIFY_DONE;
}

/*
 * The kdump hook. It runs in any context, NMI included, and only on the CPU that owns the panic.
 * A BPF program can call crash_kexec() without a panic, so only an oops in progress counts.
 */
static int pvpanic_crash_kexec(struct kprobe *hook, struct pt_regs *regs)
{
	struct pvpanic *pv = container_of(hook, struct pvpanic, crash_hook);

	pv->crash_hook_ran = oops_in_progress;
	/* An active CPU that is offline stopped itself (panic_force_cpu=) and keeps its locks. */
	pv->stop_ns = 0;
	if (pv->crash_hook_ran && cpumask_subset(cpu_active_mask, cpu_online_mask))
		pv->stop_ns = sched_clock();
	if (kexec_crash_loaded() && !pv->crash_sent) {
		pv->crash_sent = pv->crash_hook_ran;
		pvpanic_write_register(pv, PVPANIC_CRASH_LOADED);
	}
	return 0;
}

/* By the register: nobody knows how the other CPUs were stopped. */
static int pvpanic_power_off(struct sys_off_data *data)
{
	pvpanic_write_register(data->cb_data, PVPANIC_SHUTDOWN);
	return NOTIFY_DONE;
}

/* The firmware's handler does not return, so ours needs a higher priority, one of its own. */
static struct sys_off_handler *register_power_off(struct pvpanic *pv)
{
	struct sys_off_handler *handler = ERR_PTR(-EBUSY);
	int priority;

	for (priority = SYS_OFF_PRIO_FIRMWARE + 1;
	     handler == ERR_PTR(-EBUSY) && priority <= PVPANIC_PRIO_MAX; priority++)
		handler = register_sys_off_handler(SYS_OFF_MODE_POWER_OFF, priority,
						   pvpanic_power_off, pv);
	return handler;
}

/**
 * pvpanic_set_events - choose the events that are sent from now on
 * @pv: the device
 * @events: a subset of the capability
 *
 * The power-off handler exists only while SHUTDOWN is chosen, because a kernel without any
 * handler halts instead of powering off.
 *
 * Context: may sleep.
 * Return: 0, or the error of the power-off handler; then nothing has changed.
 */
int pvpanic_set_events(struct pvpanic *pv, unsigned int events)
{
	struct sys_off_handler *handler;

	mutex_lock(&pvpanic_lock);
	handler = pv->power_off;
	if (!(events & PVPANIC_SHUTDOWN)) {
		unregister_sys_off_handler(handler);
		handler = NULL;
	} else if (!handler) {
		handler = register_power_off(pv);
	}
	if (!IS_ERR(handler)) {
		pv->power_off = handler;
		WRITE_ONCE(pv->events, events);
	}
	mutex_unlock(&pvpanic_lock);
	return PTR_ERR_OR_ZERO(handler);
}

static void pvpanic_disarm(void *data)
{
	struct pvpanic *pv = data;

	pvpanic_set_events(pv, pv->events & ~PVPANIC_SHUTDOWN);
	unregister_kprobe(&pv->crash_hook);	/* does nothing if it is not registered */
	atomic_notifier_chain_unregister(&panic_notifier_list, &pv->panic);
}

static void pvpanic_hook_crash(struct pvpanic *pv)
{
	int err;

	pv->crash_hook.symbol_name = "__crash_kexec";
	pv->crash_hook.offset = PVPANIC_PROBE_OFFSET;
	pv->crash_hook.pre_handler = pvpanic_crash_kexec;
	err = register_kprobe(&pv->crash_hook);
	if (err)
		dev_warn(pv->dev, "no kdump hook: register_kprobe(__crash_kexec) returned %d\n",
			 err);
	pv->crash_hooked = !err;
	pv->crash_hook_state = err ? "unavailable" : "on";
}

/**
 * pvpanic_arm - send this guest's events to the host until the device is unbound
 * @pv: the device, with its register, capability and events
 * @crash_hook: whether to send CRASH_LOADED before a crash kernel starts
 *
 * Without the kdump hook or without a power-off handler the device still reports panics, so
 * their errors are logged and not returned.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int pvpanic_arm(struct pvpanic *pv, bool crash_hook)
{
	int err;

	/* First in the chain, because a later notifier may hang. */
	pv->panic.notifier_call = pvpanic_panic;
	pv->panic.priority = INT_MAX;
	err = atomic_notifier_chain_register(&panic_notifier_list, &pv->panic);
	if (err)
		return err;

	pv->crash_hook_state = "off";
	if (crash_hook)
		pvpanic_hook_crash(pv);

	err = devm_add_action_or_reset(pv->dev, pvpanic_disarm, pv);
	if (err)
		return err;

	err = pvpanic_set_events(pv, pv->events);
	if (err) {
		dev_warn(pv->dev, "no power-off handler (error %d): SHUTDOWN is not sent\n", err);
		return pvpanic_set_events(pv, pv->events & ~PVPANIC_SHUTDOWN);
	}
	return 0;
}
