// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each allocation and registration fails in turn while the driver binds. And another CPU panics
 * before each call of the driver while it binds, changes its events or unbinds.
 */
#include "check.h"

/* If the register cannot be mapped, the driver only logs the port that it uses instead. */
static bool next_resource_taken(void)
{
	return binding.bus == BUS_ACPI && register_transport() == BY_MEMORY &&
	       strstr(guest.log, "port 0x505");
}

static bool power_off_failed(void)
{
	return strstr(guest.log, "no power-off handler (error -12): SHUTDOWN is");
}

/* The driver need not do what it says it cannot do. It must do everything else. */
static void expect_the_rest(void)
{
	if (binding.hook == HOOK_ON && strstr(guest.log, "kdump hook unavailable"))
		binding.hook = HOOK_NO_KEXEC;
	if (binding.bus == BUS_ACPI && strstr(guest.log, "(not WRPT: "))
		binding.port_only = true;
	if (power_off_failed())
		binding.events &= ~SHUTDOWN;
	if (next_resource_taken())
		binding.port = PORT_UNMAPPABLE;
}

/* A failed registration must be in the log with its error. */
static void check_error_logged(void)
{
	bool logged = strstr(guest.log, "<err>") || strstr(guest.log, "<warn>") ||
		      strstr(guest.log, "(not WRPT: ") || next_resource_taken();

	if (!strcmp(guest.fault_what, "register_kprobe"))
		logged = strstr(guest.log, "returned -12\n") || power_off_failed();
	else if (!strcmp(guest.fault_what, "register_sys_off_handler"))
		logged = power_off_failed();
	if (!logged)
		guest_violation("%s fails, and the log does not say so: %s", guest.fault_what,
				guest.log);
}

static void check_a_few_panics(void)
{
	struct scene scene = {};

	try_panic(&scene);
	try_power_off(&scene);
	scene.crash_loaded = true;
	try_panic(&scene);
	scene.crash_starts = true;
	try_panic(&scene);
	scene.post_notifiers = true;
	try_panic(&scene);
}

/* Without these, the driver cannot bind. After any other failure, it must report panics. */
static bool essential(const char *call)
{
	static const char *const calls[] = { "platform_driver_register",
					     "pci_register_driver",
					     "devm_kzalloc",
					     "devm",
					     "devm_device_add_group",
					     "atomic_notifier_chain_register",
					     "pcim_enable_device" };
	unsigned int i;

	if ((binding.bus != BUS_ACPI || !is_x86()) && !strcmp(call, "ioremap"))
		return true;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (!strcmp(call, calls[i]))
			return true;

	return false;
}

/* Call number @n fails, and all later ones if @on. Returns whether there was such a call. */
static bool fail(unsigned int n, bool on)
{
	const struct binding wanted = binding;
	bool reached;
	int err;

	build_machine();
	if (binding.bus == BUS_ACPI &&
	    register_transport() == BY_MEMORY) /* the driver uses it if mapping fails */
		guest.node[0].io_port = GUEST_PORT(0);
	guest.fault_at = n;
	guest.fault_on = on;
	err = load_driver();
	reached = guest.fault_what;
	combinations += reached;
	if (reached)
		check_error_logged();
	if (reached && !on && !guest_bound(0) && !essential(guest.fault_what))
		guest_violation("not bound, because %s failed", guest.fault_what);
	if (!err && guest_bound(0)) {
		guest_keep_memory();
		expect_the_rest();
		check_a_few_panics();
	} else if (err && guest_leftovers()) {
		guest_violation("as %s failed", guest.fault_what);
	}
	unload_driver();

	/* The failure was temporary: next time, all works. */
	binding = wanted;
	build_machine();
	if (load_driver() || !guest_bound(0))
		guest_violation("not bound after a failure");
	else
		check_armed();
	unload_driver();

	return reached;
}

static void all_calls_fail(void)
{
	unsigned int n;

	for (n = 0; fail(n, false); n++)
		;
	for (n = 0; fail(n, true); n++)
		;
}

