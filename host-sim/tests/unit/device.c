// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device against its specification, for every byte, every mask and each version. The tests
 * write the sentences of the specification as code of their own.
 */
#include "kselftest_harness.h"

#include "device.h"

FIXTURE(device)
{
	struct device dev;
};

FIXTURE_VARIANT(device)
{
	unsigned char defined;
};

FIXTURE_VARIANT_ADD(device, spec_2013){ .defined = 0x01 };
FIXTURE_VARIANT_ADD(device, qemu_7_2){ .defined = 0x03 };
FIXTURE_VARIANT_ADD(device, qemu_10){ .defined = 0x07 };

FIXTURE_SETUP(device)
{
}

FIXTURE_TEARDOWN(device)
{
}

/* "On read, the bits recognized by the device are set." */
TEST_F(device, read_returns_the_mask)
{
	int events;

	for (events = 0; events < 256; events++) {
		device_init(&self->dev, PVPANIC_PORT, events, variant->defined);
		ASSERT_EQ(events, device_read(&self->dev));
	}
}

/* "On write, the bits not recognized by the device are ignored." */
TEST_F(device, unrecognised_bits_are_ignored)
{
	int events, value;

	for (events = 0; events < 256; events++) {
		device_init(&self->dev, PVPANIC_PORT, events, variant->defined);
		for (value = 0; value < 256; value++) {
			struct device_effect whole = device_write(&self->dev, value);
			struct device_effect part;

			part = device_write(&self->dev, value & events & variant->defined);
			ASSERT_EQ(part.event, whole.event);
			ASSERT_EQ(0, part.ignored);
			ASSERT_EQ(value & ~(events & variant->defined), whole.ignored);
		}
	}
}

/* The lowest recognised bit is the gravest, and it alone counts. */
TEST_F(device, one_event_the_gravest)
{
	int events, value, recognised;

	for (events = 0; events < 256; events++) {
		device_init(&self->dev, PVPANIC_PORT, events, variant->defined);
		for (value = 0; value < 256; value++) {
			recognised = value & events & variant->defined;
			ASSERT_EQ(recognised & -recognised, device_write(&self->dev, value).event);
		}
	}
}

TEST_F(device, writing_changes_nothing)
{
	int value;

	device_init(&self->dev, 0x606, 0x07, variant->defined);
	for (value = 0; value < 256; value++)
		device_write(&self->dev, value);
	EXPECT_EQ(0x07, device_read(&self->dev));
	EXPECT_EQ(0x606, self->dev.port);
}

TEST_HARNESS_MAIN
