// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an administrator sets, rightly or wrongly, and whom the driver shares a machine with:
 * another driver, another device, another module that hooks the power-off.
 */
#include <stdio.h>

#include "check.h"

static void try_ends(void)
{
	struct scene scene = { .online = 1 };

	world_keep_memory();
	try_panic(&scene);
	try_power_off(&scene);
	scene.crash_loaded = true;
	try_panic(&scene);
}

/* @value: what the text means, or ~0 for nothing. */
static void store(const char *text, unsigned int value)
{
	bool good = !(value & ~binding.capability);
	ssize_t len;
	char shown[4096], wanted[16];

	world_revive();
	world.log_len = 0;
	world.log[0] = '\0';
	len = world_store(0, "events", text);
	if (len != (good ? (ssize_t)strlen(text) : -EINVAL))
		world_violation("events: writing \"%s\" returns %zd", text, len);
	if (good != !strstr(world.log, "<err>QEMU0001:00: events: want "))
		world_violation("events: writing \"%s\" says: %s", text, world.log);
	if (good)
		binding.events = value;
	snprintf(wanted, sizeof(wanted), "%x\n", armed_events());
	world_show(0, "events", shown);
	if (strcmp(shown, wanted))
		world_violation("events: after \"%s\" it is %s", text, shown);
	try_ends();
}

void all_stores(void)
{
	static const char *const forms[] = { "%x", "%x\n", "0x%x\n", "%04X", "+%x" };
	static const char *const wrong[] = {
		/* clang-format off */
		"", "\n", " 1", "1 ", "g", "-1", "1\n\n", "100000001", "0x", "1x", "++1",
		"ffffffffffffffffff", "1,2", "\x81",
		/* clang-format on */
	};
	unsigned int value, i;
	char text[32];

	for (binding.capability = 1; binding.capability <= EVENTS; binding.capability++) {
		binding.events = EVENTS;
		binding.events = armed_events();
		if (!bind_driver())
			world_violation("not bound");
		for (value = 0; value <= 0x1ff; value++) {
			for (i = 0; i < ARRAY_SIZE(forms); i++) {
				snprintf(text, sizeof(text), forms[i], value);
				store(text, value);
			}
		}
		for (i = 0; i < ARRAY_SIZE(wrong); i++)
			store(wrong[i], ~0);
		unload_driver();
	}
}

static void load(const char *name, const char *value, bool good)
{
	const char *const params[][2] = { { name, value }, { NULL, NULL } };
	char words[64];
	int err;

	combinations++;
	build_machine();
	err = world_load(params);
	snprintf(words, sizeof(words), "<err>pvpanic-guest: %s=%s: want ", name, value);
	if (err != (good ? 0 : -EINVAL) || world_bound(0) != good)
		world_violation("%s=%s: loading returns %d", name, value, err);
	if (!good && (!strstr(world.log, words) || world_leftovers()))
		world_violation("%s=%s: refused, and it says: %s", name, value, world.log);
	unload_driver();
}

/* Root who must not write ports must not say either which one the driver writes. */
static void load_locked_down(const char *name, const char *value, int expected)
{
	const char *const params[][2] = { { name, value }, { NULL, NULL } };
	int err;

	combinations++;
	build_machine();
	world.locked_down = true;
	err = world_load(params);
	if (err != expected || world_bound(0) != !expected)
		world_violation("%s=%s under lockdown: loading returns %d", name, value, err);
	unload_driver();
}

void all_parameters(void)
{
	static const struct {
		const char *name, *good[9], *bad[12];
	} params[] = {
		{ "transport", { "auto", "port" }, { "", "wrpt", "AUTO", "port ", "0" } },
		{ "events",
		  { "0", "1", "2", "3", "4", "5", "6", "7", "0x7" },
		  { "8", "0x100", "-1", "x", "", "7 ", "4294967296", "08" } },
		{ "port",
		  { "", "1", "0x505", "65535", "0xffff" },
		  { "0", "65536", "0x10000", "-1", "x", " 1", "0x" } },
		{ "crash_hook", { "0", "1" }, { "2", "-1", "y", "", "on" } },
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(params); i++) {
		for (j = 0; j < ARRAY_SIZE(params[i].good) && params[i].good[j]; j++)
			load(params[i].name, params[i].good[j], true);
		for (j = 0; j < ARRAY_SIZE(params[i].bad) && params[i].bad[j]; j++)
			load(params[i].name, params[i].bad[j], false);
	}
	load_locked_down("port", "0x505", -EPERM);
	load_locked_down("transport", "port", 0);
}

/* The device is another driver's; it is named, and left to it. */
static void rival_stays(const char *unbind)
{
	struct scene scene = { .online = 1 };

	if (load_driver() || world_bound(0))
		world_violation("a device is bound that another driver has");
	if (!strstr(world.log, "<warn>pvpanic-guest: QEMU0001:00 is held by pvpanic-in-tree") ||
	    !strstr(world.log, unbind))
		world_violation("the rival is not named: %s", world.log);
	world_leftovers();
	world_stage(&scene);
	world_panic();
	if (world.nr_bytes)
		world_violation("another driver's device is written");
	unload_driver();
}

