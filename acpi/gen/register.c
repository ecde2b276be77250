// SPDX-License-Identifier: GPL-2.0-only
/*
 * The register as AML sees it: the regions and the field PEPT, in one of several
 * shapes, and what a store to PEPT or a load from it does on the bus. The host
 * answers reads of a port with 7; memory is zero at first.
 */
#include "gen.h"

#define FILL	0x07070707u	/* what every address reads as in acpiexec */

static const unsigned char shape_weights[SHAPE_COUNT] = {
	[SHAPE_BYTE] = 8,
	[SHAPE_BITS] = 4,
	[SHAPE_OFFSET] = 3,
	[SHAPE_LOCKED] = 2,
	[SHAPE_INDEX] = 2,
	[SHAPE_MEMORY] = 2,
	[SHAPE_WIDE] = 2,
};

static const char * const update_names[] = { "Preserve", "WriteAsOnes", "WriteAsZeros" };

void register_throw(struct dice *d, struct device *dev)
{
	dev->shape = dice_weighted(d, shape_weights, SHAPE_COUNT);
	dev->update = dice_below(d, 3);
	dev->bits = 8;
	dev->aml = (struct place){ PLACE_IO, dev->io + 1 };
	if (dev->shape == SHAPE_BITS)
		dev->bits = dice_between(d, 3, 7);
	if (dev->shape == SHAPE_MEMORY || dev->shape == SHAPE_WIDE)
		dev->aml = (struct place){ PLACE_MEMORY, dev->memory + 4 };
	if (dev->shape == SHAPE_WIDE)
		dev->bits = dice_chance(d, 50) ? 16 : 32;
}

void register_write(struct text *t, const struct device *dev)
{
	const char *update = update_names[dev->update];
	unsigned int port = dev->io + 1;

	switch (dev->shape) {
	case SHAPE_OFFSET:
		text_line(t, "OperationRegion (PEOR, SystemIO, 0x%04X, 0x04)", port - 3);
		text_open(t, "Field (PEOR, ByteAcc, NoLock, %s)", update);
		text_line(t, "Offset (0x03),");
		break;
	case SHAPE_INDEX:
		text_line(t, "OperationRegion (PEIR, SystemMemory, 0x%08llX, 0x01)",
			  (unsigned long long)dev->memory + 8);
		text_open(t, "Field (PEIR, ByteAcc, NoLock, Preserve)");
		text_line(t, "PEIX, 8");
		text_close(t);
		text_line(t, "OperationRegion (PEOR, SystemIO, 0x%04X, 0x01)", port);
		text_open(t, "Field (PEOR, ByteAcc, NoLock, Preserve)");
		text_line(t, "PEDA, 8");
		text_close(t);
		text_open(t, "IndexField (PEIX, PEDA, ByteAcc, NoLock, %s)", update);
		text_line(t, "Offset (0x05),");
		break;
	case SHAPE_MEMORY:
	case SHAPE_WIDE:
		text_line(t, "OperationRegion (PEOR, SystemMemory, 0x%08llX, 0x04)",
			  (unsigned long long)dev->aml.addr);
		text_open(t, "Field (PEOR, %s, NoLock, %s)",
			  dev->bits == 32 ? "DWordAcc" : dev->bits == 16 ? "WordAcc" : "ByteAcc",
			  update);
		break;
	default:
		text_line(t, "OperationRegion (PEOR, SystemIO, 0x%04X, 0x01)", port);
		text_open(t, "Field (PEOR, ByteAcc, %s, %s)",
			  dev->shape == SHAPE_LOCKED ? "Lock" : "NoLock", update);
	}
	text_line(t, "PEPT, %u", dev->bits);
	text_close(t);
}

/** register_value() - what reaches the bus when AML stores @value in PEPT */
unsigned int register_value(const struct device *dev, unsigned int value)
{
	unsigned int mask;

	if (dev->bits >= 8)
		return value;
	mask = (1u << dev->bits) - 1;
	value &= mask;
	if (dev->update == UPDATE_PRESERVE)
		value |= FILL & 0xff & ~mask;
	else if (dev->update == UPDATE_ONES)
		value |= 0xff & ~mask;
	return value;
}

/**
 * register_store() - the writes on the bus that a store to PEPT is
 * @buf: where they go, in the words of acpi-check (", ADDRESS:VALUE")
 * @value: what is stored
 */
void register_store(char *buf, size_t size, const struct device *dev, unsigned int value)
{
	int digits = dev->bits <= 8 ? 2 : dev->bits / 4;

	value = register_value(dev, value);
	if (dev->shape == SHAPE_INDEX)
		snprintf(buf, size, ", %08llX:05, %04llX:%02X", (unsigned long long)dev->memory + 8,
			 (unsigned long long)dev->aml.addr, value);
	else
		snprintf(buf, size, ", %04llX:%0*X", (unsigned long long)dev->aml.addr, digits,
			 value);
}

/**
 * register_load() - what a load from PEPT gives, in acpiexec
 * @buf: where the writes go that come with it, as for register_store()
 */
unsigned int register_load(char *buf, size_t size, const struct device *dev)
{
	buf[0] = '\0';
	if (dev->shape == SHAPE_INDEX)
		snprintf(buf, size, ", %08llX:05", (unsigned long long)dev->memory + 8);
	return dev->bits == 32 ? FILL : FILL & ((1u << dev->bits) - 1);
}
