// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's parameters: they are there to be read, what is good does what it says,
 * and what is bad keeps the module out, with a line in the log, before anything is bound.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "device.h"

#define PARAMETERS "/sys/module/" MODULE "/parameters"

static const char *path_of(const char *parameter)
{
	static char path[TEXT_BYTES];

	snprintf(path, sizeof(path), PARAMETERS "/%s", parameter);

	return path;
}

TEST(all_are_there_and_read_only)
{
	struct stat st;
	int i;

	ASSERT_EQ(0, module_by_default());
	for (i = 0; parameters[i]; i++) {
		ASSERT_EQ(0, stat(path_of(parameters[i]), &st)) TH_LOG("no %s", parameters[i]);
		EXPECT_EQ(0444, st.st_mode & 07777) TH_LOG("of %s", parameters[i]);
	}
}

TEST(there_is_no_other)
{
	struct dirent *entry;
	DIR *dir;
	int i;

	ASSERT_EQ(0, module_by_default());
	dir = opendir(PARAMETERS);
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		for (i = 0; parameters[i] && strcmp(parameters[i], entry->d_name); i++)
			;
		EXPECT_NE(NULL, parameters[i]) TH_LOG("%s is not documented", entry->d_name);
	}
	closedir(dir);
}

TEST(default_values)
{
	char text[TEXT_BYTES];
	int i;

	ASSERT_EQ(0, module_reload(""));
	for (i = 0; parameters[i]; i++) {
		ASSERT_LT(0, file_read(path_of(parameters[i]), text));
		EXPECT_STREQ(defaults[i], text) TH_LOG("of %s", parameters[i]);
	}
}

/* A good value is shown as the kernel prints its type, and has an effect on the device. */
FIXTURE(good)
{
};

FIXTURE_VARIANT(good)
{
	const char *name, *value, *shown;
	const char *seen;	/* in the attribute of the same name; NULL: @events */
	int events;
};

#define GOOD(variant, name, value, shown, seen) \
	FIXTURE_VARIANT_ADD(good, variant) { name, value, shown, seen, 0 }
#define GOOD_EVENTS(variant, value, shown, events) \
	FIXTURE_VARIANT_ADD(good, variant) { "events", value, shown, NULL, events }

GOOD_EVENTS(events_none, "0", "0", 0);
GOOD_EVENTS(events_panicked, "1", "1", PANICKED);
GOOD_EVENTS(events_hex, "0x3", "3", PANICKED | CRASH_LOADED);
GOOD_EVENTS(events_all, "7", "7", PANICKED | CRASH_LOADED | SHUTDOWN);
GOOD(transport_port, "transport", "port", "port", "port\n");
GOOD(port_hex, "port", "0x505", "1285", "0x505\n");
GOOD(port_decimal, "port", "1285", "1285", "0x505\n");
GOOD(crash_hook_off, "crash_hook", "0", "N", "off\n");
GOOD(crash_hook_no, "crash_hook", "n", "N", "off\n");

FIXTURE_SETUP(good)
{
}

FIXTURE_TEARDOWN(good)
{
}

TEST_F(good, is_obeyed)
{
	char params[TEXT_BYTES], text[TEXT_BYTES];

	snprintf(params, sizeof(params), "%s=%s", variant->name, variant->value);
	ASSERT_EQ(0, module_reload(params));
	ASSERT_TRUE(device_bound());
	ASSERT_LT(0, file_read(path_of(variant->name), text));
	text[strcspn(text, "\n")] = '\0';
	EXPECT_STREQ(variant->shown, text);
	if (!variant->seen) {
		EXPECT_EQ(variant->events & device_events("capability"), device_events("events"));
		return;
	}
	ASSERT_LT(0, device_read(variant->name, text));
	EXPECT_STREQ(variant->seen, text);
}

FIXTURE(bad)
{
};

FIXTURE_VARIANT(bad)
{
	const char *param;
};

#define BAD(variant, text) FIXTURE_VARIANT_ADD(bad, variant) { .param = (text) }

BAD(transport_unknown, "transport=wrpt");
BAD(transport_upper_case, "transport=PORT");
BAD(transport_empty, "transport=");
BAD(events_reserved, "events=8");
BAD(events_negative, "events=-1");
BAD(events_word, "events=junk");
BAD(events_empty, "events=");
BAD(events_too_long, "events=0x100000001");
BAD(port_too_high, "port=0x10000");
BAD(port_negative, "port=-1");
BAD(port_word, "port=junk");
BAD(crash_hook_two, "crash_hook=2");
BAD(crash_hook_word, "crash_hook=junk");
BAD(crash_hook_empty, "crash_hook=");

FIXTURE_SETUP(bad)
{
	if (module_loaded()) {
		ASSERT_EQ(0, module_unload());
	}
}

FIXTURE_TEARDOWN(bad)
{
}

TEST_F(bad, is_refused)
{
	char line[TEXT_BYTES];
	int log = log_now();

	ASSERT_GE(log, 0);
	EXPECT_GT(0, module_load(variant->param));
	EXPECT_FALSE(module_loaded());
	EXPECT_FALSE(device_bound());
	/* From this driver if the value is out of range, otherwise from the kernel's parser. */
	EXPECT_EQ(3, log_line(log, "pvpanic", line)) TH_LOG("no error in the log");
	EXPECT_NE(NULL, strstr(line, "invalid")) TH_LOG("it is: %s", line);
	close(log);
}

TEST_HARNESS_MAIN
