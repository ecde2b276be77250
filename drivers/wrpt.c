// SPDX-License-Identifier: GPL-2.0-only
/*
 * This file decides whether a panic can evaluate the ACPI method WRPT without waiting. ACPICA
 * takes semaphores and spinlocks. A stopped CPU never releases a lock. A panicking CPU that waits
 * for such a lock hangs, so the event is lost and the guest does not reboot.
 *
 * Therefore the driver evaluates WRPT(0) when it binds and records the locks that are taken. This
 * is the rehearsal. In a panic, wrpt_safe() requires that all of these locks are free, and that
 * nothing can change that. This is the guard.
 */
#include <linux/acpi.h>
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/kexec.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/sched/clock.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <asm/tsc.h>

#include "compat.h"
#include "pvpanic.h"
#include "wrpt.h"

/* A simple WRPT takes 3 semaphores and 1 spinlock. One that takes more than this is unsafe. */
#define WRPT_SEMAPHORES		16
#define WRPT_SPINLOCKS		4

/*
 * A CPU that ignores the normal IPI gets an NMI one second later. The driver allows half of that,
 * because the kernel's second can be shorter after a migration to a faster host.
 */
#define CPU_STOP_NS		(NSEC_PER_SEC / 2)

/* panic() adds 1. Without PREEMPT_RCU, rcu_read_lock() in the notifier chain adds another 1. */
#define PANIC_PREEMPT_COUNT	(1 + !IS_ENABLED(CONFIG_PREEMPT_RCU))

/**
 * struct pvpanic_wrpt - a device's WRPT and the locks that it takes
 * @handle: the method
 * @semaphores: ACPICA's mutexes, and those of the firmware
 * @nr_semaphores: the length of @semaphores
 * @spinlocks: ACPICA's spinlocks
 * @nr_spinlocks: the length of @spinlocks
 */
struct pvpanic_wrpt {
	acpi_handle handle;
	struct semaphore *semaphores[WRPT_SEMAPHORES];
	unsigned int nr_semaphores;
	raw_spinlock_t *spinlocks[WRPT_SPINLOCKS];
	unsigned int nr_spinlocks;
};

/* The method writes the byte @event (specification, ACPI Interface). 0 is no event. */
static acpi_status evaluate(const struct pvpanic_wrpt *wrpt, unsigned int event)
{
	union acpi_object arg = { .integer = { ACPI_TYPE_INTEGER, event } };
	struct acpi_object_list args = { 1, &arg };

	return acpi_evaluate_object(wrpt->handle, NULL, &args, NULL);
}

/* The kprobes hit in every task, but only @task belongs to the rehearsal. */
static struct {
	struct pvpanic_wrpt *wrpt;
	struct task_struct *task;
	const char *unsafe;
} rehearsal;
static DEFINE_MUTEX(rehearsal_lock);

static int record_semaphore(struct kprobe *probe, struct pt_regs *regs)
{
	struct semaphore *sem = (void *)regs_get_kernel_argument(regs, 0);
	struct pvpanic_wrpt *wrpt = rehearsal.wrpt;
	unsigned int i = 0;

	if (current != rehearsal.task)
		return 0;
	while (i < wrpt->nr_semaphores && wrpt->semaphores[i] != sem)
		i++;
	if (i == WRPT_SEMAPHORES)
		rehearsal.unsafe = "it takes too many mutexes";
	else if (i == wrpt->nr_semaphores)
		wrpt->semaphores[wrpt->nr_semaphores++] = sem;
	return 0;
}

/* Except on PREEMPT_RT, which never uses WRPT, a spinlock_t is a raw_spinlock_t. */
static int record_spinlock(struct kprobe *probe, struct pt_regs *regs)
{
	raw_spinlock_t *lock = (void *)regs_get_kernel_argument(regs, 0);
	struct pvpanic_wrpt *wrpt = rehearsal.wrpt;
	unsigned int i = 0;

	if (current != rehearsal.task)
		return 0;
	while (i < wrpt->nr_spinlocks && wrpt->spinlocks[i] != lock)
		i++;
	if (i == WRPT_SPINLOCKS)
		rehearsal.unsafe = "it takes too many spinlocks";
	else if (i == wrpt->nr_spinlocks)
		wrpt->spinlocks[wrpt->nr_spinlocks++] = lock;
	return 0;
}

