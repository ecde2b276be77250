// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an administrator writes, valid or not, and the other parties on a machine: another driver,
 * a second device, other power-off handlers.
 */
#include <stdio.h>

#include "check.h"

static void try_a_few_panics(void)
{
	struct scene scene = {};

	guest_keep_memory();
	try_panic(&scene);
	try_power_off(&scene);
	scene.crash_loaded = true;
	try_panic(&scene);
}

/* @value: the number that the text means, or ~0 if it is invalid. */
static void store(const char *text, unsigned int value)
{
	bool valid = !(value & ~binding.capability);
	bool fails = value & SHUTDOWN && power_off_unavailable();
	ssize_t wanted = !valid ? -EINVAL : fails ? -EOPNOTSUPP : (ssize_t)strlen(text), len;
	char attribute[4096], events[16];

	guest_revive();
	guest.log_len = 0;
	guest.log[0] = '\0';
	len = guest_store(0, "events", text);
	if (len != wanted)
		guest_violation("events: writing \"%s\" returns %zd", text, len);
	if (valid != !strstr(guest.log, "<err>QEMU0001:00: events: write a "))
		guest_violation("events: writing \"%s\" logs: %s", text, guest.log);
	if (len > 0)
		binding.events = value;
	snprintf(events, sizeof(events), "%x\n", armed_events());
	guest_show(0, "events", attribute);
	if (strcmp(attribute, events))
		guest_violation("events: after \"%s\" it is %s", text, attribute);
	try_a_few_panics();
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
	unsigned int value, i, n;
	char text[32];

	for (n = 0; n < 2 * EVENTS; n++) {
		binding.hook = n & 1 ? HOOK_NO_KPROBES : HOOK_ON;
		binding.capability = n / 2 + 1;
		binding.events = EVENTS;
		if (!bind_driver())
			guest_violation("not bound");
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
	bool unknown = !is_x86() && !strcmp(name, "port");
	int err;

	combinations++;
	good |= unknown;
	build_machine();
	err = guest_load(params);
	expect_log(unknown, "<warn>pvpanic-guest: unknown parameter 'port' ignored\n");
	if (!err != good || guest_bound(0) != good)
		guest_violation("%s=%s: loading returns %d", name, value, err);
	if (!good && (!strstr(guest.log, "<err>pvpanic-guest: ") || !strstr(guest.log, name) ||
		      !strstr(guest.log, "invalid") || guest_leftovers()))
		guest_violation("%s=%s: refused, and it says: %s", name, value, guest.log);
	unload_driver();
}

/* Lockdown forbids root to write ports, so root must not choose the driver's port either. */
static void load_locked_down(const char *name, const char *value, int expected)
{
	const char *const params[][2] = { { name, value }, { NULL, NULL } };
	int err;

	combinations++;
	build_machine();
	guest.locked_down = true;
	err = guest_load(params);
	if (err != expected || guest_bound(0) != !expected)
		guest_violation("%s=%s under lockdown: loading returns %d", name, value, err);
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
		  { "0", "1", "0x505", "65535", "0xffff" },
		  { "", "65536", "0x10000", "-1", "x", " 1", "0x" } },
		{ "crash_hook", { "0", "1", "y", "n", "on", "off" }, { "2", "-1", "", "x" } },
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(params); i++) {
		for (j = 0; j < ARRAY_SIZE(params[i].good) && params[i].good[j]; j++)
			load(params[i].name, params[i].good[j], true);
		for (j = 0; j < ARRAY_SIZE(params[i].bad) && params[i].bad[j]; j++)
			load(params[i].name, params[i].bad[j], false);
	}
	load_locked_down("port", "0x505", is_x86() ? -EPERM : 0);
	load_locked_down("transport", "port", 0);
}

/* Another driver holds the device. The log names it, and ours leaves the device alone. */
static void other_driver_stays(enum bus bus)
{
	const struct scene scene = {};
	char line[160];

	binding.bus = bus;
	build_machine();
	guest.node[0].other_driver = "pvpanic-in-tree";
	if (load_driver() || guest_bound(0))
		guest_violation("a device is bound that another driver has");
	snprintf(line, sizeof(line),
		 "<warn>pvpanic-guest: %s is held by pvpanic-in-tree; to hand over: cd "
		 "/sys/bus/%s/drivers; echo %s | tee pvpanic-in-tree/unbind pvpanic-guest/bind\n",
		 guest_device_name(0), bus == BUS_PCI ? "pci" : "platform", guest_device_name(0));
	expect_log(true, line);
	panic_in(&scene);
	if (guest.nr_bytes)
		guest_violation("another driver's device is written");
	unload_driver();
	binding.bus = BUS_ACPI;
}

