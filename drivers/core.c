// SPDX-License-Identifier: GPL-2.0-only
/*
 * This file decides which event is sent, and when. It does not know the bus of a device. To
 * follow a panic, read pvpanic_before_kdump() and pvpanic_panic_notify(). They run in this order,
 * or in the opposite order with crash_kexec_post_notifiers. Both write the register. Only
 * PANICKED can also be sent by the ACPI method WRPT (wrpt.c).
 *
 * An event that arrives twice does no harm, but a lost event does.
 */
#define pr_fmt(fmt) "pvpanic-guest: " fmt

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/kexec.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>

#include "compat.h"
#include "pvpanic.h"
#include "wrpt.h"

struct pvpanic_params pvpanic_params = {
	.events = PVPANIC_EVENTS,
	.crash_hook = true,
};

/* Priorities of the kernel's own power-off handlers end at 255. */
#define PVPANIC_PRIO_MAX	255

/*
 * The bound devices. A panic reads this list in any context. The kernel calls the functions below
 * that read it as RCU readers, or with preemption off, so synchronize_rcu() waits for them.
 */
static LIST_HEAD(pvpanic_devices);

/* Protects the list, each device's events, and the power-off handler. */
static DEFINE_MUTEX(pvpanic_lock);
static struct sys_off_handler *power_off_handler;

/* The state of the current oops or panic. Only the CPU that owns the panic writes it. */
static bool crash_hook_ran;
static u64 cpus_stop_ns;	/* sched_clock() before the other CPUs are stopped; 0: unknown */
static bool crash_loaded_sent;

static void write_register(const struct pvpanic *pv, unsigned int event)
{
	if (!(event & READ_ONCE(pv->events)))
		return;
	if (pv->mmio)
		writeb(event, pv->mmio);
	else
		outb(event, pv->address);
}

static void write_registers(unsigned int event)
{
	const struct pvpanic *pv;

	list_for_each_entry_rcu(pv, &pvpanic_devices, list)
		write_register(pv, event);
}

/* Registers first, because WRPT may never return. */
static void report_panicked(void)
{
	const struct pvpanic_wrpt *wrpt;
	const struct pvpanic *pv;

	list_for_each_entry_rcu(pv, &pvpanic_devices, list)
		if (!READ_ONCE(pv->wrpt))
			write_register(pv, PVPANIC_PANICKED);

	list_for_each_entry_rcu(pv, &pvpanic_devices, list) {
		wrpt = READ_ONCE(pv->wrpt);
		if (!wrpt || !(PVPANIC_PANICKED & READ_ONCE(pv->events)))
			continue;
		if (!pvpanic_wrpt_send(wrpt, PVPANIC_PANICKED, cpus_stop_ns))
			write_register(pv, PVPANIC_PANICKED);
	}
}

/*
 * The panic notifier. If the kdump hook ran and the kernel is still here, no crash kernel started,
 * so the host must act. If the hook did not run, the crash kernel may start after the notifiers
 * (crash_kexec_post_notifiers). PANICKED could then make the host stop the guest before the dump.
 */
static int pvpanic_panic_notify(struct notifier_block *nb, unsigned long code, void *unused)
{
	if (crash_hook_ran || !kexec_crash_loaded()) {
		report_panicked();
	} else if (!crash_loaded_sent) {
		crash_loaded_sent = true;
		write_registers(PVPANIC_CRASH_LOADED);
	}
	return NOTIFY_DONE;
}

/* First in the chain, because a later notifier may hang. */
static struct notifier_block panic_notifier = {
	.notifier_call = pvpanic_panic_notify,
	.priority = INT_MAX,
};

/*
 * The kdump hook, on __crash_kexec(). It runs in any context, NMI included, and only on the CPU
 * that owns the panic. A BPF program can call crash_kexec() without an oops. Such a call can start
 * the crash kernel too, but it must not count in a later panic.
 */
static int pvpanic_before_kdump(struct kprobe *probe, struct pt_regs *regs)
{
	bool in_oops = oops_in_progress;

	crash_hook_ran = in_oops;
	cpus_stop_ns = 0;
	/*
	 * With panic_force_cpu=, a CPU that panicked marks itself offline and waits. It is still
	 * active, and it may hold locks.
	 */
	if (in_oops && cpumask_subset(cpu_active_mask, cpu_online_mask))
		cpus_stop_ns = sched_clock();
	if (kexec_crash_loaded() && !crash_loaded_sent) {
		crash_loaded_sent = in_oops;
		write_registers(PVPANIC_CRASH_LOADED);
	}
	return 0;
}

static bool crash_hooked;
static struct kprobe crash_kprobe = {
	.symbol_name = "__crash_kexec",
	.offset = PVPANIC_PROBE_OFFSET,
	.pre_handler = pvpanic_before_kdump,
};

/* An orderly power-off. */
static int pvpanic_power_off(struct sys_off_data *data)
{
	write_registers(PVPANIC_SHUTDOWN);
	return NOTIFY_DONE;
}

/*
 * The firmware's handler does not return, so ours needs a higher priority. No two handlers can
 * have the same one.
 */
static struct sys_off_handler *register_power_off(void)
{
	struct sys_off_handler *handler;
	int priority;

	for (priority = SYS_OFF_PRIO_FIRMWARE + 1; priority <= PVPANIC_PRIO_MAX; priority++) {
		handler = register_sys_off_handler(SYS_OFF_MODE_POWER_OFF, priority,
						   pvpanic_power_off, NULL);
		if (handler != ERR_PTR(-EBUSY))
			return handler;
	}
	return ERR_PTR(-EBUSY);
}

/*
 * The kernel powers off only if there is a power-off handler. Otherwise it halts. Ours must not
 * change that without need, so it exists only while a device sends SHUTDOWN.
 */
