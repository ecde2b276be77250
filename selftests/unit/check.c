// SPDX-License-Identifier: GPL-2.0-only
/*
 * The events and transports that the design requires, and functions that bind the driver in a
 * guest, let the guest panic or power off, and compare. Nothing here is derived from the driver.
 */
#include <stdio.h>

#include "check.h"

#define ALWAYS ~0u

#define TAKES(n, m) .semaphores = (n), .spinlocks = (m)
#define USUAL_LOCKS TAKES(3, 1)

/* clang-format off */
const struct behaviour wrpts[] = {
	[WRPT_ABSENT] = { { "absent", .absent = true }, true },
	[WRPT_PLAIN] = { { "plain", USUAL_LOCKS } },
	[WRPT_FAILS_BEFORE] = { { "fails in a panic", USUAL_LOCKS, .fails_before = true } },
	[WRPT_FAILS_AFTER] = { { "writes, switches interrupts on and fails", USUAL_LOCKS,
				 .fails_after = true, .irqs_on = true } },
	{ { "a name", .no_method = true, USUAL_LOCKS }, true },
	{ { "no argument", .arguments = -1, USUAL_LOCKS }, true },
	{ { "two arguments", .arguments = 1, USUAL_LOCKS }, true },
	{ { "one mutex", TAKES(1, 1) } },
	{ { "16 mutexes", TAKES(16, 1) } },
	{ { "17 mutexes", TAKES(17, 1) }, true },
	{ { "no mutex", TAKES(0, 1) }, true },
	{ { "4 spinlocks", TAKES(3, 4) } },
	{ { "5 spinlocks", TAKES(3, 5) }, true },
	{ { "no spinlock", TAKES(3, 0) }, true },
	{ { "fails", USUAL_LOCKS, .first = ALWAYS, .fails = true }, true },
	{ { "fails once", USUAL_LOCKS, .first = 1, .fails = true } },
	{ { "fails twice", USUAL_LOCKS, .first = 2, .fails = true } },
	{ { "sleeps", USUAL_LOCKS, .first = ALWAYS, .sleeps = true }, true },
	{ { "sleeps once", USUAL_LOCKS, .first = 1, .sleeps = true } },
	{ { "maps memory", USUAL_LOCKS, .first = ALWAYS, .maps = true }, true },
	{ { "maps memory once", USUAL_LOCKS, .first = 1, .maps = true } },
	{ { "deletes a mutex", USUAL_LOCKS, .first = ALWAYS, .deletes = true }, true },
	{ { "maps and deletes", TAKES(17, 1), .first = ALWAYS, .maps = true, .deletes = true },
	  true },
	{ { "100 ms", USUAL_LOCKS, .delay = 100 } },
	{ { "101 ms", USUAL_LOCKS, .delay = 101 }, true },
	{ { "500 ms at first", USUAL_LOCKS, .delay_first = 500 } },
	{ { "30 s, then fails", USUAL_LOCKS, .first = ALWAYS, .delay = 30000, .fails = true },
	  true },
	{ { "more locks at first", USUAL_LOCKS, .first = 1, .fails = true, .more_locks = true } },
	{ { "beside others", USUAL_LOCKS, .others = true } },
};
/* clang-format on */
const unsigned int nr_wrpts = ARRAY_SIZE(wrpts);

static const char *const bus_names[BUSES] = { "ACPI", "device tree", "PCI" };
static const char *const hook_names[HOOKS] = { "on", "off", "no kexec", "no kprobes", "disarmed" };
static const char *const port_names[PORTS] = {
	/* clang-format off */
	"io", "mem", "parameter", "parameter over _CRS", "no _CRS", "io too high", "io 0",
	"mem 0", "in RAM", "partly RAM", "unmappable", "irq, io", "bad, mem", "mem, io",
	/* clang-format on */
};
const char *const context_names[CONTEXTS] = { "task", "idle", "softirq", "hardirq", "NMI" };
static const char *const lock_names[LOCKS] = { "no", "spin", "bh" };
static const char *const stop_names[STOPS] = { "by IPI", "late, by NMI", "not offline",
					       "panicked too" };
