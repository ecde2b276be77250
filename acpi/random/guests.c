// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts random devices into guests: DIR/guests.ini has the scenarios (see
 * selftests/vm/scenarios/README), and DIR/devices has a line for each device that tells
 * selftests/vm/firmware-random/run.sh where to look for its events and what to expect.
 *
 * Each device has a table and two ports, whose bytes QEMU writes to files of their own.
 * Ports 0x505 of devices without resources share one file. The bench itself checks that
 * the guest binds, panics and stops without a complaint.
 */
#include <stdlib.h>
#include <string.h>

#include "random.h"

#define DEVICES	24	/* in a guest */

/**
 * struct guest - a guest that still takes devices
 * @name: the scenario's name without its number
 * @params: what the driver's parameters end with
 * @port_only: the driver is loaded with transport=port
 * @number: the number of this guest among those of its name
 * @slots: how many devices the guest has
 * @loops: how many of its devices loop when they are bound, 30 s each
 * @args: takes QEMU's arguments for the devices
 * @text: the arguments, when @args is closed
 * @size: their length
 */
struct guest {
	const char *name;
	const char *params;
	bool port_only;
	unsigned int number;
	unsigned int slots;
	unsigned int loops;
	FILE *args;
	char *text;
	size_t size;
};

static struct guest guests[] = {
	{ "random", "", .port_only = false },
	{ "random-port", " transport=port", .port_only = true },
};

static FILE *scenarios, *devices;
static const char *folder;
static unsigned int written;

static FILE *create(const char *name)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	if (!file)
		perror(path);
	return file;
}

/**
 * guests_open() - begin the guests
 * @dir: the folder with the tables, an absolute path
 *
 * Return: 0, or -1 after a message.
 */
int guests_open(const char *dir)
{
	folder = dir;
	scenarios = create("guests.ini");
	devices = create("devices");
	return scenarios && devices ? 0 : -1;
}

/**
 * guests_slot() - the slot of the next device that is added
 * @port_only: the device needs transport=port
 */
unsigned int guests_slot(bool port_only)
{
	return guests[port_only].slots % DEVICES;
}

static void end_guest(struct guest *g)
{
	unsigned int i;

	fclose(g->args);
	fprintf(scenarios, "[%s-%u]\n"
		"why = random firmware: no oops and no hang, at bind and in the panic\n"
		"device = none\n"
		"guests = pc/%u\n"
		"cmdline = panic=0\n"
		"timeout = %u\n"
		"params = events=3%s\n"
		"trigger = proc-sysrq-c\n"
		"expect-events = none\n"
		"expect-outcome = halts\n"
		"expect-log = Kernel panic - not syncing\n"
		"expect-memory = %u any", g->name, g->number, written++ % 2 ? 4 : 1,
		60 + 30 * g->loops, g->params, SLOT_MEMORY);
	for (i = 1; i < DEVICES * SLOT_BYTES; i++)
		fprintf(scenarios, "%s any", i % 16 ? "" : "\n\t");
	fprintf(scenarios, "\nqemu-args = -device pc-testdev\n"
		"\t-chardev file,id=last,path=%s/%s-%u.505\n"
		"\t-device isa-debugcon,iobase=0x505,readback=7,chardev=last\n%s",
		folder, g->name, g->number, g->text);
	free(g->text);
	g->args = NULL;
	g->slots = 0;
	g->loops = 0;
}

/* Where to look for what came to a register: a file, or a byte of the guest's memory. */
static void write_place(const struct device *dev, enum place place, const char *ending,
			unsigned int offset)
{
	if (place == IN_IO)
		fprintf(devices, " %s.%s", dev->name, ending);
	else if (place == IN_MEMORY)
		fprintf(devices, " %u", SLOT_BYTES * dev->slot + offset);
	else
		fprintf(devices, " -");
}

/*
 * An expectation is a regular expression for the bytes at the driver's port, a semicolon,
 * and the bytes where AML writes. At the port only 01 may arrive. AML writes 0 before the
 * panic and 1 in it; the field's update rule adds bits above the low three.
 */
static void write_expectation(const struct device *dev, bool port_only)
{
	static const char quiet[] = "([0-9a-f][08] )*", event[] = "([0-9a-f][19] )+";
	enum place place = dev->crs->place;
	bool known = place == IN_IO || place == IN_MEMORY;
	bool shared = place == AT_0505 && (port_only || !dev->wrpt->lies);
	const char *untouched = place == IN_MEMORY ? "00 " : "";
	const char *sent = place == IN_MEMORY ? "01 " : "(01 )+";

	if (dev->absent || !dev->has_capability)
		fprintf(devices, " none ^%s;%s$\n", untouched, quiet);
	else if (port_only && known)
		fprintf(devices, " byte ^%s;%s$\n", sent, quiet);
	else if (!known || dev->wrpt->lies)
		fprintf(devices, " %s ^(%s|%s);%s(%s)?$\n", shared ? "byte-or-0x505" : "maybe",
			untouched, sent, quiet, event);
	else
		fprintf(devices, " byte ^(%s;%s(%s)?|%s;%s%s)$\n", sent, quiet, event, untouched,
			quiet, event);
}

/**
 * guests_add() - put a device into the next free slot
 * @dev: the device, whose @slot came from guests_slot()
 */
void guests_add(const struct device *dev)
{
	struct guest *g = &guests[dev->wrpt->hangs];
	unsigned int port = SLOT_PORT + SLOT_PORTS * dev->slot;

	if (!g->args) {
		g->args = open_memstream(&g->text, &g->size);
		if (!g->args)
			abort();
		g->number++;
	}
	fprintf(g->args, "\t-acpitable file=%s/%s.aml\n"
		"\t-chardev file,id=%s-port,path=%s/%s.port\n"
		"\t-device isa-debugcon,iobase=0x%x,readback=7,chardev=%s-port\n"
		"\t-chardev file,id=%s-aml,path=%s/%s.aml-port\n"
		"\t-device isa-debugcon,iobase=0x%x,readback=7,chardev=%s-aml\n",
		folder, dev->name, dev->name, folder, dev->name, port, dev->name,
		dev->name, folder, dev->name, port + 1, dev->name);
	fprintf(devices, "%s %s-%u", dev->name, g->name, g->number);
	write_place(dev, dev->crs->place, "port", 0);
	write_place(dev, dev->field->place, "aml-port", 4);
	fprintf(devices, " field-%s,_CRS-%s,RDPT-%s,WRPT-%s", dev->field->word, dev->crs->word,
		dev->rdpt->word, dev->wrpt->word);
	write_expectation(dev, g->port_only);
	if (!strcmp(dev->wrpt->word, "loops"))
		g->loops++;
	if (++g->slots == DEVICES)
		end_guest(g);
}

/**
 * guests_close() - write the guests that are not full
 *
 * Return: 0, or -1 after a message.
 */
int guests_close(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(guests); i++)
		if (guests[i].args)
			end_guest(&guests[i]);
	if (fclose(scenarios) || fclose(devices)) {
		perror(folder);
		return -1;
	}
	return 0;
}
