// SPDX-License-Identifier: GPL-2.0-only
/*
 * All combinations of firmware, host and administrator in which the driver can be bound. The
 * driver must bind, hook only what it needs, and describe itself truthfully in the log and sysfs.
 */
#include <stdio.h>

#include "check.h"

static void expect_attribute(const char *name, const char *wanted)
{
	static char text[4096];

	guest_show(0, name, text);
	if (strcmp(text, wanted))
		guest_violation("%s says %s instead of %s", name, text, wanted);
}

/* Whether the log must contain these words, or must not. */
void expect_log(bool wanted, const char *words)
{
	if (!strstr(guest.log, words) == wanted)
		guest_violation("the log %s \"%s\": %s", wanted ? "lacks" : "has", words,
				guest.log);
}

/* The same for a line about the device. */
void expect_device_log(bool wanted, const char *level, const char *words)
{
	char line[160];

	snprintf(line, sizeof(line), "<%s>%s: %s", level, guest_device_name(0), words);
	expect_log(wanted, line);
}

static void check_log(const char *port, const char *hook)
{
	unsigned int events = armed_events();
	char line[160];

	snprintf(line, sizeof(line), "armed:%s%s%s; %s%s%s", events & PANICKED ? " panicked" : "",
		 events & CRASH_LOADED ? " crash_loaded" : "", events & SHUTDOWN ? " shutdown" : "",
		 wrpt_usable() ? "WRPT, then " : "",
		 register_transport() == BY_MEMORY ? "" : "port ", port);
	expect_device_log(true, "info", line);
	snprintf(line, sizeof(line), "; kdump hook %s\n", hook);
	expect_log(true, line);
	expect_log(!wrpt_usable() && binding.bus == BUS_ACPI && (is_x86() || binding.port_only),
		   " (not WRPT: ");
	if (!binding.no_tsc)
		expect_log(false, "no TSC");
	expect_log(binding.hook == HOOK_NO_KEXEC, "<warn>pvpanic-guest: no kdump hook: "
						  "register_kprobe(__crash_kexec) returned -2\n");
	expect_log(binding.hook == HOOK_NO_KPROBES,
		   "<warn>pvpanic-guest: no kdump hook: "
		   "register_kprobe(__crash_kexec) returned -95\n");
	expect_device_log(power_off_unavailable() && wanted_events() & SHUTDOWN, "warn",
			  "no power-off handler (error -95): SHUTDOWN is not sent\n");
	expect_log(false, "no rehearsal of WRPT");
	expect_device_log(binding.bus == BUS_ACPI &&
				  (binding.rdpt == RDPT_ABSENT || binding.rdpt == RDPT_FAILS ||
				   binding.rdpt == RDPT_NO_NUMBER),
			  "warn", "no number from RDPT");
	expect_device_log(binding.bus == BUS_ACPI && binding.port >= PORT_NO_CRS &&
				  binding.port <= PORT_UNMAPPABLE,
			  "warn", "no usable register in _CRS");
}

static void check_kprobes(bool power_off)
{
	unsigned int wanted = hook_registered() + power_off, nr, i;
	const char *names[GUEST_KPROBES];

	nr = guest_kprobes(names);
	for (i = 0; i < nr; i++) {
		if (hook_registered() && !strcmp(names[i], "__crash_kexec"))
			wanted--;
		else if (power_off && !strcmp(names[i], "machine_power_off"))
			wanted--;
		else
			guest_violation("a kprobe on %s while the guest runs", names[i]);
	}
	if (wanted)
		guest_violation("%u kprobes are missing", wanted);
}

static void check_rehearsal(void)
{
	const struct wrpt *wrpt = &binding.wrpt->wrpt;
	unsigned int evaluations = guest.node[0].evaluations;

	if ((binding.bus != BUS_ACPI || !is_x86() || binding.port_only || wrpt->absent) &&
	    evaluations)
		guest_violation("WRPT is rehearsed");
	if (evaluations > (wrpt->delay > 1000 ? 1 : 3))
		guest_violation("WRPT is rehearsed %u times", evaluations);
}

/* Checks the log, sysfs and the hooks of a bound device. */
void check_armed(void)
{
	const char *hook = hook_registered()        ? "on" :
			   binding.hook == HOOK_OFF ? "off" :
						      "unavailable";
	bool shutdown = armed_events() & SHUTDOWN;
	char port[32], text[40];

	snprintf(port, sizeof(port), "%s%#lx", register_transport() == BY_MEMORY ? "mem " : "",
		 port_address());
	check_log(port, hook);
	snprintf(text, sizeof(text), "%s\n", port);
	expect_attribute("port", text);
	snprintf(text, sizeof(text), "%s\n", hook);
	expect_attribute("crash_hook", text);
	snprintf(text, sizeof(text), "%x\n", binding.capability & EVENTS);
	expect_attribute("capability", text);
	snprintf(text, sizeof(text), "%x\n", armed_events());
	expect_attribute("events", text);
	expect_attribute("transport", wrpt_usable() ? "wrpt\n" : "port\n");

	check_kprobes(shutdown && !guest.config->sys_off);
	check_rehearsal();
	if (!guest_notifier_registered())
		guest_violation("no panic notifier");
	if (guest_hooks_left() != 1u + (shutdown && guest.config->sys_off))
		guest_violation(shutdown ? "no power-off handler" : "a needless power-off handler");
	if (guest_can_power_off() != ((shutdown && guest.config->sys_off) || !binding.halts))
		guest_violation("the driver changes whether the guest can power off");
}