static const char *const transport_names[] = { "WRPT", "the port", "memory" };
static const char *const nested_names[NESTED] = { "no", "before", "after", "in AML" };

struct binding binding;
unsigned int halves = 1, half;

bool my_half(unsigned int n)
{
	return n % halves == half;
}

unsigned long combinations;

static const char *moment; /* "panic" or "power-off", or NULL while the guest runs */

static void describe(char *text, size_t size)
{
	const struct scene *s = &guest.scene;

	snprintf(text, size,
		 "kernel %s, %s, host %#x, events=%#x, hook %s%s, port %s, WRPT %s, RDPT %u%s%s; "
		 "%s: "
		 "%s, "
		 "lock %s, semaphore %u%s, spinlock %u, CPUs stopped %s, die %d, nested %s, "
		 "oops %d, crash kernel loaded %d starts %d post %d",
		 binding.variant, bus_names[binding.bus], binding.capability, binding.events,
		 hook_names[binding.hook], binding.port_only ? ", transport=port" : "",
		 port_names[binding.port], binding.wrpt->wrpt.name, binding.rdpt,
		 binding.halts ? ", halts" : "", binding.no_tsc ? ", no TSC" : "",
		 moment ?: "running", context_names[s->context], lock_names[s->lock], s->semaphore,
		 s->inner ? " inner" : "", s->spinlock, stop_names[s->stop], s->tainted_die,
		 nested_names[s->nested], s->oops, s->crash_loaded, s->crash_starts,
		 s->post_notifiers);
}

/* Before Linux 5.19, only a kprobe can report a power-off. */
bool power_off_unavailable(void)
{
	return !guest.config->sys_off && binding.hook == HOOK_NO_KPROBES;
}

/* The events that the host announced and the administrator enabled. */
unsigned int wanted_events(void)
{
	return binding.capability & binding.events & EVENTS;
}

/* The events that are sent. */
unsigned int armed_events(void)
{
	return power_off_unavailable() ? wanted_events() & ~SHUTDOWN : wanted_events();
}

/* Whether this kernel has I/O ports, and a driver with WRPT. */
bool is_x86(void)
{
	return guest_config(binding.variant)->x86;
}

/* The simplest register of an ACPI device on this kernel. */
enum port usual_port(void)
{
	return is_x86() ? PORT_IO : PORT_MEM;
}

/* Whether the driver must use WRPT in a panic without complications, as far as it knows at bind. */
bool wrpt_usable(void)
{
	return is_x86() && binding.bus == BUS_ACPI && !binding.wrpt->unsafe && !binding.port_only &&
	       hook_registered() && guest.config->preempt_count && !guest.config->preempt_rt &&
	       !binding.no_tsc;
}

enum transport register_transport(void)
{
	if (binding.bus != BUS_ACPI)
		return BY_MEMORY;
	switch (binding.port) {
	case PORT_MEM:
	case PORT_BAD_THEN_MEM:
	case PORT_MEM_THEN_IO:
		return BY_MEMORY;
	default:
		return BY_PORT;
	}
}

unsigned long port_address(void)
{
	if (binding.bus == BUS_ACPI &&
	    (binding.port == PORT_PARAM || binding.port == PORT_PARAM_OVER_CRS))
		return 0x700;

	return register_transport() == BY_MEMORY ? GUEST_MMIO(0) : GUEST_PORT(0);
}

bool hook_registered(void)
{
	return binding.hook == HOOK_ON || binding.hook == HOOK_DISARMED;
}

/* Whether the driver must bind. A PCI read that no device answers gives 0xff. */
bool bindable(void)
{
	return binding.capability & EVENTS && (is_x86() || register_transport() == BY_MEMORY) &&
	       !(binding.bus == BUS_PCI && binding.capability == 0xff);
}

static void add_resource(struct node *node, unsigned long flags, u64 start)
{
	node->resources[node->num_resources++] = (struct resource){ start, start, flags };
}

