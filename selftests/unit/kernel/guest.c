// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest as a whole: booted, put into a scene, and searched for what an unloaded driver left.
 * Each call of the driver passes through here, so that it can fail, be interrupted or be refused.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "guest.h"

#define MAX_ALLOCATIONS 32
#define MAX_KEPT        1024
#define MAX_MESSAGES    5

struct guest guest;
unsigned long guest_violations;
bool guest_exit_at_violation;
void (*guest_describe)(char *text, size_t size);

static struct allocation {
	void *memory;
	size_t size;
	const char *what;
	char kept[MAX_KEPT] __attribute__((aligned(8)));
} allocations[MAX_ALLOCATIONS];

static unsigned int nr_allocations; /* the highest number in use at once since boot */

static const struct scene calm;

/** guest_boot() - a machine without devices; this build of the driver is not loaded yet */
void guest_boot(const char *variant)
{
	unsigned int node, i;

	memset(&guest, 0, sizeof(guest));
	tsc_khz = 2000000;
	guest_pass(1000);
	guest.config = guest_config(variant);
	guest.fault_at = ~0;
	guest.bytes_before_others = ~0;
	guest.scene = calm;
	for (node = 0; node < GUEST_NODES; node++)
		for (i = 0; i < GUEST_SEMAPHORES; i++)
			guest.node[node].semaphores[i].count = 1;
	for (i = 0; i < nr_allocations; i++)
		guest_free(allocations[i].memory);
	nr_allocations = 0;
	kernel_current = &guest_task;
	guest_select_module(variant);
	guest_reset_hooks();
	guest_reset_kprobes();
	guest_reset_devices();
}

static void set_locks(struct node *node, const struct scene *scene, bool held)
{
	if (scene->semaphore && scene->inner)
		node->semaphores[scene->semaphore - 1].lock.locked = held;
	else if (scene->semaphore)
		node->semaphores[scene->semaphore - 1].count = !held;
	if (scene->spinlock)
		node->spinlocks[scene->spinlock - 1].locked = held;
}

/** guest_set_scene() - the running guest enters the state in which it will panic or power off */
void guest_set_scene(const struct scene *scene)
{
	struct node *node;

	for (node = guest.node; node < guest.node + GUEST_NODES; node++) {
		set_locks(node, &guest.scene, false);
		set_locks(node, scene, true);
	}

	guest.scene = *scene;
	guest.preempt = scene->lock == LOCK_SPIN && !guest.config->preempt_rt;
	guest.raised = 0;
	guest.irqs_off = false;
	guest.in_kprobe = false;
	guest.panics = 0;
	guest.dying = 0;
	guest.cpus_stopped = false;
	guest.ended = false;
	guest.rebooted = false;
	guest.powered_off = false;
	guest.nr_bytes = 0;
	guest.bytes_before_others = ~0;
	guest_task.idle = scene->context == CONTEXT_IDLE;
	oops_in_progress = 0;
	sim_reset();
}

/** guest_revive() - the guest runs again, as if the last panic or power-off had not happened */
void guest_revive(void)
{
	guest_set_scene(&calm);
}

/** guest_violation() - the driver broke a rule; the first few are printed */
void guest_violation(const char *fmt, ...)
{
	char text[512] = "";
	va_list args;

	if (guest_violations++ >= MAX_MESSAGES)
		return;
	if (guest_describe)
		guest_describe(text, sizeof(text));
	va_start(args, fmt);
	printf("# violation: ");
	vprintf(fmt, args);
	printf("%s%s\n", *text ? "; " : "", text);
	va_end(args);
	if (guest_exit_at_violation) {
		fflush(stdout);
		_exit(1);
	}
}

/** guest_alloc() - zeroed memory that the driver must free before it is unloaded */
void *guest_alloc(size_t size, const char *what)
{
	struct allocation *a;

	if (guest_fault(what))
		return NULL;
	for (a = allocations; a < allocations + MAX_ALLOCATIONS; a++) {
		if (a->memory)
			continue;
		a->memory = calloc(1, size);
		a->size = size;
		a->what = what;
		if (a - allocations >= nr_allocations)
			nr_allocations = a - allocations + 1;
		return a->memory;
	}
	abort();
}

void guest_free(void *memory)
{
	struct allocation *a;

	if (!memory)
		return;
	for (a = allocations; a < allocations + nr_allocations; a++) {
		if (a->memory != memory)
			continue;
		free(memory);
		a->memory = NULL;
		return;
	}
	guest_violation("memory is freed that was never allocated");
}

/**
 * guest_copy() - memcpy() without the sanitizers
 *
 * It copies a module's variables, and ASan has red zones between these. It also is fast, because
 * the tests call it many million times.
 */
/* clang-format off */
__attribute__((no_sanitize("address", "undefined"), optimize("no-tree-loop-distribute-patterns")))
void guest_copy(char *to, const char *from, size_t size)
/* clang-format on */
{
	size_t i;

	for (i = 0; i + sizeof(long) <= size; i += sizeof(long))
		*(long *)(to + i) = *(const long *)(from + i);
	for (; i < size; i++)
		to[i] = from[i];
}

/** guest_keep_memory() - save the driver's memory, which a panic changes */
void guest_keep_memory(void)
{
	struct allocation *a;

	for (a = allocations; a < allocations + nr_allocations; a++) {
		if (!a->memory)
			continue;
		if (a->size > MAX_KEPT)
			abort();
		guest_copy(a->kept, a->memory, a->size);
	}
	guest_keep_variables();
}

/** guest_restore_memory() - restore the driver's memory, as if the guest had not panicked */
void guest_restore_memory(void)
{
	struct allocation *a;

	for (a = allocations; a < allocations + nr_allocations; a++)
		if (a->memory)
			guest_copy(a->memory, a->kept, a->size);
	guest_restore_variables();
}

/** guest_leftovers() - report what an unloaded driver left behind; returns how many things */
unsigned int guest_leftovers(void)
{
	unsigned long before = guest_violations;
	const char *names[GUEST_KPROBES];
	struct allocation *a;
	unsigned int i, nr;

	for (a = allocations; a < allocations + nr_allocations; a++)
		if (a->memory)
			guest_violation("left behind: memory of %s", a->what);
	nr = guest_kprobes(names);
	for (i = 0; i < nr; i++)
		guest_violation("left behind: a kprobe on %s", names[i]);
	if (guest.mutexes)
		guest_violation("left behind: %u mutexes held", guest.mutexes);
	if (guest_hooks_left())
		guest_violation("left behind: a panic notifier or power-off handler");

	return guest_violations - before;
}

/** guest_fault() - whether this allocation or registration fails */
bool guest_fault(const char *what)
{
	unsigned int n = guest.faults++;

	if (n != guest.fault_at && !(guest.fault_on && n > guest.fault_at))
		return false;
	if (!guest.fault_what)
		guest.fault_what = what;

	return true;
}

/** guest_call() - the driver makes a call that is allowed in any context */
void guest_call(const char *what)
{
	void (*step)(void) = guest.step;

	(void)what;
	if (guest.dying || !step)
		return;
	guest.step = NULL;
	step();
	guest.step = step;
}

/** guest_slow_call() - the driver makes a call that may wait, allocate or print */
void guest_slow_call(const char *what)
{
	if (guest.dying)
		guest_violation("%s in a panic or power-off", what);
	else if (guest_atomic())
		guest_violation("%s may sleep, in atomic context", what);
	guest_call(what);
}
