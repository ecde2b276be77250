// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device's attributes are what programs rely on (Documentation/ABI/testing/
 * sysfs-driver-pvpanic-guest): their forms, who may write them, and that what is
 * refused changes nothing.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "device.h"

FIXTURE(sysfs)
{
	int capability;
};

FIXTURE_SETUP(sysfs)
{
	ASSERT_EQ(0, module_by_default());
	self->capability = device_events("capability");
}

FIXTURE_TEARDOWN(sysfs)
{
}

TEST_F(sysfs, all_attributes_are_there)
{
	int i;

	for (i = 0; attributes[i]; i++) {
		EXPECT_TRUE(device_has(attributes[i])) TH_LOG("no attribute %s", attributes[i]);
	}
}

TEST_F(sysfs, only_events_is_writable)
{
	int i;

	for (i = 0; attributes[i]; i++) {
		EXPECT_EQ(strcmp(attributes[i], "events") ? 0444 : 0644, device_mode(attributes[i]))
			TH_LOG("of %s", attributes[i]);
	}
}

TEST_F(sysfs, capability_is_bare_hex)
{
	EXPECT_GE(self->capability, 1);
	EXPECT_LE(self->capability, 7);
}

TEST_F(sysfs, events_are_at_first_the_capability)
{
	EXPECT_EQ(self->capability, device_events("events"));
}

TEST_F(sysfs, transport_is_a_word)
{
	char text[TEXT_BYTES];

	ASSERT_LT(0, device_read("transport", text));
	EXPECT_TRUE(!strcmp(text, "wrpt\n") || !strcmp(text, "port\n")) TH_LOG("it is: %s", text);
}

TEST_F(sysfs, port_is_a_number_with_prefix)
{
	char text[TEXT_BYTES], again[TEXT_BYTES];
	const char *space = "";
	unsigned long port;

	ASSERT_LT(0, device_read("port", text));
	if (!strncmp(text, "mem ", 4))
		space = "mem ";
	ASSERT_EQ(1, sscanf(text + strlen(space), "0x%lx", &port)) TH_LOG("it is: %s", text);
	snprintf(again, sizeof(again), "%s%#lx\n", space, port);
	EXPECT_STREQ(again, text);
	if (!*space) {
		EXPECT_LE(port, 0xffff);
	}
}

TEST_F(sysfs, crash_hook_is_a_word)
{
	char text[TEXT_BYTES];

	ASSERT_LT(0, device_read("crash_hook", text));
	EXPECT_TRUE(!strcmp(text, "on\n") || !strcmp(text, "unavailable\n"))
		TH_LOG("it is: %s", text);
}

TEST_F(sysfs, every_subset_of_the_capability_can_be_chosen)
{
	char text[TEXT_BYTES];
	int events;

	for (events = 7; events >= 0; events--) {
		if (events & ~self->capability)
			continue;
		snprintf(text, sizeof(text), "%x\n", events);
		EXPECT_EQ(0, device_write("events", text)) TH_LOG("writing %s", text);
		EXPECT_EQ(events, device_events("events"));
	}
}

TEST_F(sysfs, an_event_that_the_host_lacks_is_refused)
{
	char text[TEXT_BYTES];
	int bit, tried = 0;

	for (bit = 1; bit <= 4; bit <<= 1) {
		if (self->capability & bit)
			continue;
		tried++;
		snprintf(text, sizeof(text), "%x\n", self->capability | bit);
		EXPECT_EQ(-EINVAL, device_write("events", text)) TH_LOG("writing %s", text);
		EXPECT_EQ(self->capability, device_events("events"));
	}
	if (!tried)
		SKIP(return, "this host has all events");
}

/* Root may pass by permissions, and the driver; others may not. */
TEST_F(sysfs, all_may_read_and_root_alone_may_write)
{
	char text[TEXT_BYTES];
	int status;
	pid_t pid;

	pid = fork();
	ASSERT_GE(pid, 0);
	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(1);
		if (device_read("events", text) <= 0 || device_read("port", text) <= 0)
			_exit(2);
		_exit(device_write("events", "0\n") == -EACCES ? 0 : 3);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(self->capability, device_events("events"));
}

