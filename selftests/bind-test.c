// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bound and unbound through sysfs, loaded and unloaded: each time all of it comes and
 * goes, and nothing stays hooked in the kernel of a guest that has no driver.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "device.h"

FIXTURE(bind)
{
};

FIXTURE_SETUP(bind)
{
	ASSERT_EQ(0, module_by_default());
	ASSERT_TRUE(device_bound());
}

FIXTURE_TEARDOWN(bind)
{
}

TEST_F(bind, unbinding_takes_all_attributes_away)
{
	int i;

	ASSERT_EQ(0, device_unbind());
	EXPECT_FALSE(device_bound());
	for (i = 0; attributes[i]; i++) {
		EXPECT_FALSE(device_has(attributes[i])) TH_LOG("%s stayed", attributes[i]);
	}
}

TEST_F(bind, binding_brings_the_same_back)
{
	char before[8][TEXT_BYTES], after[TEXT_BYTES];
	int i;

	for (i = 0; attributes[i]; i++) {
		ASSERT_LT(0, device_read(attributes[i], before[i]));
	}
	ASSERT_EQ(0, device_unbind());
	ASSERT_EQ(0, device_bind());
	for (i = 0; attributes[i]; i++) {
		ASSERT_LT(0, device_read(attributes[i], after));
		EXPECT_STREQ(before[i], after) TH_LOG("of %s", attributes[i]);
	}
}

/* Chosen events belong to a binding; the next one begins with the parameter's. */
TEST_F(bind, events_begin_anew)
{
	ASSERT_EQ(0, device_write("events", "0\n"));
	ASSERT_EQ(0, device_unbind());
	ASSERT_EQ(0, device_bind());
	EXPECT_EQ(device_events("capability"), device_events("events"));
}

TEST_F(bind, a_second_bind_fails_and_changes_nothing)
{
	EXPECT_GT(0, device_bind());
	EXPECT_TRUE(device_bound());
	EXPECT_LT(0, device_events("events"));
}

TEST_F(bind, a_second_unbind_fails)
{
	ASSERT_EQ(0, device_unbind());
	EXPECT_EQ(-ENODEV, device_unbind());
}

/* A program that keeps an attribute open is told, and does not keep the driver. */
TEST_F(bind, an_open_attribute_outlives_its_driver)
{
	char path[TEXT_BYTES], text[TEXT_BYTES];
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/platform/devices/%s/events", device_name());
	fd = open(path, O_RDWR | O_CLOEXEC);
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, device_unbind());
	EXPECT_EQ(-1, read(fd, text, sizeof(text)));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(-1, write(fd, "0\n", 2));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(0, module_unload());
	close(fd);
}

TEST_F(bind, unloading_unbinds)
{
	ASSERT_EQ(0, module_unload());
	EXPECT_FALSE(module_loaded());
	EXPECT_FALSE(device_bound());
	EXPECT_NE(0, access("/sys/bus/platform/drivers/" DRIVER, F_OK));
}

TEST_F(bind, again_and_again)
{
	int i;

	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, device_unbind());
		ASSERT_EQ(0, device_bind());
	}
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, module_reload(""));
	}
	EXPECT_EQ(device_events("capability"), device_events("events"));
}

/* How many probes on @symbol there are, by debugfs in a mount of this test's own. */
static int probes_on(const char *list, const char *symbol)
{
	char line[1024];
	int n = 0;
	FILE *f = fopen(list, "re");

	while (f && fgets(line, sizeof(line), f))
		n += strstr(line, symbol) && strchr("+ \n", strstr(line, symbol)[strlen(symbol)]);
	if (!f)
		return -1;
	fclose(f);

	return n;
}

/* The rehearsal removes its probes. The kdump hook belongs to the module and not to a device. */
TEST_F(bind, no_probe_stays)
{
	char dir[] = "/tmp/pvpanic.XXXXXX", list[64], hook[TEXT_BYTES];

	ASSERT_LT(0, device_read("crash_hook", hook));
	if (strcmp(hook, "on\n"))
		SKIP(return, "this kernel has no hook before a crash kernel");
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	ASSERT_NE(NULL, mkdtemp(dir));
	if (mount("debugfs", dir, "debugfs", 0, NULL)) {
		rmdir(dir);
		SKIP(return, "no debugfs to list probes by");
	}
	snprintf(list, sizeof(list), "%s/kprobes/list", dir);

	EXPECT_EQ(1, probes_on(list, " __crash_kexec"));
	EXPECT_EQ(0, probes_on(list, " down_timeout"));
	EXPECT_EQ(0, module_unload());
	EXPECT_EQ(0, probes_on(list, " __crash_kexec"));
	umount(dir);
	rmdir(dir);
}

TEST_HARNESS_MAIN
