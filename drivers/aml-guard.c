// SPDX-License-Identifier: GPL-2.0-only
/*
 * May WRPT be evaluated now? ACPICA takes its mutexes, and AML's own, as
 * semaphores that sleep. In a panic one that is held stays held, for its holder
 * has been stopped: to wait is to wait for ever, with the event unsent and the
 * guest never rebooted. So WRPT is rehearsed at bind, to learn which semaphores
 * it takes, and evaluated at panic only where all of them are free.
 */
#include <linux/kexec.h>
#include <linux/ktime.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>

#include "pvpanic.h"

/* The probes see every task's calls; those of @task are the rehearsal's. */
static struct { struct pvpanic *pv; struct task_struct *task; const char *unsafe; } rehearsal;
static DEFINE_MUTEX(rehearsal_lock);

static int rehearsal_take(struct kprobe *probe, struct pt_regs *regs)
{
	struct semaphore *sem = (void *)regs_get_kernel_argument(regs, 0);
	struct pvpanic *pv = rehearsal.pv;
	unsigned int i = 0;

	if (current != rehearsal.task)
		return 0;
	while (i < pv->nr && pv->semaphores[i] != sem)
		i++;
	if (i == PVPANIC_SEMAPHORES)
		rehearsal.unsafe = "it takes too many mutexes";
	else if (i == pv->nr)
		pv->semaphores[pv->nr++] = sem;
	return 0;
}

static void rehearsal_refuse(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
	if (current == rehearsal.task && !probe->pre_handler)
		rehearsal.unsafe = "it deletes a mutex or maps memory";
}

/* WRPT(0) sets no bit, and so tells the host nothing. */
static const char *rehearse_once(struct pvpanic *pv)
{
	unsigned long switches = current->nvcsw;
	ktime_t start = ktime_get();

	rehearsal.unsafe = NULL;
	pv->nr = 0;
	if (ACPI_FAILURE(pvpanic_wrpt(pv, 0)))
		return "it fails";
	if (ktime_ms_delta(ktime_get(), start) > 100)
		return "it takes too long";
	if (current->nvcsw != switches)
		return "it sleeps";
	return pv->nr ? rehearsal.unsafe : "kprobes saw nothing";
}

/* None is optimized, having a post_handler: unregistering would wait 0.1 s for that. */
#define PROBE(name)	.symbol_name = name, .offset = PVPANIC_PROBE_OFFSET,			\
			.post_handler = rehearsal_refuse
static struct kprobe rehearsal_probes[] = {
	{ PROBE("down_timeout"), .pre_handler = rehearsal_take },
	{ PROBE("acpi_os_delete_semaphore") },
	{ PROBE("acpi_os_map_iomem") },
};

/* Tried again: other tasks' AML may make it wait, a region's first use maps it for good. */
static const char *rehearse(struct pvpanic *pv)
{
	struct kprobe *probes[ARRAY_SIZE(rehearsal_probes)];
	const char *unsafe = "no kprobes to learn its mutexes";
	unsigned long start;
	int i, tries = 3;

	mutex_lock(&rehearsal_lock);
	rehearsal.pv = pv;
	rehearsal.task = current;
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		probes[i] = &rehearsal_probes[i];
		probes[i]->addr = NULL;		/* what an earlier registration left */
		probes[i]->flags = 0;
	}
	if (!register_kprobes(probes, ARRAY_SIZE(probes))) {
		start = jiffies;
		do
			unsafe = rehearse_once(pv);
		while (unsafe && --tries && time_before(jiffies, start + HZ));
		unregister_kprobes(probes, ARRAY_SIZE(probes));
	}
	mutex_unlock(&rehearsal_lock);
	return unsafe;
}

/**
 * pvpanic_rehearse - find out whether WRPT can be evaluated in a panic at all
 * @pv: the device, whose @unsafe has the port used until this has ended well
 *
 * Context: may sleep.
 */
void pvpanic_rehearse(struct pvpanic *pv)
{
	const char *unsafe = "there is none of one argument";
	struct acpi_device_info *info;

	/* ACPICA takes a missing argument for 0, and a name for a method that does nothing. */
	if (ACPI_SUCCESS(acpi_get_handle(ACPI_HANDLE(pv->dev), "WRPT", &pv->wrpt)) &&
	    ACPI_SUCCESS(acpi_get_object_info(pv->wrpt, &info))) {
		if (IS_ENABLED(CONFIG_PREEMPT_RT))
			unsafe = "spinlocks sleep on PREEMPT_RT";
		else if (info->type == ACPI_TYPE_METHOD && info->param_count == 1)
			unsafe = rehearse(pv);
		kfree(info);
	}
	/* @semaphores come first; pairs with pvpanic_aml_in_task(). */
	smp_store_release(&pv->unsafe, unsafe);
	WRITE_ONCE(pv->choose, !unsafe || pv->mmio);
}

/**
 * pvpanic_aml_in_task - whether a panic in task context would find WRPT usable
 * @pv: the device
 *
 * Not after an oops, which may have left locks held, nor with a crash kernel
 * loaded: then an NMI stops the other CPUs wherever they are, and kdump comes first.
 */
bool pvpanic_aml_in_task(const struct pvpanic *pv)
{
	/* Pairs with pvpanic_rehearse(). */
	return !smp_load_acquire(&pv->unsafe) && !test_taint(TAINT_DIE) && !kexec_crash_loaded();
}

/**
 * pvpanic_aml_now - whether WRPT can be evaluated here and now without waiting
 * @pv: the device
 *
 * For panic and power-off, where other CPUs are stopped and what is free stays free.
 *
 * Context: a task that holds no spinlock, where that is counted; see pvpanic_choose().
 */
bool pvpanic_aml_now(const struct pvpanic *pv)
{
	unsigned int i;

	/*
	 * A panic counts one oops itself: more is a panic within a panic. A CPU that was
	 * stopped in good order is offline: one that is not still runs, or was halted by
	 * crash_kexec_post_notifiers with who knows what in its hands, as was one that took no
	 * interrupt, by an NMI a second later. With interrupts on ACPICA might sleep.
	 */
	if (!pvpanic_aml_in_task(pv) || is_idle_task(current) || oops_in_progress > 1 ||
	    num_online_cpus() > 1 || !irqs_disabled() ||
	    (pv->hooked && sched_clock() - pv->hooked > NSEC_PER_SEC / 4 * 3))
		return false;

	/* Not down_trylock(): it waits for a lock that a stopped CPU may hold. A look will do. */
	for (i = 0; i < pv->nr; i++)
		if (raw_spin_is_locked(&pv->semaphores[i]->lock) || !pv->semaphores[i]->count)
			return false;
	return true;
}