/* The last lock of each kind that WRPT takes, and another task's. */
static void check_held_locks(void)
{
	const struct scene scenes[] = {
		{ .semaphore = binding.wrpt->wrpt.semaphores },
		{ .spinlock = binding.wrpt->wrpt.spinlocks },
		{ .semaphore = GUEST_SEMAPHORES, .spinlock = GUEST_SPINLOCKS },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scenes); i++)
		try_panic(&scenes[i]);
}

static void check_a_few_panics(void)
{
	struct scene scene = {};

	try_panic(&scene);
	try_power_off(&scene);
	if (wrpt_usable())
		check_held_locks();
	scene.context = CONTEXT_HARDIRQ;
	try_panic(&scene);
	scene.crash_loaded = true;
	scene.crash_starts = true;
	try_panic(&scene);
}

/* A device that is not bound is not written. */
static void check_not_bound(void)
{
	const struct scene scene = {};

	expect_device_log(true, "err", "not bound: ");
	panic_in(&scene);
	if (guest.nr_bytes)
		guest_violation("a device is written that is not bound");
}

static void check_binding(void)
{
	bool bound;

	combinations++;
	bound = bind_driver();
	if (bound != bindable()) {
		guest_violation(bound ? "bound to a host without events" : "not bound");
	} else if (bound) {
		check_armed();
		check_a_few_panics();
	} else {
		check_not_bound();
	}
	unload_driver();
}

static void guest_without_tsc(void)
{
	binding.no_tsc = true;
	binding.capability = EVENTS;
	binding.events = EVENTS;
	binding.port = usual_port();
	for (binding.hook = 0; binding.hook < HOOK_DISARMED; binding.hook++)
		check_binding();
	binding.no_tsc = false;
}

/* Neither WRPT nor ports matter here. transport=port must be ignored. */
static void other_buses(void)
{
	unsigned int i;

	binding.port = usual_port();
	for (i = 0; i < (EVENTS + 1) * (EVENTS + 1); i++) {
		if (!my_half(i))
			continue;
		binding.capability = i & EVENTS;
		binding.events = i / (EVENTS + 1);
		for (binding.bus = BUS_ACPI + 1; binding.bus < BUSES; binding.bus++) {
			for (binding.hook = 0; binding.hook < HOOK_DISARMED; binding.hook++) {
				binding.port_only = false;
				check_binding();
				binding.port_only = true;
				check_binding();
			}
		}
	}
	binding.bus = BUS_ACPI;
}

/* Before 5.19 only a power-off differs, and it never uses WRPT, so one WRPT is enough there. */
void all_bindings(void)
{
	unsigned int wrpt = 0, nr = is_x86() ? nr_wrpts : WRPT_PLAIN + 1, i;

	other_buses();

	if (!guest_config(binding.variant)->sys_off) {
		wrpt = WRPT_PLAIN;
		nr = WRPT_PLAIN + 1;
	}
	for (; wrpt < nr; wrpt++) {
		binding.wrpt = &wrpts[wrpt];
		binding.port_only = false;
		if (my_half(wrpt))
			guest_without_tsc();
		for (i = 0; i < (EVENTS + 1) * (EVENTS + 1); i++) {
			if (!my_half(i))
				continue;
			binding.capability = i & EVENTS;
			binding.events = i / (EVENTS + 1);
			for (binding.port = 0; binding.port < PORTS; binding.port++) {
				for (binding.hook = 0; binding.hook < HOOK_DISARMED;
				     binding.hook++) {
					binding.port_only = false;
					check_binding();
					binding.port_only = true;
					check_binding();
				}
			}
		}
	}
}

/* The host announces each possible byte, by RDPT and by the register. */
void all_answers(void)
{
	unsigned int answer;

	binding.events = EVENTS;
	for (binding.bus = BUS_ACPI + 1; binding.bus < BUSES; binding.bus++) {
		for (answer = 0; answer <= 0xff; answer++) {
			if (!my_half(answer))
				continue;
			binding.capability = answer;
			check_binding();
		}
	}
	binding.bus = BUS_ACPI;
	for (binding.port = 0; binding.port < PORTS; binding.port++) {
		for (binding.rdpt = 0; binding.rdpt < RDPTS; binding.rdpt++) {
			for (answer = 0; answer <= 0xff; answer++) {
				if (!my_half(answer))
					continue;
				binding.capability = answer;
				check_binding();
				/* The same in a longer number, of which only the low byte counts.
				 */
				build_machine();
				guest.node[0].rdpt_answer |= 0xffffffffffffff00;
				load_driver();
				guest_keep_memory();
				if (guest_bound(0) != bindable())
					guest_violation("a long answer changes the capability");
				else if (guest_bound(0))
					check_a_few_panics();
				unload_driver();
			}
		}
	}
}