static void build_resources(struct node *node)
{
	if (binding.bus != BUS_ACPI) {
		add_resource(node, IORESOURCE_MEM, GUEST_MMIO(0));
		return;
	}
	switch (binding.port) {
	case PORT_IO:
	case PORT_PARAM_OVER_CRS:
		add_resource(node, IORESOURCE_IO, GUEST_PORT(0));
		break;
	case PORT_MEM_THEN_IO:
		add_resource(node, IORESOURCE_MEM, GUEST_MMIO(0));
		add_resource(node, IORESOURCE_IO, GUEST_PORT(0));
		break;
	case PORT_IO_TOO_HIGH:
		add_resource(node, IORESOURCE_IO, 0x10000 + 0x111);
		break;
	case PORT_IO_ZERO:
		add_resource(node, IORESOURCE_IO, 0);
		break;
	case PORT_MEM_ZERO:
		add_resource(node, IORESOURCE_MEM, 0);
		break;
	case PORT_IN_RAM:
		add_resource(node, IORESOURCE_MEM, GUEST_RAM);
		break;
	case PORT_PARTLY_RAM:
		add_resource(node, IORESOURCE_MEM, GUEST_RAM - 1);
		break;
	case PORT_IRQ_THEN_IO:
		add_resource(node, IORESOURCE_IRQ, 9);
		add_resource(node, IORESOURCE_IO, GUEST_PORT(0));
		break;
	case PORT_BAD_THEN_MEM:
		add_resource(node, IORESOURCE_IO, 0x20000);
		add_resource(node, IORESOURCE_MEM, GUEST_RAM);
		/* fall through */
	case PORT_MEM:
	case PORT_UNMAPPABLE:
		add_resource(node, IORESOURCE_MEM, GUEST_MMIO(0));
		node->unmappable = binding.port == PORT_UNMAPPABLE;
		break;
	default:
		break;
	}
}

/* Boot the machine of @binding. The driver is not loaded yet. */
void build_machine(void)
{
	struct node *node = &guest.node[0];

	guest_describe = describe;
	moment = NULL;
	guest_boot(binding.variant);
	node->present = true;
	node->bus = binding.bus;
	node->rdpt = binding.rdpt;
	node->rdpt_answer = binding.capability;
	node->wrpt = &binding.wrpt->wrpt;
	if (register_transport() == BY_MEMORY)
		node->mmio = port_address();
	else
		node->io_port = port_address();
	build_resources(node);
	guest.no_kprobes = binding.hook == HOOK_NO_KPROBES;
	guest.no_kexec = binding.hook == HOOK_NO_KEXEC;
	guest.no_firmware_power_off = binding.halts;
	if (binding.no_tsc)
		tsc_khz = 0;
	guest_reset_hooks();
	sim_plug(0, binding.capability);
}

/* Load the driver with the parameters of @binding. Returns the error of its init function. */
int load_driver(void)
{
	static const char *const events[] = { "0", "1", "2", "3", "4", "5", "6", "7" };
	const char *params[5][2] = {
		{ "transport", binding.port_only ? "port" : "auto" },
		{ "crash_hook", binding.hook == HOOK_OFF ? "0" : "1" },
		{ "events", events[binding.events] },
	};
	int err;

	if (binding.port == PORT_PARAM || binding.port == PORT_PARAM_OVER_CRS) {
		params[3][0] = "port";
		params[3][1] = "0x700";
	}

	err = guest_load(params);
	guest.kprobes_disarmed = binding.hook == HOOK_DISARMED;

	return err;
}

/* Returns whether the device is bound, as it must be if the host announces an event. */
bool bind_driver(void)
{
	build_machine();
	if (load_driver())
		guest_violation("the driver does not load");
	guest_keep_memory();

	return guest_bound(0);
}

void unload_driver(void)
{
	moment = NULL;
	guest_revive();
	guest_unload();
	guest_leftovers();
}

