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
#include <linux/sched.h>

#include "pvpanic.h"

#define REHEARSAL_MAX_MS 100

/* What panic() and the chain add for a task that holds no spinlock. */
#define PANIC_PREEMPT_COUNT	(1 + !IS_ENABLED(CONFIG_PREEMPT_RCU))

/* The probes see every task's calls; those of @task are the rehearsal's. */
struct rehearsal {
	struct kprobe take, delete, map;
	struct task_struct *task;
	struct pvpanic *pv;
	const char *unsafe;
};

static int rehearsal_take(struct kprobe *probe, struct pt_regs *regs)
{
	struct rehearsal *r = container_of(probe, struct rehearsal, take);
	struct semaphore *sem = (void *)regs_get_kernel_argument(regs, 0);
	unsigned int i;

	if (current != r->task)
		return 0;

	for (i = 0; i < r->pv->nr; i++)
		if (r->pv->semaphores[i] == sem)
			return 0;
	if (i < PVPANIC_SEMAPHORES)
		r->pv->semaphores[r->pv->nr++] = sem;
	else
		r->unsafe = "it takes too many mutexes";

	return 0;
}
NOKPROBE_SYMBOL(rehearsal_take);

static int rehearsal_delete(struct kprobe *probe, struct pt_regs *regs)
{
	struct rehearsal *r = container_of(probe, struct rehearsal, delete);

	if (current == r->task)
		r->unsafe = "it has a mutex of its own";

	return 0;
}
NOKPROBE_SYMBOL(rehearsal_delete);

static int rehearsal_map(struct kprobe *probe, struct pt_regs *regs)
{
	struct rehearsal *r = container_of(probe, struct rehearsal, map);

	if (current == r->task)
		r->unsafe = "it maps memory";

	return 0;
}
NOKPROBE_SYMBOL(rehearsal_map);

/* WRPT(0) sets no bit, and so tells the host nothing. */
static const char *rehearse_once(struct rehearsal *r)
{
	unsigned long switches = current->nvcsw;
	ktime_t start = ktime_get();

	r->unsafe = NULL;
	r->pv->nr = 0;
	if (ACPI_FAILURE(pvpanic_wrpt(r->pv, 0)))
		return "it fails";
	if (ktime_ms_delta(ktime_get(), start) > REHEARSAL_MAX_MS)
		return "it takes too long";
	if (current->nvcsw != switches)
		return "it sleeps";
	if (!r->pv->nr || r->take.nmissed || r->delete.nmissed || r->map.nmissed)
		return "kprobes saw nothing";

	return r->unsafe;
}

/* Other tasks' AML may make it wait, and a region's first use maps it for good: try again. */
static const char *rehearse(struct pvpanic *pv)
{
	struct rehearsal r = {
		.take = { .symbol_name = "down_timeout", .pre_handler = rehearsal_take },
		.delete = { .symbol_name = "acpi_os_delete_semaphore",
			    .pre_handler = rehearsal_delete },
		.map = { .symbol_name = "acpi_os_map_iomem", .pre_handler = rehearsal_map },
		.task = current,
		.pv = pv,
	};
	struct kprobe *probes[] = { &r.take, &r.delete, &r.map };
	const char *unsafe;
	int tries = 3;

	if (register_kprobes(probes, ARRAY_SIZE(probes)))
		return "no kprobes to rehearse it";
	do
		unsafe = rehearse_once(&r);
	while (unsafe && --tries);
	unregister_kprobes(probes, ARRAY_SIZE(probes));

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
	const char *unsafe;

	if (IS_ENABLED(CONFIG_PREEMPT_RT) || !IS_ENABLED(CONFIG_PREEMPT_COUNT))
		unsafe = "this kernel does not count spinlocks";
	else
		unsafe = pv->wrpt ? rehearse(pv) : "there is none";

	smp_store_release(&pv->unsafe, unsafe);
}

/* A CPU that an NMI stopped may hold the semaphore's own lock: look before trying. */
static bool semaphore_is_free(struct semaphore *sem)
{
	if (raw_spin_is_locked(&sem->lock) || down_trylock(sem))
		return false;
	up(sem);

	return true;
}

/**
 * pvpanic_aml_in_task - whether a panic in task context would find WRPT usable
 * @pv: the device
 *
 * Not after an oops, which may have left locks held, nor with a crash kernel
 * loaded: then an NMI stops the other CPUs wherever they are, and kdump comes first.
 *
 * Context: any.
 */
bool pvpanic_aml_in_task(const struct pvpanic *pv)
{
	return !smp_load_acquire(&pv->unsafe) && !test_taint(TAINT_DIE) && !kexec_crash_loaded();
}

/**
 * pvpanic_aml_now - whether WRPT can be evaluated here and now without waiting
 * @pv: the device
 *
 * For panic and power-off, where other CPUs are stopped and what is free stays free.
 *
 * Context: any, NMI included.
 */
bool pvpanic_aml_now(const struct pvpanic *pv)
{
	unsigned int i;

	if (!pvpanic_aml_in_task(pv))
		return false;

	/* An interrupt, the idle task, or a spinlock that ACPICA's allocations may want. */
	if (!in_task() || is_idle_task(current) || preempt_count() > PANIC_PREEMPT_COUNT)
		return false;

	/* A panic within a panic, which itself counts one. */
	if (oops_in_progress > 1)
		return false;

	/*
	 * A CPU that was stopped in good order is offline. Another one still runs,
	 * or crash_kexec_post_notifiers had it halted with who knows what in its hands.
	 */
	if (num_online_cpus() > 1)
		return false;

	for (i = 0; i < pv->nr; i++)
		if (!semaphore_is_free(pv->semaphores[i]))
			return false;

	return true;
}