static int update_power_off(void)
{
	struct sys_off_handler *handler;
	unsigned int events = 0;
	struct pvpanic *pv;

	list_for_each_entry(pv, &pvpanic_devices, list)
		events |= pv->events;

	if (!(events & PVPANIC_SHUTDOWN)) {
		unregister_sys_off_handler(power_off_handler);
		power_off_handler = NULL;
	} else if (!power_off_handler) {
		handler = register_power_off();
		if (IS_ERR(handler))
			return PTR_ERR(handler);
		power_off_handler = handler;
	}
	return 0;
}

/**
 * pvpanic_set_events - set the events that are sent from now on
 * @pv: the device
 * @events: a subset of its capability
 *
 * Context: may sleep.
 * Return: 0, or the error of the power-off handler; then nothing has changed.
 */
int pvpanic_set_events(struct pvpanic *pv, unsigned int events)
{
	unsigned int old;
	int err;

	mutex_lock(&pvpanic_lock);
	old = pv->events;
	WRITE_ONCE(pv->events, events);
	err = update_power_off();
	if (err)
		WRITE_ONCE(pv->events, old);
	mutex_unlock(&pvpanic_lock);
	return err;
}

static void pvpanic_remove(void *data)
{
	struct pvpanic *pv = data;

	mutex_lock(&pvpanic_lock);
	list_del_rcu(&pv->list);
	/* A panic on another CPU may be using this device. */
	synchronize_rcu();
	update_power_off();
	mutex_unlock(&pvpanic_lock);
	kfree(pv->wrpt);
}

/**
 * pvpanic_add - send this guest's events to a device until the device is unbound
 * @pv: the device, with its register
 * @announced: what RDPT or the register said; bits that this driver does not know are ignored
 *
 * A device without SHUTDOWN still reports panics. Therefore, if there is no power-off handler,
 * the error is logged and not returned.
 *
 * Context: may sleep.
 * Return: 0, -ENODEV if the host announces no event, or -ENOMEM.
 */
int pvpanic_add(struct pvpanic *pv, unsigned int announced)
{
	int err;

	pv->capability = announced & PVPANIC_EVENTS;
	pv->events = pv->capability & pvpanic_params.events;
	if (!pv->capability) {
		dev_err(pv->dev, "not bound: the host announces no event (%#x)\n", announced);
		return -ENODEV;
	}

	mutex_lock(&pvpanic_lock);
	list_add_tail_rcu(&pv->list, &pvpanic_devices);
	err = update_power_off();
	if (err) {
		dev_warn(pv->dev, "no power-off handler (error %d): SHUTDOWN is not sent\n", err);
		WRITE_ONCE(pv->events, pv->events & ~PVPANIC_SHUTDOWN);
	}
	mutex_unlock(&pvpanic_lock);
	return devm_add_action_or_reset(pv->dev, pvpanic_remove, pv);
}

/** pvpanic_crash_hooked - whether the kdump hook is registered */
bool pvpanic_crash_hooked(void)
{
	return crash_hooked;
}

/** pvpanic_crash_hook_state - the state of the kdump hook as text */
const char *pvpanic_crash_hook_state(void)
{
	if (!pvpanic_params.crash_hook)
		return "off";
	return crash_hooked ? "on" : "unavailable";
}

/** pvpanic_log_armed - log what a bound device sends, and how */
void pvpanic_log_armed(const struct pvpanic *pv)
{
	dev_info(pv->dev, "armed:%s%s%s; %s%s %#lx%s%s%s; kdump hook %s\n",
		 pv->events & PVPANIC_PANICKED ? " panicked" : "",
		 pv->events & PVPANIC_CRASH_LOADED ? " crash_loaded" : "",
		 pv->events & PVPANIC_SHUTDOWN ? " shutdown" : "",
		 pv->wrpt ? "WRPT, then " : "", pv->mmio ? "mem" : "port", pv->address,
		 pv->wrpt_refused ? " (not WRPT: " : "", pv->wrpt_refused ?: "",
		 pv->wrpt_refused ? ")" : "", pvpanic_crash_hook_state());
}

/**
 * pvpanic_report_conflict - log the driver that holds one of our devices
 * @dev: a device that matches one of our id tables
 * @ours: our driver on the same bus
 *
 * The administrator decides which driver has the device, so the log gives the command.
 *
 * Context: may sleep.
 */
void pvpanic_report_conflict(struct device *dev, const struct device_driver *ours)
{
	device_lock(dev);
	if (dev->driver && dev->driver != ours)
		pr_warn("%s is held by %s; to hand over: cd /sys/bus/%s/drivers; echo %s | tee %s/unbind %s/bind\n",
			dev_name(dev), dev->driver->name, dev->bus->name, dev_name(dev),
			dev->driver->name, ours->name);
	device_unlock(dev);
}

/**
 * pvpanic_core_init - register the panic notifier and the kdump hook
 *
 * Without the kdump hook the driver still reports panics, so its error is only logged.
 *
 * Return: 0 or a negative errno.
 */
int pvpanic_core_init(void)
{
	int err;

	err = atomic_notifier_chain_register(&panic_notifier_list, &panic_notifier);
	if (err) {
		pr_err("not loaded: no panic notifier (error %d)\n", err);
		return err;
	}
	if (!pvpanic_params.crash_hook)
		return 0;

	err = register_kprobe(&crash_kprobe);
	if (err)
		pr_warn("no kdump hook: register_kprobe(__crash_kexec) returned %d\n", err);
	crash_hooked = !err;
	return 0;
}

/** pvpanic_core_exit - undo pvpanic_core_init(); no device is bound any more */
void pvpanic_core_exit(void)
{
	if (crash_hooked)
		unregister_kprobe(&crash_kprobe);
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_notifier);
}