/* Documentation/guard.rst, "The guard". A late crash kernel is not in any scene that comes here. */
static bool wrpt_expected(const struct scene *s)
{
	bool hook_runs = binding.hook == HOOK_ON && !s->post_notifiers;

	return wrpt_usable() && hook_runs && s->context == CONTEXT_TASK && s->lock == LOCK_NONE &&
	       !s->tainted_die && !s->oops && s->nested != NESTED_BEFORE && !s->crash_loaded &&
	       s->stop == STOP_BY_IPI &&
	       (!s->semaphore || s->semaphore > binding.wrpt->wrpt.semaphores) &&
	       (!s->spinlock || s->spinlock > binding.wrpt->wrpt.spinlocks);
}

/* Documentation/events.rst, without the events that are not armed. */
static unsigned int panic_events(const struct scene *s, unsigned int *events)
{
	unsigned int wanted[2], nr = 0, i, sent = 0;

	if (!s->crash_loaded) {
		wanted[nr++] = PANICKED;
	} else if (s->post_notifiers) {
		wanted[nr++] = CRASH_LOADED;
	} else if (binding.hook == HOOK_ON) {
		wanted[nr++] = CRASH_LOADED;
		if (!s->crash_starts)
			wanted[nr++] = PANICKED;
	} else if (!s->crash_starts) {
		/* Without the hook, this looks like crash_kexec_post_notifiers. */
		wanted[nr++] = CRASH_LOADED;
	}

	for (i = 0; i < nr; i++)
		if (wanted[i] & armed_events())
			events[sent++] = wanted[i];

	return sent;
}

/* The host must receive these events in this order, each at least once, and no others. */
void check_bytes(const unsigned int *events, unsigned int nr)
{
	unsigned int i, seen = 0, at = 0, mask = 0;

	for (i = 0; i < guest.nr_bytes; i++) {
		if (seen && guest.bytes[i].value == events[seen - 1])
			continue;
		if (seen == nr || guest.bytes[i].value != events[seen]) {
			guest_violation("byte %u is %#x", i, guest.bytes[i].value);
			return;
		}
		mask |= events[seen++];
		at = i;
	}
	if (seen < nr)
		guest_violation("event %#x is lost", events[seen]);
	else if (nr && guest.bytes_before_others != ~0u && guest.bytes_before_others <= at)
		guest_violation("other notifiers ran before the event was sent");
	if (seen == nr && guest.seen != mask)
		guest_violation("the monitors heard %#x", guest.seen);
}

/* WRPT can send the first byte only. The register sends all others. */
static void check_transport(bool wrpt)
{
	enum transport first = wrpt ? BY_WRPT : register_transport();
	unsigned int i;

	for (i = 0; i < guest.nr_bytes; i++)
		if (guest.bytes[i].transport != (i ? register_transport() : first))
			guest_violation("byte %u is sent by %s", i,
					transport_names[guest.bytes[i].transport]);
}

/* The bound guest panics, or oopses and then panics. */
void panic_in(const struct scene *scene)
{
	guest_set_scene(scene);
	if (scene->oops)
		guest_oops();
	else
		guest_panic();
}

/* The same, compared with the design. Afterwards it runs again, and the driver is bound as before.
 */
void try_panic(const struct scene *scene)
{
	bool kdump = scene->crash_loaded && scene->crash_starts && !scene->post_notifiers;
	unsigned int events[2], nr;

	combinations++;
	moment = "panic";
	nr = panic_events(scene, events);
	panic_in(scene);
	check_bytes(events, nr);
	check_transport(wrpt_expected(scene) && !binding.wrpt->wrpt.fails_before &&
			scene->nested != NESTED_IN_AML);
	if (!guest.rebooted)
		guest_violation("the guest does not reboot");
	else if (guest.bytes_before_others == ~0u && !kdump)
		guest_violation("other notifiers do not run");
	guest_restore_memory();
}

void try_power_off(const struct scene *scene)
{
	bool hooked = guest.config->sys_off || !guest.kprobes_disarmed;
	bool sent = armed_events() & SHUTDOWN && guest_can_power_off() && hooked;
	unsigned int event = SHUTDOWN;

	combinations++;
	moment = "power-off";
	guest_set_scene(scene);
	guest_power_off();
	check_bytes(&event, sent);
	check_transport(false);
	if (guest.powered_off == binding.halts)
		guest_violation("the firmware is not asked to power off");
	guest_restore_memory();
}