static int refuse(struct kprobe *probe, struct pt_regs *regs)
{
	if (current == rehearsal.task)
		rehearsal.unsafe = "it deletes a mutex or maps memory";
	return 0;
}

/* The kernel does not optimize a kprobe with a post_handler. Optimizing delays its removal. */
static void unused(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static const struct {
	const char *function;
	kprobe_pre_handler_t handler;
} rehearsal_probes[] = {
	{ "down_timeout", record_semaphore },
	{ "acpi_os_acquire_lock", record_spinlock },
	{ "acpi_os_delete_semaphore", refuse },
	{ "acpi_os_map_iomem", refuse },
};

static const char *rehearse_once(struct pvpanic_wrpt *wrpt)
{
	unsigned long switches = current->nvcsw;
	ktime_t start = ktime_get();

	rehearsal.unsafe = NULL;
	wrpt->nr_semaphores = 0;
	wrpt->nr_spinlocks = 0;
	if (ACPI_FAILURE(evaluate(wrpt, 0)))
		return "it fails";
	if (ktime_ms_delta(ktime_get(), start) > 100)
		return "it takes too long";
	if (current->nvcsw != switches)
		return "it sleeps";
	/* WRPT always takes both. With LTO, the probed function may have been inlined. */
	if (!wrpt->nr_semaphores)
		return "kprobes saw no mutex";
	if (!wrpt->nr_spinlocks)
		return "kprobes saw no spinlock";
	return rehearsal.unsafe;
}

/* Try again: AML of another task can make it wait, and a region's first use maps memory. */
static const char *rehearse(struct device *dev, struct pvpanic_wrpt *wrpt)
{
	static struct kprobe kprobes[ARRAY_SIZE(rehearsal_probes)];
	struct kprobe *probes[ARRAY_SIZE(rehearsal_probes)];
	const char *unsafe = "no kprobes to record its locks";
	unsigned long start;
	int i, err, tries = 3;

	mutex_lock(&rehearsal_lock);
	rehearsal.wrpt = wrpt;
	rehearsal.task = current;
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		probes[i] = &kprobes[i];
		kprobes[i] = (struct kprobe) {
			.symbol_name = rehearsal_probes[i].function,
			.offset = PVPANIC_PROBE_OFFSET,
			.pre_handler = rehearsal_probes[i].handler,
			.post_handler = unused,
		};
	}
	err = register_kprobes(probes, ARRAY_SIZE(probes));
	if (err) {
		dev_warn(dev, "no rehearsal of WRPT: register_kprobes() returned %d\n", err);
	} else {
		start = jiffies;
		do
			unsafe = rehearse_once(wrpt);
		while (unsafe && --tries && time_before(jiffies, start + HZ));
		unregister_kprobes(probes, ARRAY_SIZE(probes));
	}
	mutex_unlock(&rehearsal_lock);
	return unsafe;
}

/* Why a panic on this kernel could not know whether WRPT is safe, or NULL. */
static const char *kernel_unsafe(bool crash_hooked)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return "spinlocks sleep on PREEMPT_RT";
	if (!IS_ENABLED(CONFIG_PREEMPT_COUNT))
		return "this kernel does not count spinlocks";
	if (!crash_hooked)
		return "no kdump hook";
	/* Without a TSC, sched_clock() stands still while all CPUs have interrupts off. */
	if (!tsc_khz)
		return "no TSC to measure time";
	return NULL;
}

/* ACPICA replaces a missing argument by 0, so a method with fewer would write no event. */
static bool takes_one_argument(acpi_handle handle)
{
	struct acpi_device_info *info;
	bool one;

	if (ACPI_FAILURE(acpi_get_object_info(handle, &info)))
		return false;
	one = info->param_count == 1;
	kfree(info);
	return one;
}

/**
 * pvpanic_wrpt_rehearse - find out whether a panic may evaluate WRPT at all
 * @pv: the added device; its @wrpt or @wrpt_refused is set
 * @crash_hooked: the kdump hook is registered
 *
 * The rehearsal evaluates WRPT, which may sleep and which faulty firmware may never end.
 *
 * Context: may sleep.
 */
