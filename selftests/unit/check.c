// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the driver must do, worked out from the design and not from the driver; and a guest that
 * is bound and brought to its end to see that it does.
 */
#include <stdio.h>

#include "check.h"

#define ALWAYS ~0u

const struct behaviour wrpts[] = {
	[WRPT_ABSENT] = { { "absent", .absent = true }, true },
	[WRPT_PLAIN] = { { "plain", .semaphores = 3 } },
	[WRPT_FAILS_BEFORE] = { { "fails at last", .semaphores = 3, .fails_before = true } },
	[WRPT_FAILS_AFTER] = { { "writes and fails", .semaphores = 3, .fails_after = true } },
	{ { "a name", .no_method = true, .semaphores = 3 }, true },
	{ { "no argument", .arguments = -1, .semaphores = 3 }, true },
	{ { "two arguments", .arguments = 1, .semaphores = 3 }, true },
	{ { "one mutex", .semaphores = 1 } },
	{ { "16 mutexes", .semaphores = 16 } },
	{ { "17 mutexes", .semaphores = 17 }, true },
	{ { "no mutex" }, true },
	{ { "fails", .semaphores = 3, .first = ALWAYS, .fails = true }, true },
	{ { "fails once", .semaphores = 3, .first = 1, .fails = true } },
	{ { "fails twice", .semaphores = 3, .first = 2, .fails = true } },
	{ { "sleeps", .semaphores = 3, .first = ALWAYS, .sleeps = true }, true },
	{ { "sleeps once", .semaphores = 3, .first = 1, .sleeps = true } },
	{ { "maps memory", .semaphores = 3, .first = ALWAYS, .maps = true }, true },
	{ { "maps memory once", .semaphores = 3, .first = 1, .maps = true } },
	{ { "deletes a mutex", .semaphores = 3, .first = ALWAYS, .deletes = true }, true },
	{ { "maps and deletes", .semaphores = 17, .first = ALWAYS, .maps = true, .deletes = true },
	  true },
	{ { "100 ms", .semaphores = 3, .delay = 100 } },
	{ { "101 ms", .semaphores = 3, .delay = 101 }, true },
	{ { "500 ms at first", .semaphores = 3, .delay_first = 500 } },
	{ { "30 s, then fails", .semaphores = 3, .first = ALWAYS, .delay = 30000, .fails = true },
	  true },
	{ { "beside others", .semaphores = 3, .others = true } },
};
const unsigned int nr_wrpts = ARRAY_SIZE(wrpts);

static const char *const hook_names[HOOKS] = { "on", "off", "no kexec", "no kprobes" };
static const char *const port_names[PORTS] = {
	/* clang-format off */
	"io", "mem", "parameter", "parameter over _CRS", "no _CRS", "io too high", "io 0",
	"mem 0", "in RAM", "partly RAM", "unmappable", "irq, io", "bad, mem", "mem, io",
	/* clang-format on */
};
const char *const context_names[CONTEXTS] = { "task", "idle", "softirq", "hardirq", "NMI" };
static const char *const lock_names[LOCKS] = { "no", "spin", "bh" };
static const char *const nested_names[NESTED] = { "no", "before", "after", "in AML" };

struct binding binding;
unsigned long combinations;

static const char *end;

static void describe(char *text, size_t size)
{
	const struct scene *s = &world.scene;

	snprintf(text, size,
		 "kernel %s, host %#x, events=%#x, hook %s%s, port %s, WRPT %s, RDPT %u%s; %s: %s, "
		 "lock %s, semaphore %u%s, %u online, die %d, nested %s, oops %d, task due %d, "
		 "crash kernel "
		 "loaded %d starts %d post %d",
		 binding.variant, binding.capability, binding.events, hook_names[binding.hook],
		 binding.port_only ? ", transport=port" : "", port_names[binding.port],
		 binding.wrpt->wrpt.name, binding.rdpt, binding.halts ? ", halts" : "",
		 end ?: "alive", context_names[s->context], lock_names[s->lock], s->taken,
		 s->inner ? " inner" : "", s->online, s->tainted_die, nested_names[s->nested],
		 s->oops, s->due, s->crash_loaded, s->crash_starts, s->post_notifiers);
}

