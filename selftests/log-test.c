// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one line by which an administrator knows what is armed: it comes at each bind,
 * once, and says what the device's attributes say.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "device.h"

enum { LEVEL_ERROR = 3, LEVEL_INFO = 6 };

FIXTURE(log)
{
	int log;
	char start[TEXT_BYTES];		/* of every line about the device */
	char line[TEXT_BYTES];
};

FIXTURE_SETUP(log)
{
	if (module_loaded()) {
		ASSERT_EQ(0, module_unload());
	}
	snprintf(self->start, sizeof(self->start), DRIVER " %s: ", device_name());
	self->log = log_now();
	ASSERT_GE(self->log, 0);
}

FIXTURE_TEARDOWN(log)
{
	close(self->log);
}

static int armed_line(int log, char line[TEXT_BYTES])
{
	char start[TEXT_BYTES];

	snprintf(start, sizeof(start), DRIVER " %s: armed:", device_name());

	return log_line(log, start, line);
}

TEST_F(log, each_bind_writes_it_once)
{
	int i;

	ASSERT_EQ(0, module_load(""));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(LEVEL_INFO, armed_line(self->log, self->line));
		EXPECT_EQ(-1, armed_line(self->log, self->line)) TH_LOG("and: %s", self->line);
		ASSERT_EQ(0, device_unbind());
		ASSERT_EQ(0, device_bind());
	}
}

TEST_F(log, it_has_its_form)
{
	regex_t form;

	ASSERT_EQ(0, regcomp(&form,
		"^pvpanic-guest QEMU0001:[0-9a-f]{2}: armed:( panicked)?( crash_loaded)?( shutdown)?; "
		"(WRPT, then )?port (mem )?0x[0-9a-f]+( \\(not WRPT: [^)]+\\))?; "
		"kdump hook (on|off|unavailable)$", REG_EXTENDED | REG_NOSUB));
	ASSERT_EQ(0, module_load(""));
	ASSERT_EQ(LEVEL_INFO, armed_line(self->log, self->line));
	EXPECT_EQ(0, regexec(&form, self->line, 0, NULL, 0)) TH_LOG("it is: %s", self->line);
	EXPECT_NE(!strstr(self->line, "WRPT, then"), !strstr(self->line, "(not WRPT: "));
	regfree(&form);
}

/* Both are told by the same driver, but at different times and from different code. */
FIXTURE(says)
{
};

FIXTURE_VARIANT(says)
{
	const char *params;
};

FIXTURE_VARIANT_ADD(says, by_default) { .params = "" };
FIXTURE_VARIANT_ADD(says, no_event) { .params = "events=0" };
FIXTURE_VARIANT_ADD(says, one_event) { .params = "events=1" };
FIXTURE_VARIANT_ADD(says, by_the_port) { .params = "transport=port" };
FIXTURE_VARIANT_ADD(says, no_hook) { .params = "crash_hook=0" };

FIXTURE_SETUP(says)
{
	if (module_loaded()) {
		ASSERT_EQ(0, module_unload());
	}
}

FIXTURE_TEARDOWN(says)
{
}

TEST_F(says, what_sysfs_says)
{
	char line[TEXT_BYTES], want[2 * TEXT_BYTES], port[TEXT_BYTES], hook[TEXT_BYTES];
	int log = log_now(), events;

	ASSERT_GE(log, 0);
	ASSERT_EQ(0, module_load(variant->params));
	ASSERT_EQ(LEVEL_INFO, armed_line(log, line));
	close(log);

	events = device_events("events");
	ASSERT_LE(0, events);
	snprintf(want, sizeof(want), "armed:%s%s%s; ", events & PANICKED ? " panicked" : "",
		 events & CRASH_LOADED ? " crash_loaded" : "", events & SHUTDOWN ? " shutdown" : "");
	EXPECT_NE(NULL, strstr(line, want)) TH_LOG("%s: events are %x", line, events);

	ASSERT_LT(0, device_read("port", port));
	ASSERT_LT(0, device_read("crash_hook", hook));
	port[strcspn(port, "\n")] = '\0';
	hook[strcspn(hook, "\n")] = '\0';
	snprintf(want, sizeof(want), "%s%s", strncmp(port, "mem ", 4) ? "port " : "", port);
	EXPECT_NE(NULL, strstr(line, want)) TH_LOG("%s: the port is %s", line, port);
	snprintf(want, sizeof(want), "; kdump hook %s", hook);
	EXPECT_NE(NULL, strstr(line, want)) TH_LOG("%s: the hook is %s", line, hook);

	ASSERT_LT(0, device_read("transport", port));
	if (!strcmp(port, "wrpt\n")) {
		EXPECT_NE(NULL, strstr(line, "WRPT, then"));
	}
	if (strstr(variant->params, "transport=port")) {
		EXPECT_NE(NULL, strstr(line, "(not WRPT: transport=port)"));
	}
}

TEST_F(log, what_is_refused_is_explained)
{
	ASSERT_EQ(0, module_load(""));
	ASSERT_EQ(LEVEL_INFO, armed_line(self->log, self->line));
	ASSERT_NE(0, device_write("events", "junk\n"));
	EXPECT_EQ(LEVEL_ERROR, log_line(self->log, self->start, self->line));
	EXPECT_NE(NULL, strstr(self->line, "events: write a hexadecimal sum"))
		TH_LOG("it is: %s", self->line);
}

TEST_F(log, the_rest_is_silence)
{
	ASSERT_EQ(0, module_load(""));
	ASSERT_EQ(LEVEL_INFO, armed_line(self->log, self->line));
	ASSERT_EQ(0, device_write("events", "1\n"));
	ASSERT_EQ(0, device_unbind());
	ASSERT_EQ(0, module_unload());
	EXPECT_EQ(-1, log_line(self->log, DRIVER, self->line)) TH_LOG("it is: %s", self->line);
}

TEST_HARNESS_MAIN