void pvpanic_wrpt_rehearse(struct pvpanic *pv, bool crash_hooked)
{
	struct pvpanic_wrpt *wrpt;
	acpi_handle handle;

	if (ACPI_FAILURE(acpi_get_handle(ACPI_HANDLE(pv->dev), "WRPT", &handle)) ||
	    !takes_one_argument(handle)) {
		pv->wrpt_refused = "there is none of one argument";
		return;
	}
	pv->wrpt_refused = kernel_unsafe(crash_hooked);
	if (pv->wrpt_refused)
		return;
	/* Not devm_kzalloc(): that would be freed before the device leaves the core's list. */
	wrpt = kzalloc(sizeof(*wrpt), GFP_KERNEL);
	if (!wrpt) {
		pv->wrpt_refused = "no memory";
		return;
	}
	wrpt->handle = handle;
	pv->wrpt_refused = rehearse(pv->dev, wrpt);
	if (pv->wrpt_refused) {
		kfree(wrpt);
		return;
	}
	/* A panic that sees this pointer also sees the recorded locks. */
	smp_store_release(&pv->wrpt, wrpt);
}

/**
 * pvpanic_wrpt_usable - whether a panic in task context would evaluate WRPT now
 * @wrpt: a rehearsed WRPT
 *
 * An oops may have left locks held. With a crash kernel loaded, kdump comes first, and an NMI
 * stops the other CPUs at any instruction.
 *
 * Context: any.
 */
bool pvpanic_wrpt_usable(const struct pvpanic_wrpt *wrpt)
{
	return !test_taint(TAINT_DIE) && !kexec_crash_loaded();
}

/* No other CPU runs, so a free lock stays free. down_trylock() could wait for the inner lock. */
static bool locks_free(const struct pvpanic_wrpt *wrpt)
{
	unsigned int i;

	for (i = 0; i < wrpt->nr_semaphores; i++)
		if (raw_spin_is_locked(&wrpt->semaphores[i]->lock) || !wrpt->semaphores[i]->count)
			return false;
	for (i = 0; i < wrpt->nr_spinlocks; i++)
		if (raw_spin_is_locked(wrpt->spinlocks[i]))
			return false;
	return true;
}

/*
 * A CPU that the normal IPI stopped could take interrupts, so it held no lock that disables them.
 * A CPU that an NMI stopped may hold any lock. In that case a second has passed, or the CPU is
 * still online (crash_kexec_post_notifiers).
 */
static bool cpus_stopped_by_ipi(u64 cpus_stop_ns)
{
	return num_online_cpus() == 1 && cpus_stop_ns &&
	       sched_clock() - cpus_stop_ns <= CPU_STOP_NS;
}

/* The guard: can a panic notifier evaluate WRPT here without waiting? */
static bool wrpt_safe(const struct pvpanic_wrpt *wrpt, u64 cpus_stop_ns)
{
	if (!pvpanic_wrpt_usable(wrpt))
		return false;
	/*
	 * Interrupts and spinlocks count: the interrupted task may hold what ACPICA wants. An IPI
	 * that the idle loop serves does not count, so the idle task is refused as well.
	 */
	if (preempt_count() > PANIC_PREEMPT_COUNT || is_idle_task(current))
		return false;
	/* panic() counts as one oops. More is a panic within a panic, or beside an oops. */
	if (oops_in_progress > 1)
		return false;
	return cpus_stopped_by_ipi(cpus_stop_ns) && locks_free(wrpt);
}

/**
 * pvpanic_wrpt_send - send an event by WRPT, if that is safe
 * @wrpt: a rehearsed WRPT
 * @event: one event's bit
 * @cpus_stop_ns: sched_clock() just before panic() stopped the other CPUs, or 0 if unknown
 *
 * Context: a panic notifier.
 * Return: whether WRPT was evaluated without an error. If not, write the register.
 */
bool pvpanic_wrpt_send(const struct pvpanic_wrpt *wrpt, unsigned int event, u64 cpus_stop_ns)
{
	acpi_status status;

	if (!wrpt_safe(wrpt, cpus_stop_ns))
		return false;
	/* Never switched on again. lockdep could report ACPICA's locks, and printing can wait. */
	lockdep_off();
	/*
	 * The kernel panics again if a fault happens in an interrupt. With this count, a fault in
	 * the interpreter does so too, and the nested panic writes the register.
	 */
	preempt_count_add(HARDIRQ_OFFSET);
	status = evaluate(wrpt, event);
	/* A region handler may have switched interrupts on. */
	local_irq_disable();
	preempt_count_sub(HARDIRQ_OFFSET);
	return ACPI_SUCCESS(status);
}
