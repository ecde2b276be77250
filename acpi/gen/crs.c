// SPDX-License-Identifier: GPL-2.0-only
/*
 * The resources: descriptors of every kind that can hold a port, with others
 * around them, or none that can. The driver takes the first that is usable.
 */
#include "gen.h"

enum crs {
	CRS_IO, CRS_WORD_IO, CRS_DWORD_IO, CRS_QWORD_IO, CRS_MEM_FIXED, CRS_MEM32, CRS_QWORD_MEM,
	CRS_IO_IO, CRS_MEM_IO, CRS_ZERO_IO, CRS_METHOD, CRS_ABSENT, CRS_EMPTY, CRS_OTHER,
	CRS_FAILS, CRS_INTEGER, CRS_COUNT
};

static const struct {
	const char *word;
	unsigned char weight;
} kinds[CRS_COUNT] = {
	[CRS_IO] = { "io", 24 },
	[CRS_WORD_IO] = { "word-io", 4 },
	[CRS_DWORD_IO] = { "dword-io", 4 },
	[CRS_QWORD_IO] = { "qword-io", 4 },
	[CRS_MEM_FIXED] = { "mem-fixed", 4 },
	[CRS_MEM32] = { "mem32", 3 },
	[CRS_QWORD_MEM] = { "qword-mem", 3 },
	[CRS_IO_IO] = { "io-io", 4 },
	[CRS_MEM_IO] = { "mem-io", 3 },
	[CRS_ZERO_IO] = { "zero-io", 4 },
	[CRS_METHOD] = { "method", 6 },
	[CRS_ABSENT] = { "absent", 4 },
	[CRS_EMPTY] = { "empty", 2 },
	[CRS_OTHER] = { "other", 3 },
	[CRS_FAILS] = { "fails", 2 },
	[CRS_INTEGER] = { "integer", 2 },
};

/* Descriptors that hold no port. */
static void write_other(struct text *t, struct dice *d)
{
	switch (dice_below(d, 5)) {
	case 0:
		text_line(t, "IRQNoFlags () {%u}", dice_between(d, 3, 11));
		break;
	case 1:
		text_line(t, "IRQ (Level, ActiveLow, Shared) {%u}", dice_between(d, 3, 11));
		break;
	case 2:
		text_line(t, "DMA (Compatibility, NotBusMaster, Transfer8) {%u}",
			  dice_below(d, 4));
		break;
	case 3:
		text_line(t, "VendorShort () {0x%02X, 0x%02X}", dice_below(d, 256),
			  dice_below(d, 256));
		break;
	case 4:
		text_line(t, "VendorLong () {0x%02X, 0x%02X, 0x%02X}", dice_below(d, 256),
			  dice_below(d, 256), dice_below(d, 256));
		break;
	}
}

static void write_io(struct text *t, unsigned int port, unsigned int len)
{
	text_line(t, "IO (Decode16, 0x%04X, 0x%04X, 0x01, 0x%02X)", port, port, len);
}

static void write_wide_io(struct text *t, const char *macro, unsigned int port)
{
	text_line(t, "%s (ResourceConsumer, MinFixed, MaxFixed, PosDecode, EntireRange,", macro);
	text_line(t, "\t0x00, 0x%04X, 0x%04X, 0x00, 0x01)", port, port);
}