/* What is sent: what the host announced and the administrator wants. */
unsigned int armed_events(void)
{
	return binding.capability & binding.events & EVENTS;
}

/* What the rehearsal must come to. */
bool wrpt_usable(void)
{
	return !binding.wrpt->unsafe && !binding.port_only && binding.hook != HOOK_NO_KPROBES &&
	       !world.config->preempt_rt;
}

enum way port_way(void)
{
	switch (binding.port) {
	case PORT_MEM:
	case PORT_BAD_THEN_MEM:
	case PORT_MEM_THEN_IO:
		return WAY_MEM;
	default:
		return WAY_IO;
	}
}

unsigned long port_address(void)
{
	if (binding.port == PORT_PARAM || binding.port == PORT_PARAM_OVER_CRS)
		return 0x700;

	return port_way() == WAY_MEM ? WORLD_MMIO(0) : WORLD_PORT(0);
}

bool hook_registered(void)
{
	return binding.hook == HOOK_ON;
}

static void add_resource(struct node *node, unsigned long flags, u64 start)
{
	node->resources[node->num_resources++] = (struct resource){ start, start, flags };
}

static void build_resources(struct node *node)
{
	switch (binding.port) {
	case PORT_IO:
	case PORT_PARAM_OVER_CRS:
		add_resource(node, IORESOURCE_IO, WORLD_PORT(0));
		break;
	case PORT_MEM_THEN_IO:
		add_resource(node, IORESOURCE_MEM, WORLD_MMIO(0));
		add_resource(node, IORESOURCE_IO, WORLD_PORT(0));
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
		add_resource(node, IORESOURCE_MEM, WORLD_RAM);
		break;
	case PORT_PARTLY_RAM:
		add_resource(node, IORESOURCE_MEM, WORLD_RAM - 1);
		break;
	case PORT_IRQ_THEN_IO:
		add_resource(node, IORESOURCE_IRQ, 9);
		add_resource(node, IORESOURCE_IO, WORLD_PORT(0));
		break;
	case PORT_BAD_THEN_MEM:
		add_resource(node, IORESOURCE_IO, 0x20000);
		add_resource(node, IORESOURCE_MEM, WORLD_RAM);
		/* fall through */
	case PORT_MEM:
	case PORT_UNMAPPABLE:
		add_resource(node, IORESOURCE_MEM, WORLD_MMIO(0));
		node->unmappable = binding.port == PORT_UNMAPPABLE;
		break;
	default:
		break;
	}
}

/* The machine of @binding, booted, the driver not loaded. */
void build_machine(void)
{
	struct node *node = &world.node[0];

	world_describe = describe;
	end = NULL;
	world_boot(binding.variant);
	node->present = true;
	node->rdpt = binding.rdpt;
	node->rdpt_answer = binding.capability;
	node->wrpt = &binding.wrpt->wrpt;
	if (port_way() == WAY_MEM)
		node->mmio = port_address();
	else
		node->io_port = port_address();
	build_resources(node);
	world.no_kprobes = binding.hook == HOOK_NO_KPROBES;
	world.no_kexec = binding.hook == HOOK_NO_KEXEC;
	world.no_firmware_power_off = binding.halts;
	world_reset_ends();
	sim_plug(0, binding.capability);
}

/* With the parameters of @binding; an error of the init function, which knows no device. */
int load_driver(void)
{
	static const char *const events[] = { "0", "1", "2", "3", "4", "5", "6", "7" };
	const char *params[5][2] = {
		{ "transport", binding.port_only ? "port" : "auto" },
		{ "crash_hook", binding.hook == HOOK_OFF ? "0" : "1" },
		{ "events", events[binding.events] },
	};

	if (binding.port == PORT_PARAM || binding.port == PORT_PARAM_OVER_CRS) {
		params[3][0] = "port";
		params[3][1] = "0x700";
	}

	return world_load(params);
}

