// SPDX-License-Identifier: GPL-2.0-only
/*
 * Can a panic evaluate WRPT without waiting? ACPICA takes semaphores and spinlocks. A lock that
 * a stopped CPU holds is never released, so a panicking CPU that waits for it hangs: the event
 * is lost and the guest does not reboot. Therefore the driver evaluates WRPT once at bind (the
 * rehearsal) and records the locks. In a panic, the guard requires that all of them are free.
 */
#include <linux/cpumask.h>
#include <linux/kexec.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>
#include <asm/tsc.h>

#include "pvpanic.h"

/*
 * panic() stops a CPU that ignores the normal IPI by an NMI, one second later. After a migration
 * to a faster host, that second can be shorter.
 */
#define PVPANIC_STOP_NS		(NSEC_PER_SEC / 2)

/* panic() disables preemption. Without PREEMPT_RCU, so does the notifier chain's RCU reader. */
#define PANIC_PREEMPT_COUNT	(1 + !IS_ENABLED(CONFIG_PREEMPT_RCU))

/**
 * pvpanic_evaluate_wrpt - evaluate WRPT
 * @pv: the device
 * @event: the byte (specification, "ACPI Interface"); 0 sends no event
 *
 * Context: a task that may sleep, or a panic in which pvpanic_wrpt_safe() returned true.
 * Return: ACPICA's status.
 */
acpi_status pvpanic_evaluate_wrpt(struct pvpanic *pv, unsigned int event)
{
	union acpi_object arg = { .integer = { ACPI_TYPE_INTEGER, event } };
	struct acpi_object_list args = { 1, &arg };

	return acpi_evaluate_object(pv->wrpt, NULL, &args, NULL);
}

/* The kprobes hit in every task, but only @task belongs to the rehearsal. */
static struct {
	struct pvpanic *pv;
	struct task_struct *task;
	const char *unsafe;
} rehearsal;
static DEFINE_MUTEX(rehearsal_lock);

static int record_semaphore(struct kprobe *probe, struct pt_regs *regs)
{
	struct semaphore *sem = (void *)regs_get_kernel_argument(regs, 0);
	struct pvpanic *pv = rehearsal.pv;
	unsigned int i = 0;

	if (current != rehearsal.task)
		return 0;
	while (i < pv->nr_semaphores && pv->semaphores[i] != sem)
		i++;
	if (i == PVPANIC_SEMAPHORES)
		rehearsal.unsafe = "it takes too many mutexes";
	else if (i == pv->nr_semaphores)
		pv->semaphores[pv->nr_semaphores++] = sem;
	return 0;
}

/* Except on PREEMPT_RT, which never uses WRPT, a spinlock_t is a raw_spinlock_t. */
static int record_spinlock(struct kprobe *probe, struct pt_regs *regs)
{
	raw_spinlock_t *lock = (void *)regs_get_kernel_argument(regs, 0);
	struct pvpanic *pv = rehearsal.pv;
	unsigned int i = 0;

	if (current != rehearsal.task)
		return 0;
	while (i < pv->nr_spinlocks && pv->spinlocks[i] != lock)
		i++;
	if (i == PVPANIC_SPINLOCKS)
		rehearsal.unsafe = "it takes too many spinlocks";
	else if (i == pv->nr_spinlocks)
		pv->spinlocks[pv->nr_spinlocks++] = lock;
	return 0;
}

static int refuse(struct kprobe *probe, struct pt_regs *regs)
{
	if (current == rehearsal.task)
		rehearsal.unsafe = "it deletes a mutex or maps memory";
	return 0;
}

/* The kernel does not optimize a kprobe that has one. Optimizing would delay its removal. */
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

/* WRPT(0) sets no bit, so it sends no event. */
static const char *rehearse_once(struct pvpanic *pv)
{
	unsigned long switches = current->nvcsw;
	ktime_t start = ktime_get();

	rehearsal.unsafe = NULL;
	pv->nr_semaphores = 0;
	pv->nr_spinlocks = 0;
	if (ACPI_FAILURE(pvpanic_evaluate_wrpt(pv, 0)))
		return "it fails";
	if (ktime_ms_delta(ktime_get(), start) > 100)
		return "it takes too long";
	if (current->nvcsw != switches)
		return "it sleeps";
	/* Neither can be true. With LTO, the probed function may have been inlined. */
	if (!pv->nr_semaphores)
		return "kprobes saw no mutex";
	if (!pv->nr_spinlocks)
		return "kprobes saw no spinlock";
	return rehearsal.unsafe;
}

