// SPDX-License-Identifier: GPL-2.0-only
/*
 * What fails while the driver is bound, each allocation and registration in turn, and what comes
 * in between: a panic of another CPU before each of the driver's calls.
 */
#include "check.h"

/* A register that can't be mapped just now: the line that names it is all that is said. */
static bool next_resource_taken(void)
{
	return port_way() == WAY_MEM && strstr(world.log, "port 0x505");
}

/* What the driver says it could not get is not expected of it; of the rest, all. */
static void expect_what_is_said(void)
{
	if (strstr(world.log, "kdump hook unavailable"))
		binding.hook = HOOK_NO_KEXEC;
	if (strstr(world.log, "(not WRPT: "))
		binding.port_only = true;
	if (next_resource_taken())
		binding.port = PORT_UNMAPPABLE;
}

static void check_ends(void)
{
	struct scene scene = { .online = 1 };

	try_panic(&scene);
	try_power_off(&scene);
	scene.crash_loaded = true;
	try_panic(&scene);
	scene.crash_starts = true;
	try_panic(&scene);
	scene.post_notifiers = true;
	try_panic(&scene);
}

/* False when the n-th never came. */
static bool fail(unsigned int n, bool on)
{
	const struct binding wanted = binding;
	bool reached;
	int err;

	build_machine();
	if (port_way() == WAY_MEM) /* where the driver looks when it can't map it */
		world.node[0].io_port = WORLD_PORT(0);
	world.fault_at = n;
	world.fault_on = on;
	err = load_driver();
	reached = world.fault_what;
	combinations += reached;
	if (reached && !strstr(world.log, "<err>") && !strstr(world.log, "<warn>") &&
	    !strstr(world.log, "unavailable") && !strstr(world.log, "(not WRPT: ") &&
	    !next_resource_taken())
		world_violation("%s fails and nobody is told: %s", world.fault_what, world.log);
	if (!err && world_bound(0)) {
		world_keep_memory();
		expect_what_is_said();
		check_ends();
	} else if (world_leftovers()) {
		world_violation("as %s failed", world.fault_what);
	}
	unload_driver();

	/* It was a bad moment and not more: now all of it works. */
	binding = wanted;
	build_machine();
	if (load_driver() || !world_bound(0))
		world_violation("not bound after a failure");
	else
		check_armed();
	unload_driver();

	return reached;
}

void all_faults(void)
{
	unsigned int n;

	for (binding.port = 0; binding.port < PORTS; binding.port++) {
		for (binding.hook = 0; binding.hook < HOOKS; binding.hook++) {
			if (!my_half(binding.hook))
				continue;
			for (binding.rdpt = 0; binding.rdpt < RDPTS; binding.rdpt++) {
				for (n = 0; fail(n, false); n++)
					;
				for (n = 0; fail(n, true); n++)
					;
			}
		}
	}
}

static bool fail_store(unsigned int n)
{
	char text[4096];
	ssize_t err;
	bool reached;

	binding.events = PANICKED | CRASH_LOADED;
	if (!bind_driver())
		world_violation("not bound");
	world.faults = 0;
	world.fault_at = n;
	err = world_store(0, "events", "7\n");
	reached = world.fault_what;
	if (reached) {
		combinations++;
		world_show(0, "events", text);
		if (err >= 0 || strcmp(text, "3\n"))
			world_violation("a failed write returns %zd and leaves %s", err, text);
	} else {
		binding.events = EVENTS;
	}
	world_keep_memory();
	check_ends();
	unload_driver();

	return reached;
}

void all_store_faults(void)
{
	unsigned int n;

	for (n = 0; fail_store(n); n++)
		;
}

enum moment { LOADING, LOSING, REGAINING, UNLOADING, MOMENTS };

static struct scene interruption;
static unsigned int kept_events; /* armed before and after: none of these may be lost */
static bool power_off;

static bool hooked(void)
{
	const char *names[8];
	unsigned int i, nr = world_kprobes(names);

	for (i = 0; i < nr; i++)
		if (!strcmp(names[i], "__crash_kexec"))
			return true;

	return false;
}

static void check_interruption(void)
{
	unsigned int i, must = PANICKED, may = EVENTS & binding.capability;

	if (interruption.crash_loaded)
		must = hooked() || interruption.post_notifiers ? CRASH_LOADED : 0;
	if (!world_notifier_registered()) {
		must = 0;
		may = 0;
	}
	if (power_off) {
		must = 0;
		may = SHUTDOWN;
	}
	for (i = 0; i < world.nr_bytes; i++)
		if (world.bytes[i].value & ~may)
			world_violation("interrupted, byte %u is %#x", i, world.bytes[i].value);
	if (must & kept_events & ~world.seen)
		world_violation("interrupted, event %#x is lost", must & kept_events);
}

/* On another CPU; what the binding task holds stays held, for it is stopped where it is. */
static void interrupt(void)
{
	static struct world saved;
	struct task_struct *task = kernel_current;

	combinations++;
	saved = world;
	world_keep_memory();
	kernel_current = &world_other_task;
	world.scene = interruption;
	world.preempt = 0;
	world.irqs_off = false;
	oops_in_progress = 0;
	sim_reset();
	if (power_off)
		world_power_off();
	else
		world_panic();
	check_interruption();
	world_restore_memory();
	world = saved;
	kernel_current = task;
	oops_in_progress = 0;
}

static void arm_interruption(unsigned int n, unsigned int before, unsigned int after)
{
	world.steps = 0;
	world.step_at = n;
	world.step = interrupt;
	kept_events = before & after & binding.capability;
	binding.events = after;
}

/* As the driver is loaded, loses an event, gets it back, or is unloaded; true if it came to n. */
static bool interrupt_at(unsigned int n, enum moment moment)
{
	bool reached;

	binding.events = EVENTS;
	build_machine();
	if (moment == LOADING)
		arm_interruption(n, EVENTS, EVENTS);
	load_driver();

	if (moment == LOSING)
		arm_interruption(n, EVENTS, PANICKED);
	if (moment == LOSING || moment == REGAINING)
		world_store(0, "events", "1");

	if (moment == REGAINING) {
		arm_interruption(n, PANICKED, EVENTS);
		world_store(0, "events", "7");
	}
	reached = moment != UNLOADING && !world.step;

	world.step = NULL;
	if (moment == UNLOADING)
		arm_interruption(n, EVENTS, EVENTS);
	unload_driver();

	return reached || (moment == UNLOADING && !world.step);
}

static void interrupt_all(void)
{
	enum moment moment;
	unsigned int n;

	for (moment = 0; moment < MOMENTS; moment++)
		for (n = 0; interrupt_at(n, moment); n++)
			;
}

static void interrupt_with(unsigned int end)
{
	interruption = (struct scene){ .online = 1 };
	interruption.crash_loaded = end & 1;
	interruption.crash_starts = end & 2;
	interruption.post_notifiers = end & 4;
	interruption.context = end & 8 ? CONTEXT_HARDIRQ : CONTEXT_TASK;
	interruption.nested = end & 16 ? NESTED_AFTER : NESTED_NONE;
	interrupt_all();
}

void all_interruptions(void)
{
	unsigned int wrpt, end;

	for (wrpt = 0; wrpt < nr_wrpts; wrpt++) {
		binding.wrpt = &wrpts[wrpt];
		for (binding.hook = 0; binding.hook < HOOKS; binding.hook++) {
			power_off = false;
			for (end = 0; end < 32; end++)
				if (my_half(end))
					interrupt_with(end);
			power_off = true;
			if (my_half(0))
				interrupt_with(0);
			power_off = false;
		}
	}
}