void all_faults(void)
{
	for (binding.bus = BUS_ACPI + 1; binding.bus < BUSES; binding.bus++)
		for (binding.hook = 0; binding.hook < HOOK_DISARMED; binding.hook++)
			if (my_half(binding.hook))
				all_calls_fail();
	binding.bus = BUS_ACPI;
	for (binding.port = 0; binding.port < PORTS; binding.port++) {
		if (!bindable())
			continue;
		for (binding.hook = 0; binding.hook < HOOK_DISARMED; binding.hook++) {
			if (!my_half(binding.hook))
				continue;
			for (binding.rdpt = 0; binding.rdpt < RDPTS; binding.rdpt++)
				all_calls_fail();
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
		guest_violation("not bound");
	guest.faults = 0;
	guest.fault_at = n;
	err = guest_store(0, "events", "7\n");
	reached = guest.fault_what;
	if (reached) {
		combinations++;
		guest_show(0, "events", text);
		if (err >= 0 || strcmp(text, "3\n"))
			guest_violation("a failed write returns %zd and leaves %s", err, text);
	} else {
		binding.events = EVENTS;
	}
	guest_keep_memory();
	check_a_few_panics();
	unload_driver();

	return reached;
}

void all_store_faults(void)
{
	unsigned int n;

	for (n = 0; fail_store(n); n++)
		;
}

static struct scene interruption;
static unsigned int kept_events; /* armed before and after, so they must not be lost */
static bool power_off;

/*
 * A panic sees the device either listed or not. The device becomes listed once while the driver
 * binds, before WRPT is rehearsed, and never again after the driver has begun to unbind.
 */
static enum { BINDING, BOUND, UNBINDING } phase;
static bool listed;

static bool hooked(void)
{
	const char *names[GUEST_KPROBES];
	unsigned int i, nr = guest_kprobes(names);

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
	if (phase == BINDING && (guest.nr_bytes || guest.node[0].evaluations))
		listed = true;
	if (phase == UNBINDING && !power_off && must & kept_events && !guest.nr_bytes)
		listed = false;
	if (!listed) {
		must = 0;
		may = 0;
	}
	if (power_off) {
		must = 0;
		may = SHUTDOWN;
	}
	for (i = 0; i < guest.nr_bytes; i++)
		if (guest.bytes[i].value & ~may)
			guest_violation("interrupted, byte %u is %#x", i, guest.bytes[i].value);
	if (must & kept_events & ~guest.seen)
		guest_violation("interrupted, event %#x is lost", must & kept_events);
}

static void end_the_guest(void)
{
	combinations++;
	kernel_current = &guest_other_task;
	guest.scene = interruption;
	guest.preempt = 0;
	guest.irqs_off = false;
	guest.in_kprobe = false;
	oops_in_progress = 0;
	sim_reset();
	if (power_off)
		guest_power_off();
	else
		guest_panic();
	check_interruption();
	kernel_current = &guest_task;
	oops_in_progress = 0;
}

/*
 * Another CPU panics, in each of these scenes, or powers off. The driver's task is stopped, so the
 * locks that it holds stay held. Afterwards the task goes on, as if nothing had happened.
 */
static void interrupt(void)
{
	static struct guest saved;
	unsigned int i;

	saved = guest;
	guest_keep_memory();
	for (i = 0; i <= 32; i++) {
		power_off = i == 32;
		interruption = (struct scene){};
		interruption.crash_loaded = i & 1;
		interruption.crash_starts = i & 2;
		interruption.post_notifiers = i & 4;
		interruption.context = i & 8 ? CONTEXT_HARDIRQ : CONTEXT_TASK;
		interruption.nested = i & 16 ? NESTED_AFTER : NESTED_NONE;
		end_the_guest();
		guest_restore_memory();
		guest = saved;
	}
}

static void set_interruptions(unsigned int before, unsigned int after, int now)
{
	kept_events = before & after & binding.capability;
	phase = now;
	if (now == BOUND && !listed)
		guest_violation("bound, but no panic was reported");
	guest.step = interrupt;
}

/* The driver binds, loses an event, gets it back and unbinds. */
static void interrupt_all(void)
{
	binding.events = EVENTS;
	build_machine();
	listed = false;
	set_interruptions(EVENTS, EVENTS, BINDING);
	load_driver();
	set_interruptions(EVENTS, PANICKED, BOUND);
	guest_store(0, "events", "1");
	set_interruptions(PANICKED, EVENTS, BOUND);
	guest_store(0, "events", power_off_unavailable() ? "3" : "7");
	set_interruptions(EVENTS, EVENTS, UNBINDING);
	unload_driver();
	if (listed)
		guest_violation("unbound, but a panic was reported until the end");
}

void all_interruptions(void)
{
	unsigned int wrpt;

	for (binding.bus = BUS_ACPI + 1; binding.bus < BUSES; binding.bus++)
		for (binding.hook = 0; binding.hook < HOOK_DISARMED; binding.hook++)
			if (my_half(binding.hook))
				interrupt_all();
	binding.bus = BUS_ACPI;
	for (wrpt = 0; wrpt < nr_wrpts; wrpt++) {
		if (!my_half(wrpt))
			continue;
		binding.wrpt = &wrpts[wrpt];
		for (binding.hook = 0; binding.hook < HOOK_DISARMED; binding.hook++)
			interrupt_all();
	}
}
