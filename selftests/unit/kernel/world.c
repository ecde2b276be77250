// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest as a whole: built, put into a state, asked what is left of a driver that went, and
 * how each of the driver's calls is looked at before it is carried out.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "world.h"

#define MAX_ALLOCATIONS 32
#define MAX_KEPT        1024
#define MAX_MESSAGES    5

struct world world;
unsigned long world_violations;
void (*world_describe)(char *text, size_t size);

static struct allocation {
	void *memory;
	size_t size;
	const char *what;
	char kept[MAX_KEPT] __attribute__((aligned(8)));
} allocations[MAX_ALLOCATIONS];

static unsigned int nr_allocations; /* that were in use at once since boot */

static const struct scene calm = { .online = 1 };

/** world_boot() - a machine without devices, with this build of the driver not loaded */
void world_boot(const char *variant)
{
	unsigned int node, i;

	memset(&world, 0, sizeof(world));
	world_pass(1000);
	world.config = world_config(variant);
	world.fault_at = ~0;
	world.step_at = ~0;
	world.bytes_before_others = ~0;
	world.scene = calm;
	for (node = 0; node < WORLD_NODES; node++)
		for (i = 0; i < WORLD_SEMAPHORES; i++)
			world.node[node].semaphores[i].count = 1;
	for (i = 0; i < nr_allocations; i++)
		world_free(allocations[i].memory);
	nr_allocations = 0;
	kernel_current = &world_task;
	world_choose(variant);
	world_reset_ends();
	world_reset_kprobes();
	world_reset_devices();
}

/** world_stage() - the running guest enters the state in which it will end, nothing sent yet */
void world_stage(const struct scene *scene)
{
	struct semaphore *sem;
	unsigned int node;

	for (node = 0; node < WORLD_NODES; node++) {
		if (world.scene.taken) {
			sem = &world.node[node].semaphores[world.scene.taken - 1];
			sem->count = 1;
			sem->lock.locked = false;
		}
		if (scene->taken) {
			sem = &world.node[node].semaphores[scene->taken - 1];
			sem->count = scene->inner;
			sem->lock.locked = scene->inner;
		}
	}

	world.scene = *scene;
	world.preempt = scene->lock == LOCK_SPIN && !world.config->preempt_rt;
	world.irqs_off = false;
	world.panics = 0;
	world.dying = 0;
	world.ended = false;
	world.powered_off = false;
	world.nr_bytes = 0;
	world.bytes_before_others = ~0;
	world_task.idle = scene->context == CONTEXT_IDLE;
	oops_in_progress = 0;
	sim_reset();
}

/** world_revive() - the guest that ended did not, and goes on */
void world_revive(void)
{
	world_stage(&calm);
}

/** world_violation() - the driver did what it must not; says so, for the first few */
void world_violation(const char *fmt, ...)
{
	char text[512] = "";
	va_list args;

	if (world_violations++ >= MAX_MESSAGES)
		return;
	if (world_describe)
		world_describe(text, sizeof(text));
	va_start(args, fmt);
	printf("# violation: ");
	vprintf(fmt, args);
	printf("%s%s\n", *text ? "; " : "", text);
	va_end(args);
}

/** world_alloc() - zeroed memory that must be given back by the time the driver is gone */
void *world_alloc(size_t size, const char *what)
{
	struct allocation *a;

	if (world_fault(what))
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

void world_free(void *memory)
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
	world_violation("memory is freed that was never allocated");
}

/**
 * world_copy() - memcpy() that no sanitizer looks at
 *
 * For a module's variables, between which ASan has zones that nobody may touch; and because it is
 * called a hundred million times.
 */
/* clang-format off */
__attribute__((no_sanitize("address", "undefined"), optimize("no-tree-loop-distribute-patterns")))
void world_copy(char *to, const char *from, size_t size)
/* clang-format on */
{
	size_t i;

	for (i = 0; i + sizeof(long) <= size; i += sizeof(long))
		*(long *)(to + i) = *(const long *)(from + i);
	for (; i < size; i++)
		to[i] = from[i];
}

/** world_keep_memory() - remember what the driver's memory says before it changes it in a panic */
void world_keep_memory(void)
{
	struct allocation *a;

	for (a = allocations; a < allocations + nr_allocations; a++) {
		if (!a->memory)
			continue;
		if (a->size > MAX_KEPT)
			abort();
		world_copy(a->kept, a->memory, a->size);
	}
}

/** world_restore_memory() - the same guest once more, as if it had not panicked */
void world_restore_memory(void)
{
	struct allocation *a;

	for (a = allocations; a < allocations + nr_allocations; a++)
		if (a->memory)
			world_copy(a->memory, a->kept, a->size);
}

/** world_leftovers() - how many things a driver left behind that is gone; each is reported */
unsigned int world_leftovers(void)
{
	unsigned long before = world_violations;
	const char *names[8];
	struct allocation *a;
	unsigned int i, nr;

	for (a = allocations; a < allocations + nr_allocations; a++)
		if (a->memory)
			world_violation("left behind: memory of %s", a->what);
	nr = world_kprobes(names);
	for (i = 0; i < nr; i++)
		world_violation("left behind: a kprobe on %s", names[i]);
	if (world.mutexes)
		world_violation("left behind: %u mutexes held", world.mutexes);
	if (world_ends_left())
		world_violation("left behind: a panic notifier or power-off handler");

	return world_violations - before;
}

/** world_fault() - does this allocation or registration fail? */
bool world_fault(const char *what)
{
	unsigned int n = world.faults++;

	if (n != world.fault_at && !(world.fault_on && n > world.fault_at))
		return false;
	if (!world.fault_what)
		world.fault_what = what;

	return true;
}

/** world_call() - the driver makes a call that is allowed anywhere */
void world_call(const char *what)
{
	void (*step)(void) = world.step;

	(void)what;
	if (world.dying || !step || world.steps++ != world.step_at)
		return;
	world.step = NULL;
	step();
}

/** world_slow_call() - the driver makes a call that may wait, allocate, or print at length */
void world_slow_call(const char *what)
{
	if (world.dying)
		world_violation("%s in a guest's last moments", what);
	else if (world_atomic())
		world_violation("%s may sleep, in atomic context", what);
	world_call(what);
}