static void write_ports(struct text *t, struct device *dev, enum crs kind)
{
	unsigned long long mem = dev->memory;

	switch (kind) {
	case CRS_IO:
	case CRS_METHOD:
		write_io(t, dev->io, 1);
		break;
	case CRS_IO_IO:
		write_io(t, dev->io, 1);
		write_io(t, dev->io + 1, 1);
		break;
	case CRS_ZERO_IO:
		write_io(t, dev->io + 1, 0);
		write_io(t, dev->io, 1);
		break;
	case CRS_WORD_IO:
		write_wide_io(t, "WordIO", dev->io);
		break;
	case CRS_DWORD_IO:
		write_wide_io(t, "DWordIO", dev->io);
		break;
	case CRS_QWORD_IO:
		write_wide_io(t, "QWordIO", dev->io);
		break;
	case CRS_MEM_FIXED:
		text_line(t, "Memory32Fixed (ReadWrite, 0x%08llX, 0x01)", mem);
		break;
	case CRS_MEM32:
		text_line(t, "Memory32 (ReadWrite, 0x%08llX, 0x%08llX, 0x01, 0x01)", mem, mem);
		break;
	case CRS_QWORD_MEM:
		text_line(t, "QWordMemory (ResourceConsumer, PosDecode, MinFixed, MaxFixed,");
		text_line(t, "\tNonCacheable, ReadWrite, 0x00, 0x%08llX, 0x%08llX, 0x00, 0x01)",
			  mem, mem);
		break;
	case CRS_MEM_IO:
		text_line(t, "Memory32Fixed (ReadWrite, 0x%08llX, 0x01)", mem);
		write_io(t, dev->io, 1);
		break;
	default:
		break;
	}
}

static void write_template(struct text *t, struct dice *d, struct device *dev, enum crs kind)
{
	if (kind == CRS_OTHER || (kind != CRS_EMPTY && dice_chance(d, 30)))
		write_other(t, d);
	write_ports(t, dev, kind);
	if (kind != CRS_EMPTY && dice_chance(d, 20))
		write_other(t, d);
}

/** crs_write() - throw a device's _CRS, write it, and note where the port is */
void crs_write(struct text *t, struct dice *d, struct device *dev)
{
	unsigned char weights[CRS_COUNT];
	enum crs kind;

	for (kind = 0; kind < CRS_COUNT; kind++)
		weights[kind] = kinds[kind].weight;
	kind = dice_weighted(d, weights, CRS_COUNT);
	dev->crs = kinds[kind].word;
	dev->port = (struct place){ PLACE_IO, dev->io };

	switch (kind) {
	case CRS_ABSENT:
		dev->port = (struct place){ PLACE_DEFAULT, 0x505 };
		device_expect(dev, "_CRS = AE_NOT_FOUND");
		return;
	case CRS_FAILS:
		/* The kernel makes no platform device of one whose resources fail. */
		dev->port.kind = PLACE_NONE;
		text_open(t, "Method (_CRS, 0, NotSerialized)");
		text_line(t, "Local0 = Zero");
		text_line(t, "Local1 = (0x%02X / Local0)", dice_below(d, 256));
		text_line(t, "Return (Local1)");
		text_close(t);
		device_expect(dev, "_CRS = AE_AML_DIVIDE_BY_ZERO");
		return;
	case CRS_INTEGER:
		dev->port.kind = PLACE_NONE;
		text_open(t, "Method (_CRS, 0, NotSerialized)");
		text_line(t, "Local0 = 0x%02X", dice_below(d, 256));
		text_line(t, "Return (Local0)");
		text_close(t);
		return;
	case CRS_METHOD:
		text_open(t, "Method (_CRS, 0, Serialized)");
		text_open(t, "Name (RBUF, ResourceTemplate ()");
		write_template(t, d, dev, kind);
		t->depth--;
		text_line(t, "})");
		text_line(t, "Return (RBUF)");
		text_close(t);
		return;
	case CRS_EMPTY:
	case CRS_OTHER:
		dev->port = (struct place){ PLACE_DEFAULT, 0x505 };
		break;
	case CRS_MEM_FIXED:
	case CRS_MEM32:
	case CRS_QWORD_MEM:
	case CRS_MEM_IO:
		dev->port = (struct place){ PLACE_MEMORY, dev->memory };
		break;
	default:
		break;
	}
	text_open(t, "Name (_CRS, ResourceTemplate ()");
	write_template(t, d, dev, kind);
	t->depth--;
	text_line(t, "})");
}