void rivals(void)
{
	combinations += 4;
	build_machine();
	world.node[0].rival = "pvpanic-in-tree";
	rival_stays(
		"tee platform/drivers/pvpanic-in-tree/unbind platform/drivers/pvpanic-guest/bind");
	build_machine();
	world.node[0].acpi_rival = "pvpanic-in-tree";
	rival_stays("tee acpi/drivers/pvpanic-in-tree/unbind platform/drivers/pvpanic-guest/bind");
	build_machine();
	world.node[0].no_companion = true;
	if (load_driver() || world_bound(0) || world.log_len)
		world_violation("a device without ACPI is bound: %s", world.log);
	unload_driver();

	build_machine();
	world.node[0].present = false;
	if (load_driver() || world.log_len)
		world_violation("without a device it does not load or says: %s", world.log);
	world_leftovers();
	unload_driver();
}

static void add_second_device(void)
{
	world.node[1].present = true;
	world.node[1].io_port = WORLD_PORT(1);
	world.node[1].rdpt_answer = binding.capability;
	world.node[1].wrpt = &binding.wrpt->wrpt;
	world.node[1].resources[0] = (struct resource){
		WORLD_PORT(1),
		WORLD_PORT(1),
		IORESOURCE_IO,
	};
	world.node[1].num_resources = 1;
	sim_plug(1, binding.capability);
}

static void expect_byte(unsigned int node, enum way way, unsigned int event)
{
	unsigned int i;

	for (i = 0; i < world.nr_bytes; i++)
		if (world.bytes[i].node == node && world.bytes[i].value == event) {
			if (world.bytes[i].way != way)
				world_violation("device %u is told by another way", node);
			return;
		}
	world_violation("device %u is not told of event %#x", node, event);
}

/* Each is told, each by its own WRPT; the second is learned as well as the first. */
void two_devices(void)
{
	struct scene scene = { .online = 1 };
	unsigned int i;
	enum way way;

	combinations += 2;
	binding.events = PANICKED | CRASH_LOADED;
	build_machine();
	add_second_device();
	load_driver();
	world_keep_memory();
	way = wrpt_usable() ? WAY_WRPT : WAY_IO;
	if (!world_bound(0) || !world_bound(1))
		world_violation("two devices, and not both are bound");
	world_stage(&scene);
	world_panic();
	expect_byte(0, way, PANICKED);
	expect_byte(1, way, PANICKED);
	world_restore_memory();
	scene.crash_loaded = true;
	world_stage(&scene);
	world_panic();
	expect_byte(0, WAY_IO, CRASH_LOADED);
	expect_byte(1, WAY_IO, CRASH_LOADED);
	world_restore_memory();
	unload_driver();

	/* Where power-off hooks are a pointer, it is the first device's; both tell of a panic. */
	binding.events = EVENTS;
	build_machine();
	add_second_device();
	load_driver();
	world_keep_memory();
	if (!world_bound(0) || !world_bound(1))
		world_violation("two devices, and not both are bound: %s", world.log);
	scene.crash_loaded = false;
	for (i = 0; i < 2; i++) {
		world_stage(&scene);
		world_panic();
		expect_byte(0, way, PANICKED);
		if (world_bound(1))
			expect_byte(1, way, PANICKED);
		world_restore_memory();
		world_stage(&scene);
		world_power_off();
		expect_byte(0, way, SHUTDOWN);
		if (world_bound(1) && world.config->sys_off)
			expect_byte(1, way, SHUTDOWN);
		world_revive();
		if (world_bound(1)) /* and then the first alone */
			world_unbind(1);
		world_keep_memory();
	}
	unload_driver();
}

/* Another module hooks pm_power_off after the driver did, and lets go of it late. */
void hooks_above(void)
{
	const struct scene scene = { .online = 1 };

	if (!bind_driver())
		world_violation("not bound");
	world_hook_power_off(true);
	try_power_off(&scene);
	world_revive();

	/* Unbound below it, the driver says nothing, but hands on what comes. */
	world_unbind(0);
	if (!world.module_refs)
		world_violation("the module can be unloaded and is still called");
	binding.events = 0;
	try_power_off(&scene);
	world_revive();

	/* Bound again, with its hook still, or again, where it was. */
	binding.events = EVENTS;
	world_hook_power_off(false);
	if (world_bind(0))
		world_violation("not bound again");
	world_keep_memory();
	try_power_off(&scene);
	unload_driver();
}

/* Bound again below that hook, the driver must not take it for the one below its own. */
void hooks_in_a_circle(void)
{
	const struct scene scene = { .online = 1 };

	if (!bind_driver())
		world_violation("not bound");
	world_hook_power_off(true);
	world_unbind(0);
	if (world_bind(0))
		world_violation("not bound again");
	world_keep_memory();
	try_power_off(&scene);
}

static void bind_below(unsigned int others)
{
	const struct scene scene = { .online = 1 };

	build_machine();
	world_take_sys_off(others);
	load_driver();
	world_keep_memory();
	if (!world_bound(0))
		world_violation("not bound: %s", world.log);
	try_panic(&scene);
	if (others < 8)
		try_power_off(&scene);
	unload_driver();
	world_take_sys_off(0);
}

/* Other drivers have the priorities just above the firmware's; all that one could wish for. */
void priority_taken(void)
{
	bind_below(1);
	bind_below(8);
}
