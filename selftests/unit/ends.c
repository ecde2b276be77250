// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every way in which a guest can end, for every way in which the driver can be bound as far as it
 * matters then. What is not crossed with the rest here, bind.c crosses.
 */
#include "check.h"

static void crash_kernels(struct scene scene)
{
	unsigned int i;

	scene.crash_loaded = false;
	try_panic(&scene);
	scene.due = true;
	if (scene.nested == NESTED_NONE)
		try_panic(&scene);
	scene.due = false;
	scene.crash_loaded = true;
	for (i = 0; i < 4; i++) {
		scene.crash_starts = i & 1;
		scene.post_notifiers = i & 2;
		try_panic(&scene);
	}
}

static void pasts(struct scene scene)
{
	for (scene.nested = 0; scene.nested < NESTED; scene.nested++) {
		for (scene.online = 1; scene.online <= 2; scene.online++) {
			scene.tainted_die = false;
			scene.oops = false;
			crash_kernels(scene);
			scene.tainted_die = true;
			crash_kernels(scene);
			scene.tainted_die = false;
			scene.oops = true;
			crash_kernels(scene);
		}
	}
}

static void contexts(struct scene scene, void (*next)(struct scene scene))
{
	for (scene.context = 0; scene.context < CONTEXTS; scene.context++)
		for (scene.lock = 0; scene.lock < LOCKS; scene.lock++)
			next(scene);
}

/* Each semaphore that WRPT takes, by itself and by its inner lock; and one that it does not. */
static void semaphores(void (*next)(struct scene scene))
{
	unsigned int nr = binding.wrpt->wrpt.semaphores;
	struct scene scene = { .online = 1 };

	contexts(scene, next);
	for (scene.taken = 1; scene.taken <= nr; scene.taken++) {
		scene.inner = false;
		contexts(scene, next);
		scene.inner = true;
		contexts(scene, next);
	}
	scene.inner = false;
	scene.taken = WORLD_SEMAPHORES;
	contexts(scene, next);
}

static void shut_down(struct scene scene)
{
	if (scene.lock != LOCK_NONE) /* kernel_power_off() sleeps before it comes to us */
		return;
	for (scene.online = 1; scene.online <= 2; scene.online++) {
		unsigned int i;

		for (i = 0; i < 16; i++) {
			scene.due = i & 8;
			scene.tainted_die = i & 1;
			scene.crash_loaded = i & 2;
			scene.nested = i & 4 ? NESTED_IN_AML : NESTED_NONE;
			try_power_off(&scene);
		}
	}
}

static void bind_and_end(void (*next)(struct scene scene))
{
	if (!bind_driver())
		world_violation("not bound");
	semaphores(next);
	unload_driver();
}

/* HOOK_NO_KEXEC is left out: in the end it is as HOOK_OFF. */
static void hooks_and_ports(void (*next)(struct scene scene))
{
	static const enum hook hooks[] = { HOOK_ON, HOOK_OFF, HOOK_NO_KPROBES };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		binding.hook = hooks[i];
		for (binding.port = PORT_IO; binding.port <= PORT_MEM; binding.port++)
			if (my_half(binding.port))
				bind_and_end(next);
	}
}

/*
 * Every capability and every choice of events, hook, register and WRPT; then @next for each end.
 * Of capability and choice one is whole: what is sent is both's, and bind.c crosses them.
 */
static void bindings(void (*next)(struct scene scene))
{
	unsigned int wrpt;

	for (wrpt = 0; wrpt < WRPTS_AT_THE_END; wrpt++) {
		binding.wrpt = &wrpts[wrpt];
		for (binding.capability = 1; binding.capability <= EVENTS; binding.capability++)
			for (binding.events = 0; binding.events <= EVENTS; binding.events++)
				if (binding.capability == EVENTS || binding.events == EVENTS)
					hooks_and_ports(next);
	}
}

void all_panics(void)
{
	bindings(pasts);
}

void all_power_offs(void)
{
	bindings(shut_down);
	binding.halts = true;
	bindings(shut_down);
}