/* What the bus says of the device must be what the module's file answers to. */
TEST_F(sysfs, modalias_is_one_of_the_module)
{
	char modalias[TEXT_BYTES], alias[TEXT_BYTES];
	const char *file, *at, *end;
	bool matched = false;
	struct stat st;
	int fd;

	ASSERT_LT(0, device_read("modalias", modalias));
	EXPECT_STREQ("acpi:QEMU0001:\n", modalias);
	modalias[strcspn(modalias, "\n")] = '\0';

	fd = open(module_path(), O_RDONLY | O_CLOEXEC);
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, fstat(fd, &st));
	file = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	ASSERT_NE(MAP_FAILED, (void *)file);
	close(fd);
	if (memcmp(file, "\177ELF", 4))
		SKIP(return, "the module's file is compressed");
	for (at = file, end = file + st.st_size;
	     (at = memmem(at, end - at, "\0alias=", 7)); at += 7) {
		snprintf(alias, sizeof(alias), "%.*s", TEXT_BYTES - 1, at + 7);
		matched |= !fnmatch(alias, modalias, 0);
	}
	EXPECT_TRUE(matched) TH_LOG("no alias of %s fits %s", module_path(), modalias);
}

TEST_F(sysfs, the_driver_names_its_module)
{
	char target[TEXT_BYTES] = "";

	ASSERT_LT(0, readlink("/sys/bus/platform/drivers/" DRIVER "/module", target,
			      sizeof(target) - 1));
	EXPECT_STREQ(MODULE, basename(target));
}

FIXTURE(read_only)
{
};

FIXTURE_VARIANT(read_only)
{
	const char *attribute;
};

FIXTURE_VARIANT_ADD(read_only, capability) { .attribute = "capability" };
FIXTURE_VARIANT_ADD(read_only, transport) { .attribute = "transport" };
FIXTURE_VARIANT_ADD(read_only, port) { .attribute = "port" };
FIXTURE_VARIANT_ADD(read_only, crash_hook) { .attribute = "crash_hook" };

FIXTURE_SETUP(read_only)
{
	ASSERT_EQ(0, module_by_default());
}

FIXTURE_TEARDOWN(read_only)
{
}

TEST_F(read_only, cannot_be_written)
{
	char before[TEXT_BYTES], after[TEXT_BYTES];

	ASSERT_LT(0, device_read(variant->attribute, before));
	EXPECT_EQ(-EACCES, device_write(variant->attribute, before));
	ASSERT_LT(0, device_read(variant->attribute, after));
	EXPECT_STREQ(before, after);
}

/* What is written to events, and what is then read there. */
FIXTURE(number)
{
};

FIXTURE_VARIANT(number)
{
	const char *text;
	int error;
};

#define ACCEPTED(name, what) FIXTURE_VARIANT_ADD(number, name) { .text = (what) }
#define REFUSED(name, what) FIXTURE_VARIANT_ADD(number, name) { .text = (what), .error = -EINVAL }

ACCEPTED(plain, "1\n");
ACCEPTED(without_newline, "1");
ACCEPTED(with_prefix, "0x1\n");
ACCEPTED(with_zeros, "0001\n");
REFUSED(a_word, "junk\n");
REFUSED(an_empty_line, "\n");
REFUSED(a_space_before, " 1\n");
REFUSED(a_space_after, "1 \n");
REFUSED(two_numbers, "1 1\n");
REFUSED(two_lines, "1\n1\n");
REFUSED(a_prefix_alone, "0x\n");
REFUSED(a_negative_number, "-1\n");
REFUSED(a_reserved_bit, "9\n");
REFUSED(a_bit_beyond_32, "100000001\n");
REFUSED(a_bit_beyond_64, "10000000000000001\n");

FIXTURE_SETUP(number)
{
	ASSERT_EQ(0, module_by_default());
	ASSERT_TRUE(device_events("capability") & PANICKED) TH_LOG("the host knows no panics");
	ASSERT_EQ(0, device_write("events", "0\n"));
}

FIXTURE_TEARDOWN(number)
{
}

TEST_F(number, written_to_events)
{
	EXPECT_EQ(variant->error, device_write("events", variant->text));
	EXPECT_EQ(variant->error ? 0 : PANICKED, device_events("events"));
}

TEST_HARNESS_MAIN
