// SPDX-License-Identifier: GPL-2.0-only
/*
 * All panics and power-offs, crossed with all bindings that can make a difference then. bind.c
 * crosses the other bindings with a few panics.
 */
#include "check.h"

static void crash_kernels(struct scene scene)
{
	unsigned int i;

	for (i = 0; i < 8; i++) {
		scene.crash_loaded = i & 1;
		scene.crash_starts = i & 2;
		scene.post_notifiers = i & 4;
		if (scene.crash_loaded || !scene.crash_starts)
			try_panic(&scene);
	}
}

static void earlier_oopses(struct scene scene)
{
	crash_kernels(scene);
	scene.tainted_die = true;
	crash_kernels(scene);
	scene.tainted_die = false;
	scene.oops = true;
	crash_kernels(scene);
}

static void contexts(struct scene scene)
{
	for (scene.context = 0; scene.context < CONTEXTS; scene.context++)
		for (scene.lock = 0; scene.lock < LOCKS; scene.lock++)
			for (scene.nested = 0; scene.nested < NESTED; scene.nested++)
				for (scene.stop = 0; scene.stop < STOPS; scene.stop++)
					earlier_oopses(scene);
}

/*
 * Stopped CPUs hold nothing; or each lock that WRPT takes, one at a time; or another task's lock.
 * If the driver must never use WRPT, held locks prove nothing: it is most tempted when all are
 * free.
 */
static void held_locks(void)
{
	const struct wrpt *wrpt = &binding.wrpt->wrpt;
	struct scene scene = {};

	contexts(scene);
	if (!wrpt_usable() || binding.hook != HOOK_ON)
		return;
	for (scene.semaphore = 1; scene.semaphore <= wrpt->semaphores; scene.semaphore++) {
		scene.inner = false;
		contexts(scene);
		scene.inner = true;
		contexts(scene);
	}
	scene.inner = false;
	scene.semaphore = GUEST_SEMAPHORES;
	contexts(scene);
	scene.semaphore = 0;
	for (scene.spinlock = 1; scene.spinlock <= wrpt->spinlocks; scene.spinlock++)
		contexts(scene);
	scene.spinlock = GUEST_SPINLOCKS;
	contexts(scene);
}

static void power_offs(void)
{
	struct scene scene = {};
	unsigned int i;

	for (scene.stop = 0; scene.stop < STOPS; scene.stop++) {
		for (i = 0; i < 16; i++) {
			scene.tainted_die = i & 1;
			scene.crash_loaded = i & 2;
			scene.semaphore = i & 4 ? 1 : 0;
			scene.spinlock = i & 8 ? 1 : 0;
			try_power_off(&scene);
		}
	}
}

/* HOOK_NO_KEXEC is left out, because in a panic it equals HOOK_OFF. */
static void hooks(void (*next)(void))
{
	static const enum hook hooks[] = { HOOK_ON, HOOK_OFF, HOOK_NO_KPROBES, HOOK_DISARMED };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		binding.hook = hooks[i];
		if (!bind_driver())
			guest_violation("not bound");
		next();
		unload_driver();
	}
}

static void hooks_and_ports(void (*next)(void))
{
	for (binding.port = usual_port(); binding.port <= PORT_MEM; binding.port++)
		if (my_half(binding.port))
			hooks(next);
	binding.port = usual_port();
}

/* Every other bus is a register in memory. The host announces all events; bind.c crosses those. */
static void other_buses(void (*next)(void))
{
	binding.wrpt = &wrpts[WRPT_PLAIN];
	binding.capability = EVENTS;
	for (binding.bus = BUS_ACPI + 1; binding.bus < BUSES; binding.bus++)
		for (binding.events = 0; binding.events <= EVENTS; binding.events++)
			if (my_half(binding.events))
				hooks(next);
	binding.bus = BUS_ACPI;
}

/*
 * Each choice of events, hook, register and WRPT. The host announces all events, because only the
 * intersection is sent. bind.c crosses the two.
 */
static void bindings(void (*next)(void))
{
	const struct kernel_config *config = guest_config(binding.variant);
	unsigned int wrpt, nr = WRPTS_IN_A_PANIC;

	/* Where WRPT is never used, it makes no difference how it fails. */
	if (!config->preempt_count || config->preempt_rt || !config->x86)
		nr = WRPT_PLAIN + 1;
	for (wrpt = 0; wrpt < nr; wrpt++) {
		binding.wrpt = &wrpts[wrpt];
		binding.capability = EVENTS;
		for (binding.events = 0; binding.events <= EVENTS; binding.events++)
			hooks_and_ports(next);
	}
}

/* Before 5.19 only a power-off differs, so panics are tried with one choice of events there. */
void all_panics(void)
{
	if (!guest_config(binding.variant)->sys_off) {
		hooks_and_ports(held_locks);
		return;
	}
	bindings(held_locks);
	other_buses(held_locks);
}

void all_power_offs(void)
{
	bindings(power_offs);
	other_buses(power_offs);
	binding.halts = true;
	bindings(power_offs);
	other_buses(power_offs);
}
