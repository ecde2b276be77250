// SPDX-License-Identifier: GPL-2.0-only
/*
 * One whole device: thrown, written as a table of its own, and recorded.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"

#define IO_BASE		0x1000
#define MEMORY_BASE	0xff000100ull	/* in the page of QEMU's pc-testdev */
#define MEMORY_STEP	16

/** device_expect() - note what evaluation has to give, as acpi-check reads it */
void device_expect(struct device *dev, const char *fmt, ...)
{
	size_t used = strlen(dev->exec);
	char path[8], line[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	snprintf(path, sizeof(path), "%s.", dev->name);
	snprintf(dev->exec + used, sizeof(dev->exec) - used, "// exec: %s%s\n", path, line);
}

static void write_identity(struct text *t, struct dice *d, struct device *dev)
{
	unsigned int kind = dice_below(d, 20);

	dev->id = kind < 17 ? "hid" : "cid";
	if (kind < 17)
		text_line(t, "Name (_HID, \"QEMU0001\")");
	else
		text_line(t, "Name (_HID, \"PVPA0001\")");
	if (kind == 17 || kind == 18)
		text_line(t, "Name (_CID, \"QEMU0001\")");
	if (kind == 19)
		text_line(t, "Name (_CID, Package (0x02) {\"PVPA0002\", \"QEMU0001\"})");

	if (dice_chance(d, 80))
		text_line(t, "Name (_UID, 0x%04X)", dev->nr);
	else
		text_line(t, "Name (_UID, \"%s\")", dev->name);
	if (dice_chance(d, 10))
		text_line(t, "Name (_DDN, \"device %u\")", dev->nr);
}

static void write_status(struct text *t, struct dice *d, struct device *dev)
{
	static const unsigned char weights[] = { 20, 60, 5, 10, 5 };

	switch (dice_weighted(d, weights, ARRAY_SIZE(weights))) {
	case 1:
		text_line(t, "Name (_STA, 0x0F)");
		break;
	case 2:
		text_line(t, "Name (_STA, 0x0B)");
		break;
	case 3:
		text_open(t, "Method (_STA, 0, NotSerialized)");
		text_line(t, "Return (0x0F)");
		text_close(t);
		break;
	case 4:
		text_line(t, "Name (_STA, Zero)");
		dev->absent = true;
		break;
	}
}

/* Methods that the kernel calls by itself, at enumeration or at bind. */
static void write_extras(struct text *t, struct dice *d, struct device *dev)
{
	if (dice_chance(d, 10)) {
		text_open(t, "Method (_INI, 0, NotSerialized)");
		body_begin(t, d);
		body_write(t, d, dev, 3);
		body_end(t);
		text_close(t);
	}
	if (dice_chance(d, 8)) {
		text_open(t, "Method (_PS0, 0, Serialized)");
		text_line(t, "Sleep (%u)", dice_between(d, 1, 5));
		text_close(t);
		text_open(t, "Method (_PS3, 0, Serialized)");
		text_line(t, "VAR1 = 0x%X", dice_below(d, 256));
		text_close(t);
	}
}

static void settle_expectation(struct device *dev)
{
	if (!dev->rdpt_number) {
		/* Then the port is asked: it answers 7, and memory 0. */
		dev->capability = dev->port.kind == PLACE_MEMORY ? 0 : 7;
	}
	if (dev->absent || !(dev->capability & 1))
		dev->expect = EXPECT_NONE;
	else if (dev->port.kind == PLACE_NONE || dev->port.kind == PLACE_DEFAULT)
		dev->expect = EXPECT_MAYBE;
}

/**
 * device_write() - throw device @dev->nr of a seed, and write it as a table
 * @out: where the ASL goes
 * @seed: the run's seed
 * @dev: only @dev->nr is read; the rest is what is known of the device then
 */
void device_write(FILE *out, uint64_t seed, struct device *dev)
{
	unsigned int nr = dev->nr;
	struct text t = { 0 };
	char *body = NULL;
	size_t size = 0;
	struct dice d;

	*dev = (struct device){ .nr = nr };
	snprintf(dev->name, sizeof(dev->name), "P%03X", nr);
	dev->io = IO_BASE + 2 * nr;
	dev->memory = MEMORY_BASE + MEMORY_STEP * nr;
	dice_seed(&d, seed, nr);
	register_throw(&d, dev);

	/* The head of the file quotes what only the body's end knows. */
	t.out = open_memstream(&body, &size);
	if (!t.out)
		abort();
	text_open(&t, "DefinitionBlock (\"\", \"SSDT\", 2, \"PVPANI\", \"PEG%05u\", 1)", nr);
	text_open(&t, "Scope (\\_SB)");
	text_open(&t, "Device (%s)", dev->name);
	write_identity(&t, &d, dev);
	write_status(&t, &d, dev);
	crs_write(&t, &d, dev);
	register_write(&t, dev);
	body_declare(&t, &d, dev);
	write_extras(&t, &d, dev);
	rdpt_write(&t, &d, dev);
	wrpt_write(&t, &d, dev);
	text_close(&t);
	text_close(&t);
	text_close(&t);
	fclose(t.out);

	settle_expectation(dev);
	fprintf(out, "// Device %u of seed %llu: _CRS %s, RDPT %s, WRPT %s.\n", nr,
		(unsigned long long)seed, dev->crs, dev->rdpt, dev->wrpt);
	fprintf(out, "%s%s", dev->exec, body);
	free(body);
}

static void place_name(char *buf, size_t size, const struct place *place)
{
	static const char * const names[] = {
		[PLACE_NONE] = "none",
		[PLACE_DEFAULT] = "default",
		[PLACE_IO] = "io",
		[PLACE_MEMORY] = "mem",
	};

	if (place->kind == PLACE_NONE)
		snprintf(buf, size, "none");
	else
		snprintf(buf, size, "%s:0x%llx", names[place->kind],
			 (unsigned long long)place->addr);
}

void device_record_header(FILE *out)
{
	fprintf(out, "# table\tpath\tid\tport\taml\tbyte\tcapability\tbranch\texpect\tms\t"
		"crs\trdpt\twrpt\n");
}

/**
 * device_record() - one line, for whoever runs the device in a guest
 *
 * Columns: the table; the device's path; whether the driver finds it by _HID or
 * _CID; where the driver writes when not by AML; where AML writes, and what is
 * seen there when it stores 1; the capability; whether WRPT treats an event
 * otherwise than 0; enum expect; how long WRPT(0) takes at least, in milliseconds;
 * and the kinds, for a reader.
 */
void device_record(FILE *out, const struct device *dev)
{
	static const char * const expects[] = {
		[EXPECT_BYTE] = "byte",
		[EXPECT_NONE] = "none",
		[EXPECT_MAYBE] = "maybe",
	};
	char port[32], aml[32];

	place_name(port, sizeof(port), &dev->port);
	place_name(aml, sizeof(aml), &dev->aml);
	fprintf(out, "%s.aml\t\\_SB_.%s\t%s\t", dev->name, dev->name, dev->id);
	fprintf(out, "%s\t%s\t0x%02x\t", port, aml, register_value(dev, 1));
	fprintf(out, "%u\t%s\t", dev->capability, dev->branch ? "branch" : "-");
	fprintf(out, "%s\t%u\t", expects[dev->expect], dev->ms);
	fprintf(out, "%s\t%s\t%s\n", dev->crs, dev->rdpt, dev->wrpt);
}
