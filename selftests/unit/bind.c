// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every way in which firmware, host and administrator can have the driver bound: that it is, that
 * it says what it is, that it is not hooked where it need not be, and that what it says is true.
 */
#include <stdio.h>

#include "check.h"

static void expect(const char *name, const char *wanted)
{
	static char text[4096];

	world_show(0, name, text);
	if (strcmp(text, wanted))
		world_violation("%s says %s instead of %s", name, text, wanted);
}

static void expect_log(bool wanted, const char *words)
{
	if (!strstr(world.log, words) == wanted)
		world_violation("the log %s \"%s\": %s", wanted ? "lacks" : "has", words,
				world.log);
}

static void check_log(const char *port, const char *hook)
{
	unsigned int events = armed_events();
	char line[160];

	snprintf(line, sizeof(line), "<info>QEMU0001:00: armed:%s%s%s; %sport %s",
		 events & PANICKED ? " panicked" : "", events & CRASH_LOADED ? " crash_loaded" : "",
		 events & SHUTDOWN ? " shutdown" : "", wrpt_usable() ? "WRPT, then " : "", port);
	expect_log(true, line);
	snprintf(line, sizeof(line), "; kdump hook %s\n", hook);
	expect_log(true, line);
	expect_log(!wrpt_usable(), " (not WRPT: ");
	expect_log(binding.rdpt == RDPT_ABSENT || binding.rdpt == RDPT_FAILS ||
			   binding.rdpt == RDPT_NO_NUMBER,
		   "<warn>QEMU0001:00: no number from RDPT");
	expect_log(binding.port >= PORT_NO_CRS && binding.port <= PORT_UNMAPPABLE,
		   "<warn>QEMU0001:00: no usable port in _CRS");
}

/* A device that is bound: in the log, in sysfs, and in what is hooked. */
void check_armed(void)
{
	const char *hook = binding.hook == HOOK_ON  ? "on" :
			   binding.hook == HOOK_OFF ? "off" :
						      "unavailable";
	bool shutdown = armed_events() & SHUTDOWN;
	char port[32], text[40];
	const char *names[8];
	unsigned int nr;

	snprintf(port, sizeof(port), "%s%#lx", port_way() == WAY_MEM ? "mem " : "", port_address());
	check_log(port, hook);
	snprintf(text, sizeof(text), "%s\n", port);
	expect("port", text);
	snprintf(text, sizeof(text), "%s\n", hook);
	expect("crash_hook", text);
	snprintf(text, sizeof(text), "%x\n", binding.capability & EVENTS);
	expect("capability", text);
	snprintf(text, sizeof(text), "%x\n", armed_events());
	expect("events", text);
	expect("transport", wrpt_usable() ? "wrpt\n" : "port\n");

	nr = world_kprobes(names);
	if (nr != hook_registered() || (nr && strcmp(names[0], "__crash_kexec")))
		world_violation("%u kprobes while the guest runs", nr);
	if ((binding.port_only || binding.wrpt->wrpt.absent) && world.node[0].evaluations)
		world_violation("WRPT is rehearsed");
	if (world.node[0].evaluations > 3)
		world_violation("WRPT is rehearsed %u times", world.node[0].evaluations);
	if (!world_notifier_registered())
		world_violation("no panic notifier");
	if (world_ends_left() != 1u + shutdown)
		world_violation(shutdown ? "no power-off handler" : "a needless power-off handler");
	if (world_can_power_off() != (shutdown || !binding.halts))
		world_violation("the guest can or can't power off, and should not");
}

static void check_one_end_each(void)
{
	struct scene scene = { .online = 1 };

	try_panic(&scene);
	try_power_off(&scene);
	scene.taken = WORLD_SEMAPHORES; /* another's, whose AML was stopped in it */
	try_panic(&scene);
	scene.taken = binding.wrpt->wrpt.semaphores;
	try_panic(&scene);
	scene.context = CONTEXT_HARDIRQ;
	try_panic(&scene);
	scene.crash_loaded = true;
	scene.crash_starts = true;
	try_panic(&scene);
}

static void check_binding(void)
{
	bool bound;

	combinations++;
	bound = bind_driver();
	if (bound != !!(binding.capability & EVENTS)) {
		world_violation(bound ? "bound to a host without events" : "not bound");
	} else if (bound) {
		check_armed();
		check_one_end_each();
	} else {
		expect_log(true, "<err>QEMU0001:00: left alone: the host announces no event");
		world_leftovers();
	}
	unload_driver();
}

void all_bindings(void)
{
	unsigned int wrpt, i;

	for (wrpt = 0; wrpt < nr_wrpts; wrpt++) {
		binding.wrpt = &wrpts[wrpt];
		for (i = 0; i < (EVENTS + 1) * (EVENTS + 1); i++) {
			if (!my_half(i))
				continue;
			binding.capability = i & EVENTS;
			binding.events = i / (EVENTS + 1);
			for (binding.port = 0; binding.port < PORTS; binding.port++) {
				for (binding.hook = 0; binding.hook < HOOKS; binding.hook++) {
					binding.port_only = false;
					check_binding();
					binding.port_only = true;
					check_binding();
				}
			}
		}
	}
}

/* What the host announces, every byte of it, by RDPT and by the register. */
void all_answers(void)
{
	unsigned int answer;

	binding.events = EVENTS;
	for (binding.port = 0; binding.port < PORTS; binding.port++) {
		for (binding.rdpt = 0; binding.rdpt < RDPTS; binding.rdpt++) {
			for (answer = 0; answer <= 0xff; answer++) {
				if (!my_half(answer))
					continue;
				binding.capability = answer;
				check_binding();
				/* The same in a longer number: the low byte is what counts. */
				build_machine();
				world.node[0].rdpt_answer |= 0xffffffffffffff00;
				load_driver();
				world_keep_memory();
				if (world_bound(0) != !!(answer & EVENTS))
					world_violation("a long answer changes the capability");
				else if (world_bound(0))
					check_one_end_each();
				unload_driver();
			}
		}
	}
}