/* Before 5.13, the in-tree driver holds the ACPI node. Ours binds too, and its log says so. */
static void acpi_driver_stays(void)
{
	build_machine();
	expect_log(false, "reports panics too");
	guest.node[0].acpi_driver = "pvpanic-in-tree";
	if (load_driver() || !guest_bound(0))
		guest_violation("not bound beside a driver of the ACPI node");
	expect_log(true, "<warn>QEMU0001:00: pvpanic-in-tree reports panics too");
	expect_log(true, "echo QEMU0001:00 >/sys/bus/acpi/drivers/pvpanic-in-tree/unbind\n");
	try_a_few_panics();
	unload_driver();
}

void other_drivers(void)
{
	enum bus bus;

	combinations += 6;
	for (bus = 0; bus < BUSES; bus++)
		other_driver_stays(bus);
	acpi_driver_stays();
	build_machine();
	guest.node[0].no_companion = true;
	if (load_driver() || guest_bound(0) || guest.log_len)
		guest_violation("a device without ACPI is bound: %s", guest.log);
	unload_driver();

	build_machine();
	guest.node[0].present = false;
	if (load_driver() || guest.log_len)
		guest_violation("without a device, the driver fails or logs: %s", guest.log);
	unload_driver();
}

/* Each of these is refused with one line, and nothing is written to it. */
void odd_pci_devices(void)
{
	static const struct {
		struct resource bar;
		bool silent;
		const char *log;
	} odd[] = {
		{ { 0 }, false, "not bound: BAR 0 has no memory address\n" },
		{ { 0xc000, 0xc000, IORESOURCE_IO }, false, "not bound: BAR 0 has no memory" },
		{ { 0, 1, IORESOURCE_MEM | IORESOURCE_UNSET }, false, "not bound: BAR 0 has no " },
		{ { GUEST_MMIO(0), GUEST_MMIO(0) - 1, IORESOURCE_MEM },
		  false,
		  "not bound: BAR 0 has no memory" },
		{ { GUEST_MMIO(0), GUEST_MMIO(0) + 1, IORESOURCE_MEM },
		  true,
		  "not bound: no device answers at 0xfed00000\n" },
	};
	const struct scene scene = {};
	unsigned int i;

	binding.bus = BUS_PCI;
	for (i = 0; i < ARRAY_SIZE(odd); i++) {
		combinations++;
		build_machine();
		guest.node[0].resources[0] = odd[i].bar;
		guest.node[0].silent = odd[i].silent;
		if (load_driver() || guest_bound(0))
			guest_violation("bound to odd PCI device %u", i);
		expect_device_log(true, "err", odd[i].log);
		panic_in(&scene);
		if (guest.nr_bytes)
			guest_violation("odd PCI device %u is written", i);
		unload_driver();
	}
	binding.bus = BUS_ACPI;
}

static void add_second_device(enum bus bus)
{
	bool port = bus == BUS_ACPI && is_x86();

	guest.node[1].present = true;
	guest.node[1].bus = bus;
	if (port)
		guest.node[1].io_port = GUEST_PORT(1);
	else
		guest.node[1].mmio = GUEST_MMIO(1);
	guest.node[1].rdpt_answer = binding.capability;
	guest.node[1].wrpt = &binding.wrpt->wrpt;
	guest.node[1].resources[0] =
		port ? (struct resource){ GUEST_PORT(1), GUEST_PORT(1), IORESOURCE_IO } :
		       (struct resource){ GUEST_MMIO(1), GUEST_MMIO(1), IORESOURCE_MEM };
	guest.node[1].num_resources = 1;
	sim_plug(1, binding.capability);
}

