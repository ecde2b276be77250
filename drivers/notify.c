// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which event is sent when. The panic path is read here first, then in send.c,
 * then in aml-guard.c, and needs no other file.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/kexec.h>
#include <linux/sched/clock.h>

#include "compat.h"
#include "pvpanic.h"

/* Of a device's events and power-off handler; and before 5.19 there is one for all devices. */
static DEFINE_MUTEX(pvpanic_lock);

/* Not inline: pvpanic_panic() needs no frame where a look at the hook is enough. */
static noinline int pvpanic_tell(struct pvpanic *pv)
{
	if (!kexec_crash_loaded())
		return pvpanic_send(pv, PVPANIC_PANICKED);
	return xchg(&pv->crash_told, true) ? NOTIFY_DONE : pvpanic_send(pv, PVPANIC_CRASH_LOADED);
}

/*
 * Behind the hook, a crash kernel is one that did not start, or was being loaded just then: the
 * guest needs help. Where no hook has run it may be yet to come (crash_kexec_post_notifiers).
 */
static int pvpanic_panic(struct notifier_block *nb, unsigned long code, void *unused)
{
	struct pvpanic *pv = container_of(nb, struct pvpanic, panic);

	return pv->hooked ? pvpanic_send(pv, PVPANIC_PANICKED) : pvpanic_tell(pv);
}

/* In any context, NMI too; and without a panic, where a BPF program calls crash_kexec(). */
static int pvpanic_crash_kexec(struct kprobe *hook, struct pt_regs *regs)
{
	struct pvpanic *pv = container_of(hook, struct pvpanic, crash_hook);

	pv->hooked = oops_in_progress ? sched_clock() : 0;
	if (kexec_crash_loaded() && !xchg(&pv->crash_told, !!pv->hooked))
		pvpanic_send(pv, PVPANIC_CRASH_LOADED);
	return 0;
}

static int pvpanic_power_off(struct sys_off_data *data)
{
	return pvpanic_send(data->cb_data, PVPANIC_SHUTDOWN);
}

/**
 * pvpanic_set_events - choose the events that are sent from now on
 * @pv: the device
 * @events: a subset of the capability
 *
 * A kernel that has no power-off handler halts instead: ours is there only while
 * it has something to say, just above the firmware's, which does not return.
 *
 * Context: may sleep.
 * Return: 0, or why there can be no power-off handler; then nothing has changed.
 */
int pvpanic_set_events(struct pvpanic *pv, unsigned int events)
{
	int priority = SYS_OFF_PRIO_FIRMWARE;
	struct sys_off_handler *handler;

	mutex_lock(&pvpanic_lock);
	handler = pv->power_off;
	if (!(events & PVPANIC_SHUTDOWN)) {
		unregister_sys_off_handler(handler);
		handler = NULL;
	} else if (!handler) {
		do	/* no two handlers may have one priority, and there may be two devices */
			handler = register_sys_off_handler(SYS_OFF_MODE_POWER_OFF, ++priority,
							   pvpanic_power_off, pv);
		while (handler == ERR_PTR(-EBUSY) && priority < SYS_OFF_PRIO_FIRMWARE + 8);
	}
	if (!IS_ERR(handler)) {
		pv->power_off = handler;
		WRITE_ONCE(pv->events, events);
	}
	mutex_unlock(&pvpanic_lock);
	return PTR_ERR_OR_ZERO(handler);
}

static void __cold pvpanic_disarm(void *data)
{
	struct pvpanic *pv = data;

	pvpanic_set_events(pv, pv->events & ~PVPANIC_SHUTDOWN);
	unregister_kprobe(&pv->crash_hook);	/* does nothing if it never was registered */
	atomic_notifier_chain_unregister(&panic_notifier_list, &pv->panic);
}

/**
 * pvpanic_arm - have the host told of this guest's end, until the device is unbound
 * @pv: the device, with its register, capability and events known
 * @crash_hook: whether to tell it before a crash kernel is started
 *
 * Context: may sleep.
 * Return: 0 or a negative errno. A kernel that can't have the hook does without it.
 */
int pvpanic_arm(struct pvpanic *pv, bool crash_hook)
{
	int err;

	/* First in the chain: what a later notifier does may be the guest's end. */
	pv->panic.notifier_call = pvpanic_panic;
	pv->panic.priority = INT_MAX;
	err = atomic_notifier_chain_register(&panic_notifier_list, &pv->panic);
	if (err)
		return err;

	pv->crash_hook.symbol_name = "__crash_kexec";
	pv->crash_hook.offset = PVPANIC_PROBE_OFFSET;
	pv->crash_hook.pre_handler = pvpanic_crash_kexec;
	pv->crash_hook_state = !crash_hook ? "off" :
			       register_kprobe(&pv->crash_hook) ? "unavailable" : "on";

	err = devm_add_action_or_reset(pv->dev, pvpanic_disarm, pv);
	err = err ?: pvpanic_set_events(pv, pv->events);
	/* Power-off has room for so many handlers; a panic is told all the same. */
	return err == -EBUSY ? pvpanic_set_events(pv, pv->events & ~PVPANIC_SHUTDOWN) : err;
}