/* True when the device is bound, as it must be wherever the host has something to say. */
bool bind_driver(void)
{
	build_machine();
	if (load_driver())
		world_violation("the driver does not load");
	world_keep_memory();

	return world_bound(0);
}

void unload_driver(void)
{
	end = NULL;
	world_revive();
	world_unload();
	world_leftovers();
}

/* May this end use WRPT, by all that the design asks for? */
static bool wrpt_expected(const struct scene *s)
{
	bool locked = s->lock == LOCK_BH || (s->lock == LOCK_SPIN && world.config->preempt_count);

	return wrpt_usable() && s->context == CONTEXT_TASK && !locked && !s->tainted_die &&
	       !s->oops && !s->crash_loaded && s->online == 1 && s->nested != NESTED_BEFORE &&
	       (!s->taken || s->taken > binding.wrpt->wrpt.semaphores);
}

/* DESIGN.md, "Which event, when"; what is not armed is left out. */
static unsigned int panic_events(const struct scene *s, unsigned int *events)
{
	unsigned int wanted[2], nr = 0, i, sent = 0;

	if (!s->crash_loaded) {
		wanted[nr++] = PANICKED;
	} else if (s->post_notifiers) {
		wanted[nr++] = CRASH_LOADED;
	} else if (hook_registered()) {
		wanted[nr++] = CRASH_LOADED;
		if (!s->crash_starts)
			wanted[nr++] = PANICKED;
	} else if (!s->crash_starts) {
		/* Without the hook this can't be told from crash_kexec_post_notifiers. */
		wanted[nr++] = CRASH_LOADED;
	}

	for (i = 0; i < nr; i++)
		if (wanted[i] & armed_events())
			events[sent++] = wanted[i];

	return sent;
}

/* These events in this order, each at least once, and nothing else. */
void check_bytes(const unsigned int *events, unsigned int nr)
{
	unsigned int i, seen = 0, at = 0, mask = 0;

	for (i = 0; i < world.nr_bytes; i++) {
		if (seen && world.bytes[i].value == events[seen - 1])
			continue;
		if (seen == nr || world.bytes[i].value != events[seen]) {
			world_violation("byte %u is %#x", i, world.bytes[i].value);
			return;
		}
		mask |= events[seen++];
		at = i;
	}
	if (seen < nr)
		world_violation("event %#x is lost", events[seen]);
	else if (nr && world.bytes_before_others != ~0u && world.bytes_before_others <= at)
		world_violation("other notifiers ran before the host was told");
	if (seen == nr && world.seen != mask)
		world_violation("the monitors heard of %#x", world.seen);
}

static void check_way(const struct scene *s)
{
	bool wrpt =
		wrpt_expected(s) && !binding.wrpt->wrpt.fails_before && s->nested != NESTED_IN_AML;
	enum way way = wrpt ? WAY_WRPT : port_way();

	if (world.nr_bytes && world.bytes[0].way != way)
		world_violation(wrpt ? "WRPT was safe and is not used" : "another way was taken");
}

/* The bound guest ends; and is alive and bound again afterwards. */
void try_panic(const struct scene *scene)
{
	unsigned int events[2], nr;

	combinations++;
	end = "panic";
	nr = panic_events(scene, events);
	world_stage(scene);
	if (scene->oops)
		world_oops();
	else
		world_panic();
	check_bytes(events, nr);
	check_way(scene);
	if (world.bytes_before_others == ~0u &&
	    !(scene->crash_loaded && scene->crash_starts && !scene->post_notifiers))
		world_violation("other notifiers are kept from running");
	world_restore_memory();
}

void try_power_off(const struct scene *scene)
{
	bool dies = scene->nested == NESTED_IN_AML && wrpt_expected(scene) &&
		    (armed_events() & SHUTDOWN);
	unsigned int event = dies ? PANICKED : SHUTDOWN;

	combinations++;
	end = "power-off";
	world_stage(scene);
	world_power_off();
	check_bytes(&event, !!(armed_events() & event));
	check_way(scene);
	if (!dies && world.powered_off == binding.halts)
		world_violation("the firmware is not asked to power off");
	world_restore_memory();
}