/* Try again: AML of another task can make it wait, and a region's first use maps memory. */
static const char *rehearse(struct pvpanic *pv)
{
	static struct kprobe kprobes[ARRAY_SIZE(rehearsal_probes)];
	struct kprobe *probes[ARRAY_SIZE(rehearsal_probes)];
	const char *unsafe = "no kprobes to learn its locks";
	unsigned long start;
	int i, err, tries = 3;

	mutex_lock(&rehearsal_lock);
	rehearsal.pv = pv;
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
		dev_warn(pv->dev, "no rehearsal of WRPT: register_kprobes() returned %d\n", err);
	} else {
		start = jiffies;
		do
			unsafe = rehearse_once(pv);
		while (unsafe && --tries && time_before(jiffies, start + HZ));
		unregister_kprobes(probes, ARRAY_SIZE(probes));
	}
	mutex_unlock(&rehearsal_lock);
	return unsafe;
}

/* Why a panic on this kernel could not know whether WRPT is safe, or NULL. */
static const char *kernel_unsafe(const struct pvpanic *pv)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return "spinlocks sleep on PREEMPT_RT";
	if (!IS_ENABLED(CONFIG_PREEMPT_COUNT))
		return "this kernel does not count spinlocks";
	if (!pv->crash_hooked)
		return "no kdump hook";
	/* Without a TSC, sched_clock() stands still while all CPUs have interrupts off. */
	if (!tsc_khz)
		return "no TSC to measure time";
	return NULL;
}

/**
 * pvpanic_rehearse - find out whether a panic may evaluate WRPT at all
 * @pv: the armed device, whose @unsafe is not NULL until the rehearsal has succeeded
 *
 * Context: may sleep.
 */
void pvpanic_rehearse(struct pvpanic *pv)
{
	const char *unsafe = "there is none of one argument";
	struct acpi_device_info *info;

	/* ACPICA replaces a missing argument by 0, and accepts a name instead of a method. */
	if (ACPI_SUCCESS(acpi_get_handle(ACPI_HANDLE(pv->dev), "WRPT", &pv->wrpt)) &&
	    ACPI_SUCCESS(acpi_get_object_info(pv->wrpt, &info))) {
		if (info->type == ACPI_TYPE_METHOD && info->param_count == 1)
			unsafe = kernel_unsafe(pv) ?: rehearse(pv);
		kfree(info);
	}
	/* Publishes the recorded locks. Pairs with pvpanic_wrpt_usable(). */
	smp_store_release(&pv->unsafe, unsafe);
}

/**
 * pvpanic_wrpt_usable - whether a panic in task context would now find WRPT usable
 * @pv: the device
 *
 * An oops may have left locks held. With a crash kernel loaded, kdump comes first, and an NMI
 * stops the other CPUs wherever they are.
 *
 * Context: any.
 */
bool pvpanic_wrpt_usable(const struct pvpanic *pv)
{
	/* Pairs with pvpanic_rehearse(). */
	return !smp_load_acquire(&pv->unsafe) && !test_taint(TAINT_DIE) && !kexec_crash_loaded();
}

/* A look is enough, because the other CPUs are stopped. down_trylock() could wait. */
static bool locks_free(const struct pvpanic *pv)
{
	unsigned int i;

	for (i = 0; i < pv->nr_semaphores; i++)
		if (raw_spin_is_locked(&pv->semaphores[i]->lock) || !pv->semaphores[i]->count)
			return false;
	for (i = 0; i < pv->nr_spinlocks; i++)
		if (raw_spin_is_locked(pv->spinlocks[i]))
			return false;
	return true;
}

/*
 * A CPU that obeyed the normal IPI could take interrupts, so it held no lock that disables them.
 * It is offline now. An NMI stops a CPU anywhere, but a second late, or without marking it
 * offline (crash_kexec_post_notifiers). @stop_ns is 0 if the kdump hook cannot vouch for this.
 */
static bool cpus_stopped_by_ipi(const struct pvpanic *pv)
{
	return num_online_cpus() == 1 && pv->stop_ns &&
	       sched_clock() - pv->stop_ns <= PVPANIC_STOP_NS;
}

/**
 * pvpanic_wrpt_safe - whether a panic notifier can evaluate WRPT here without waiting
 * @pv: the device
 *
 * Context: a panic notifier.
 */
bool pvpanic_wrpt_safe(const struct pvpanic *pv)
{
	if (!pvpanic_wrpt_usable(pv))
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
	return cpus_stopped_by_ipi(pv) && locks_free(pv);
}
