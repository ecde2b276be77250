// SPDX-License-Identifier: GPL-2.0-only
/*
 * pvpanic-check's verdict in a real guest. All the states that a guest can be in are
 * tried on made-up trees (pvpanic-check-test.c); this shows that the trees are like
 * what the kernel shows.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "device.h"

#define OUTPUT_BYTES 4096

/* The exit status. WARNING is armed too, but not for each panic. */
enum { ARMED, WARNING, CRITICAL };

FIXTURE(check)
{
	char out[OUTPUT_BYTES];
};

FIXTURE_SETUP(check)
{
	ASSERT_EQ(0, module_by_default());
}

FIXTURE_TEARDOWN(check)
{
}

/* Beside this program. Return: the exit status, or -1; what it said is in @out. */
static int verdict(char out[OUTPUT_BYTES], const char *option)
{
	char path[PATH_MAX] = "", command[PATH_MAX + 64];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	size_t used;
	int status;
	FILE *f;

	if (n <= 0)
		return -1;
	path[n] = '\0';
	*strrchr(path, '/') = '\0';
	snprintf(command, sizeof(command), "'%s/pvpanic-check' %s 2>&1", path, option);
	f = popen(command, "re");
	if (!f)
		return -1;
	used = fread(out, 1, OUTPUT_BYTES - 1, f);
	out[used] = '\0';
	status = pclose(f);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool crash_kernel(void)
{
	char text[TEXT_BYTES];

	return file_read("/sys/kernel/kexec_crash_loaded", text) > 0 && text[0] == '1';
}

/* What must come of a panic now; the driver's own table, seen from outside. */
static const char *event_now(void)
{
	int events = device_events("events");
	char hook[TEXT_BYTES], post[TEXT_BYTES];

	if (!crash_kernel())
		return events & PANICKED ? "GUEST_PANICKED" : NULL;
	device_read("crash_hook", hook);
	file_read("/sys/module/kernel/parameters/crash_kexec_post_notifiers", post);
	if (strcmp(hook, "on\n") && post[0] != 'Y')
		return NULL;

	return events & CRASH_LOADED ? "GUEST_CRASHLOADED" : NULL;
}

TEST_F(check, armed)
{
	char want[TEXT_BYTES];

	ASSERT_NE(NULL, event_now()) TH_LOG("by default a panic has to be told");
	EXPECT_GE(WARNING, verdict(self->out, ""));
	EXPECT_NE(NULL, strstr(self->out, ": armed")) TH_LOG("%s", self->out);
	EXPECT_GE(WARNING, verdict(self->out, "--json"));
	snprintf(want, sizeof(want), "\"at_panic\": \"%s\"", event_now());
	EXPECT_NE(NULL, strstr(self->out, want)) TH_LOG("%s", self->out);
	EXPECT_NE(NULL, strstr(self->out, "\"armed\": true, \"reason\"")) TH_LOG("%s", self->out);
}

TEST_F(check, every_choice_of_events)
{
	int capability = device_events("capability"), events, status;
	char text[TEXT_BYTES];
	const char *event;

	for (events = 0; events < 8; events++) {
		if (events & ~capability)
			continue;
		snprintf(text, sizeof(text), "%x\n", events);
		ASSERT_EQ(0, device_write("events", text));
		event = event_now();
		status = verdict(self->out, "");
		EXPECT_TRUE(event ? status == ARMED || status == WARNING : status == CRITICAL)
			TH_LOG("events=%s%s", text, self->out);
		EXPECT_NE(NULL, strstr(self->out, event ? ": armed" : ": NOT armed: "));
		if (event) {
			EXPECT_NE(NULL, strstr(self->out, event)) TH_LOG("%s", self->out);
		}
	}
}

TEST_F(check, it_shows_the_attributes)
{
	static const char *const shown[] = { "transport", "port", "crash_hook" };
	char text[TEXT_BYTES], want[2 * TEXT_BYTES];
	size_t i;

	EXPECT_GE(WARNING, verdict(self->out, "--json"));
	for (i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		ASSERT_LT(0, device_read(shown[i], text));
		text[strcspn(text, "\n")] = '\0';
		snprintf(want, sizeof(want), "\"%s\": \"%s\"", shown[i], text);
		EXPECT_NE(NULL, strstr(self->out, want)) TH_LOG("no %s in %s", want, self->out);
	}
	snprintf(want, sizeof(want), "\"capability\": %d", device_events("capability"));
	EXPECT_NE(NULL, strstr(self->out, want)) TH_LOG("no %s in %s", want, self->out);
}

TEST_F(check, unbound)
{
	ASSERT_EQ(0, device_unbind());
	EXPECT_EQ(CRITICAL, verdict(self->out, ""));
	EXPECT_NE(NULL, strstr(self->out, "loaded but has not bound")) TH_LOG("%s", self->out);
}

TEST_F(check, not_loaded)
{
	ASSERT_EQ(0, module_unload());
	EXPECT_EQ(CRITICAL, verdict(self->out, ""));
	EXPECT_NE(NULL, strstr(self->out, "modprobe " DRIVER)) TH_LOG("%s", self->out);
	EXPECT_EQ(CRITICAL, verdict(self->out, "--json"));
	EXPECT_NE(NULL, strstr(self->out, "\"driver\": null")) TH_LOG("%s", self->out);
}

TEST_F(check, it_needs_no_privilege)
{
	int status;
	pid_t pid = fork();

	ASSERT_GE(pid, 0);
	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(99);
		_exit(verdict(self->out, ""));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	EXPECT_GE(WARNING, WEXITSTATUS(status));
}

TEST_HARNESS_MAIN