static void expect_byte(unsigned int node, enum transport transport, unsigned int event)
{
	unsigned int i, nr = 0;

	for (i = 0; i < guest.nr_bytes; i++) {
		if (guest.bytes[i].node != node)
			continue;
		if (guest.bytes[i].value != event || guest.bytes[i].transport != transport)
			guest_violation("device %u receives %#x", node, guest.bytes[i].value);
		nr++;
	}
	if (nr != 1)
		guest_violation("device %u receives %u bytes", node, nr);
}

/* Each bound device must report each event, and use its own WRPT. */
static void check_both(void)
{
	const struct scene plain = {}, kdump = { .crash_loaded = true, .crash_starts = true };
	const struct scene held = { .spinlock = 1 };
	enum transport transport = wrpt_usable() ? BY_WRPT : register_transport();
	unsigned int node;

	for (node = 0; node < GUEST_NODES; node++) {
		if (!guest_bound(node))
			continue;
		panic_in(&plain);
		expect_byte(node, transport, PANICKED);
		guest_restore_memory();
		panic_in(&held);
		expect_byte(node, register_transport(), PANICKED);
		guest_restore_memory();
		panic_in(&kdump);
		expect_byte(node, register_transport(), CRASH_LOADED);
		guest_restore_memory();
		guest_set_scene(&plain);
		guest_power_off();
		expect_byte(node, register_transport(), SHUTDOWN);
		guest_restore_memory();
		guest_revive();
	}
}

void two_devices(void)
{
	unsigned int node;

	for (node = 0; node < GUEST_NODES; node++) {
		combinations++;
		build_machine();
		add_second_device(BUS_ACPI);
		load_driver();
		guest_keep_memory();
		if (!guest_bound(0) || !guest_bound(1))
			guest_violation("two devices, and not both are bound: %s", guest.log);
		check_both();
		guest_unbind(node);
		guest_keep_memory();
		check_both();
		unload_driver();
	}
}

/*
 * An ACPI device and one that only has a register. The register comes first, because WRPT may
 * never return. Each device has its own events.
 */
static void try_two_buses(enum bus bus)
{
	const struct scene plain = {};
	unsigned int node;

	combinations++;
	build_machine();
	add_second_device(bus);
	load_driver();
	guest_keep_memory();
	if (!guest_bound(0) || !guest_bound(1))
		guest_violation("two devices, and not both are bound: %s", guest.log);
	panic_in(&plain);
	if (guest.nr_bytes != 2 || (wrpt_usable() && guest.bytes[0].node != 1))
		guest_violation("%u bytes, first to device %u", guest.nr_bytes,
				guest.bytes[0].node);
	guest_restore_memory();
	guest_revive();

	for (node = 0; node < GUEST_NODES; node++) {
		guest_store(node, "events", "1");
		guest_keep_memory();
		guest_set_scene(&plain);
		guest_power_off();
		if (guest.nr_bytes != 1 || guest.bytes[0].node == node ||
		    guest.bytes[0].value != SHUTDOWN)
			guest_violation("SHUTDOWN reaches %u devices, and only one wants it",
					guest.nr_bytes);
		guest_restore_memory();
		guest_revive();
		guest_store(node, "events", "7");
	}
	unload_driver();
}

void two_buses(void)
{
	try_two_buses(BUS_OF);
	try_two_buses(BUS_PCI);
}

/* Others hold this many of the priorities above the firmware's. */
static void bind_below(unsigned int others)
{
	const unsigned int wanted = binding.events;
	const struct scene scene = {};
	bool full = others == 255 - SYS_OFF_PRIO_FIRMWARE;

	combinations++;
	build_machine();
	guest_take_priorities(others);
	load_driver();
	guest_keep_memory();
	if (!guest_bound(0))
		guest_violation("not bound: %s", guest.log);
	expect_log(full,
		   "<warn>QEMU0001:00: no power-off handler (error -16): SHUTDOWN is not sent\n");
	if (full)
		binding.events &= ~SHUTDOWN;
	check_armed();
	try_panic(&scene);
	try_power_off(&scene);
	unload_driver();
	guest_take_priorities(0);
	binding.events = wanted;
}

/* EFI and other drivers hold priorities, or all of them. */
void priorities(void)
{
	unsigned int others;

	for (others = 0; others <= 255 - SYS_OFF_PRIO_FIRMWARE; others++)
		bind_below(others);
}
