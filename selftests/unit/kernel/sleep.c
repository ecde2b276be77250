// SPDX-License-Identifier: GPL-2.0-only
/* Who runs, in which context, and what it may wait for; and the clock. */
#include "world.h"

#define SOFTIRQ_OFFSET   0x100
#define SOFTIRQ_DISABLED 0x200 /* local_bh_disable(): that is no softirq */
#define HARDIRQ_OFFSET   0x10000
#define NMI_OFFSET       0x100000
#define INTERRUPTS       (SOFTIRQ_OFFSET | HARDIRQ_OFFSET | NMI_OFFSET)

struct task_struct world_task, world_other_task;
struct task_struct *kernel_current = &world_task;
unsigned long jiffies;

bool is_idle_task(const struct task_struct *task)
{
	return task->idle;
}

/* A kernel without PREEMPT_COUNT counts interrupts, but neither preempt_disable() nor spinlocks. */
unsigned int preempt_count(void)
{
	unsigned int count = world.config->preempt_count ? world.preempt : 0;

	if (world.scene.lock == LOCK_BH)
		count += SOFTIRQ_DISABLED;

	switch (world.scene.context) {
	case CONTEXT_SOFTIRQ:
		return count + SOFTIRQ_OFFSET;
	case CONTEXT_HARDIRQ:
		return count + HARDIRQ_OFFSET;
	case CONTEXT_NMI:
		return count + NMI_OFFSET + HARDIRQ_OFFSET;
	default:
		return count;
	}
}

bool in_task(void)
{
	return !(preempt_count() & INTERRUPTS);
}

bool in_nmi(void)
{
	return preempt_count() & NMI_OFFSET;
}

bool in_interrupt(void)
{
	return preempt_count() & (INTERRUPTS | SOFTIRQ_DISABLED);
}

bool irqs_disabled(void)
{
	return world.irqs_off;
}

void clear_preempt_need_resched(void)
{
	world.scene.due = false;
}

/** world_atomic() - whether sleeping would be a mistake now, counted or not */
bool world_atomic(void)
{
	return world.scene.context != CONTEXT_TASK || world.scene.lock == LOCK_BH ||
	       world.preempt || world.irqs_off;
}

/** world_pass() - time goes by */
void world_pass(unsigned int ms)
{
	world.now += ms * 1000000LL;
	jiffies = world.now / (1000000000 / HZ);
}

ktime_t ktime_get(void)
{
	return world.now;
}

u64 sched_clock(void)
{
	return world.now;
}

/* Whoever holds its inner lock was stopped with it. */
static bool inner_lock(struct semaphore *sem, const char *what)
{
	if (!sem->lock.locked)
		return true;
	world_violation("%s spins for ever on the semaphore's lock", what);

	return false;
}

int down_timeout(struct semaphore *sem, long ticks)
{
	(void)ticks;
	world_call(__func__);
	world_probed(PROBED_DOWN_TIMEOUT, sem);
	if (!inner_lock(sem, __func__))
		return -ETIME;
	if (world.dying && world.scene.due && !preempt_count())
		world_violation("another task runs, and nothing comes back from it");
	if (sem->count) {
		sem->count--;
		return 0;
	}
	world_slow_call(__func__);
	if (world.dying)
		return -ETIME;

	kernel_current->nvcsw++; /* until its holder gave it back, to us */

	return 0;
}

void down(struct semaphore *sem)
{
	down_timeout(sem, 0);
}

int down_trylock(struct semaphore *sem)
{
	if (!inner_lock(sem, __func__) || !sem->count)
		return 1;
	sem->count--;

	return 0;
}

void up(struct semaphore *sem)
{
	if (inner_lock(sem, __func__))
		sem->count++;
	if (sem->count > 1)
		world_violation("a semaphore is given back that was not taken");
}

bool raw_spin_is_locked(const raw_spinlock_t *lock)
{
	return lock->locked;
}

void mutex_init(struct mutex *lock)
{
	lock->locked = false;
}

void mutex_lock(struct mutex *lock)
{
	world_slow_call(__func__);
	if (lock->locked)
		world_violation("a mutex is taken that is held");
	else
		world.mutexes++;
	lock->locked = true;
}

int mutex_trylock(struct mutex *lock)
{
	world_call(__func__);
	if (lock->locked)
		return 0;
	lock->locked = true;
	world.mutexes++;

	return 1;
}

void mutex_unlock(struct mutex *lock)
{
	world_call(__func__);
	if (!lock->locked)
		world_violation("a mutex is released that is not held");
	else
		world.mutexes--;
	lock->locked = false;
}
