// SPDX-License-Identifier: GPL-2.0-only
/* The running task, its context, the locks that it can wait for, and the clock. */
#include "guest.h"

struct task_struct guest_task;
struct task_struct guest_other_task;
struct task_struct *kernel_current = &guest_task;
unsigned long jiffies;
unsigned int tsc_khz;

bool is_idle_task(const struct task_struct *task)
{
	return task->idle;
}

/* Without PREEMPT_COUNT, interrupts count, but preempt_disable() and spinlocks do not. */
unsigned int preempt_count(void)
{
	unsigned int count = guest.raised + (guest.config->preempt_count ? guest.preempt : 0);

	if (guest.scene.lock == LOCK_BH)
		count += SOFTIRQ_DISABLE_OFFSET;

	switch (guest.scene.context) {
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

void preempt_count_add(unsigned int value)
{
	guest.raised += value;
}

void preempt_count_sub(unsigned int value)
{
	if (guest.raised < value)
		guest_violation("the preemption count becomes negative");
	guest.raised -= value;
}

void local_irq_disable(void)
{
	if (!guest.dying)
		guest_violation("interrupts are switched off in a guest that runs");
	guest.irqs_off = true;
}

/** guest_in_interrupt() - in_interrupt(), which a fault asks before it ends the task */
bool guest_in_interrupt(void)
{
	return preempt_count() >= SOFTIRQ_OFFSET;
}

/** guest_atomic() - whether sleeping would be a mistake now, counted or not */
bool guest_atomic(void)
{
	return guest.scene.context != CONTEXT_TASK || guest.scene.lock == LOCK_BH ||
	       guest.preempt || guest.raised || guest.irqs_off;
}

/** guest_pass() - let time pass; jiffies need interrupts */
void guest_pass(unsigned int ms)
{
	guest.now += ms * 1000000LL;
	if (!guest.irqs_off)
		jiffies = guest.now / (NSEC_PER_SEC / HZ);
}

ktime_t ktime_get(void)
{
	return guest.now;
}

/* Without a TSC, the kernel counts jiffies. */
u64 sched_clock(void)
{
	return tsc_khz ? (u64)guest.now : jiffies * (NSEC_PER_SEC / HZ);
}

/* A stopped CPU never releases the inner lock. */
static bool inner_lock(struct semaphore *sem)
{
	if (!sem->lock.locked)
		return true;
	guest_violation("ACPICA spins forever on a semaphore's inner lock");

	return false;
}

/** guest_down() - down_timeout(); returns 0 or -ETIME */
int guest_down(struct semaphore *sem)
{
	guest_call(__func__);
	guest_probed(PROBED_DOWN_TIMEOUT, sem);
	if (!inner_lock(sem))
		return -ETIME;
	if (sem->count) {
		sem->count--;
		return 0;
	}
	guest_slow_call("waiting for a semaphore");
	if (guest.dying)
		return -ETIME;

	kernel_current->nvcsw++; /* until the holder passed the semaphore to this task */

	return 0;
}

void guest_up(struct semaphore *sem)
{
	if (inner_lock(sem))
		sem->count++;
	if (sem->count > 1)
		guest_violation("a semaphore is released that was not taken");
}

/** guest_spin_lock() - acpi_os_acquire_lock() */
void guest_spin_lock(raw_spinlock_t *lock)
{
	guest_call(__func__);
	guest_probed(PROBED_ACQUIRE_LOCK, lock);
	if (lock->locked)
		guest_violation("ACPICA spins forever on a spinlock");
	lock->locked = true;
	guest.preempt++;
}

void guest_spin_unlock(raw_spinlock_t *lock)
{
	guest_call(__func__);
	lock->locked = false;
	guest.preempt--;
}

bool raw_spin_is_locked(const raw_spinlock_t *lock)
{
	return lock->locked;
}

void mutex_lock(struct mutex *lock)
{
	guest_slow_call(__func__);
	if (lock->locked)
		guest_violation("a mutex is taken that is held");
	else
		guest.mutexes++;
	lock->locked = true;
}

void mutex_unlock(struct mutex *lock)
{
	guest_call(__func__);
	if (!lock->locked)
		guest_violation("a mutex is released that is not held");
	else
		guest.mutexes--;
	lock->locked = false;
}
