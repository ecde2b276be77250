// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs in a guest whose kernel can fail on demand: does one thing over and over,
 * with its first allocation failing, then its second, and so on until all that it
 * allocates was had. Each time it looks at what came of it: all of it, or nothing
 * and an error. Then it undoes the thing, and goes on.
 *
 *	fail-nth bind [GLOB]		bind the device by sysfs
 *	fail-nth load MODULE [GLOB]	load the module, which binds
 *	fail-nth events [GLOB]		switch SHUTDOWN on by sysfs
 *	fail-nth leaks			look for what nobody points to any more (kmemleak)
 *
 * With GLOB it stops where the outcome of a failure fits, and leaves that in place.
 * Outcomes go to stdout as NAME=VALUE lines, what is wrong to stderr; exit 1 then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

#include "../lib/in-guest.h"

#define DEBUGFS		"/sys/kernel/debug/"

enum { STEPS_MAX = 5000, OUTCOMES_MAX = 64, TEXT_BYTES = 256 };

static int fail_nth, kernel_log, faults;
static unsigned int step;
static const char *bus = "platform";
static char device[TEXT_BYTES] = "QEMU0001:00";

static void wrong(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void wrong(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "fail-nth: step %u: ", step);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	faults++;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* The file's first line; empty where there is none. */
static void read_file(const char *path, char text[TEXT_BYTES])
{
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, TEXT_BYTES - 1);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

/* The path of an attribute of the device. */
static const char *of_device(const char *name)
{
	static char path[3 * TEXT_BYTES];

	snprintf(path, sizeof(path), "/sys/bus/%s/devices/%s/%s", bus, device, name);
	return path;
}

static int write_driver(const char *file)
{
	char path[TEXT_BYTES];

	snprintf(path, sizeof(path), "/sys/bus/%s/drivers/pvpanic-guest/%s", bus, file);
	return write_file(path, device);
}

/* Without the ACPI device, the PCI device. */
static void find_device(void)
{
	static const char pattern[] = "/sys/bus/pci/devices/*";
	char vendor[TEXT_BYTES], id[TEXT_BYTES];
	glob_t found;
	size_t i;

	if (!access(of_device(""), F_OK) || glob(pattern, 0, NULL, &found))
		return;
	bus = "pci";
	for (i = 0; i < found.gl_pathc; i++) {
		snprintf(device, sizeof(device), "%s", basename(found.gl_pathv[i]));
		read_file(of_device("vendor"), vendor);
		read_file(of_device("device"), id);
		if (!strcmp(vendor, "0x1b36") && !strcmp(id, "0x0011"))
			break;
	}
	globfree(&found);
}

static void arm(unsigned int nth)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(fail_nth, text, n, 0) != n)
		die("/proc/thread-self/fail-nth");
}

/* Return: whether the failure that was armed has happened. */
static bool disarm(void)
{
	char text[16] = "";

	if (pread(fail_nth, text, sizeof(text) - 1, 0) < 0)
		die("/proc/thread-self/fail-nth");
	arm(0);
	return atoi(text) == 0;
}

/* Whether the kernel has said something of the device since the last call. */
static bool kernel_has_spoken(void)
{
	char line[8192];
	bool spoken = false;
	ssize_t n;

	for (;;) {
		n = read(kernel_log, line, sizeof(line) - 1);
		if (n < 0 && errno != EPIPE)	/* EPIPE: lines were lost, there are more */
			return spoken;
		if (n <= 0)
			continue;
		line[n] = '\0';
		if (strstr(line, device))
			spoken = true;
	}
}

static bool bound(void)
{
	return !access(of_device("driver"), F_OK);
}

static bool loaded(void)
{
	return !access("/sys/module/pvpanic_guest", F_OK);
}

/* What a device is like that was bound, in the words of its attributes. */
static void describe(char outcome[TEXT_BYTES])
{
	static const char *const names[] = { "capability", "events", "transport", "crash_hook" };
	char value[TEXT_BYTES];
	size_t i, used = 0;

	outcome[0] = '\0';
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		read_file(of_device(names[i]), value);
		if (!value[0])
			wrong("bound without the attribute %s", names[i]);
		used += snprintf(outcome + used, TEXT_BYTES - used, "%s%.40s", i ? "," : "",
				 value);
	}
}

static void check_state(int error, char outcome[TEXT_BYTES])
{
	bool is = bound();

	if (is && error)
		wrong("bound although it failed: %s", strerror(error));
	if (!is && !access(of_device("events"), F_OK))
		wrong("not bound, and its attributes are there");
	if (is)
		describe(outcome);
	else
		snprintf(outcome, TEXT_BYTES, "not bound (%s)", strerror(error));
}

static int do_bind(const char *unused)
{
	(void)unused;
	return write_driver("bind");
}

static void after_bind(int error, char outcome[TEXT_BYTES])
{
	check_state(error, outcome);
	if (!error && !bound())
		wrong("not bound, and nobody was told");
}

static void undo_bind(void)
{
	int error = bound() ? write_driver("unbind") : 0;

	if (error || bound())
		wrong("can't be unbound: %s", strerror(error));
}

static int do_load(const char *module)
{
	int fd = open(module, O_RDONLY | O_CLOEXEC), error;

	if (fd < 0)
		return errno;
	error = syscall(SYS_finit_module, fd, "", 0) ? errno : 0;
	close(fd);
	return error;
}

/* A driver that is there does not fail to load because a device could not be bound. */
static void after_load(int error, char outcome[TEXT_BYTES])
{
	bool spoken = kernel_has_spoken();

	check_state(error, outcome);
	if (error && loaded())
		wrong("loaded although it failed: %s", strerror(error));
	if (!error && !loaded())
		wrong("it was not loaded, and nobody was told");
	if (!error && !spoken)
		wrong("loaded, and not a word about the device");
}

static void undo_load(void)
{
	if (loaded() && syscall(SYS_delete_module, "pvpanic_guest", O_NONBLOCK))
		wrong("can't be unloaded: %s", strerror(errno));
}

static int do_events(const char *unused)
{
	(void)unused;
	return write_file(of_device("events"), "7");
}

static void after_events(int error, char outcome[TEXT_BYTES])
{
	char events[TEXT_BYTES];

	read_file(of_device("events"), events);
	if (strcmp(events, error ? "3" : "7"))
		wrong("events is %s after: %s", events, strerror(error));
	snprintf(outcome, TEXT_BYTES, "events %.8s (%s)", events, strerror(error));
}

static void undo_events(void)
{
	int error = write_file(of_device("events"), "3");

	if (error)
		wrong("SHUTDOWN can't be switched off: %s", strerror(error));
}

static const struct way {
	const char *name;
	int (*act)(const char *argument);
	void (*after)(int error, char outcome[TEXT_BYTES]);
	void (*undo)(void);
} ways[] = {
	{ "bind", do_bind, after_bind, undo_bind },
	{ "load", do_load, after_load, undo_load },
	{ "events", do_events, after_events, undo_events },
};

/* Each kind of outcome is told once, with the first step that led to it. */
static void tell(const char *outcome)
{
	static char told[OUTCOMES_MAX][TEXT_BYTES];
	static int n;
	int i;

	for (i = 0; i < n; i++)
		if (!strcmp(told[i], outcome))
			return;
	if (n < OUTCOMES_MAX)
		memcpy(told[n++], outcome, TEXT_BYTES);
	printf("step-%u=%s\n", step, outcome);
}

static int try_all(const struct way *way, const char *argument, const char *glob)
{
	char outcome[TEXT_BYTES];
	bool failed = true;
	int error;

	way->undo();
	for (step = 1; failed && step <= STEPS_MAX; step++) {
		kernel_has_spoken();
		arm(step);
		error = way->act(argument);
		failed = disarm();
		way->after(error, outcome);
		tell(outcome);
		if (!failed && error)
			wrong("nothing was made to fail, and it failed: %s", strerror(error));
		if (failed && glob && !fnmatch(glob, outcome, 0))
			return faults ? 1 : 0;
		if (failed)
			way->undo();
	}
	printf("steps=%u faults=%d\n", step - 1, faults);
	if (glob)
		wrong("no failure ends like %s", glob);
	if (failed)
		wrong("there is no end to it");
	return faults ? 1 : 0;
}

static bool has_leaks(void)
{
	char line[TEXT_BYTES];
	bool some = false;
	FILE *f;

	if (write_file(DEBUGFS "kmemleak", "scan"))
		die(DEBUGFS "kmemleak");
	f = fopen(DEBUGFS "kmemleak", "r");
	while (f && fgets(line, sizeof(line), f)) {
		fputs(line, stderr);
		some = true;
	}
	if (f)
		fclose(f);
	return some;
}

/* kmemleak believes of nothing younger than five seconds that it is lost. */
static int leaks(void)
{
	struct timespec now;
	time_t end;
	bool some;

	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + 7;
	do {
		some = has_leaks();
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (!some && now.tv_sec < end);
	printf("leaks=%s\n", some ? "some" : "none");
	return some;
}

/* What sleeps may fail too, not only what can't wait for memory. */
static void prepare(void)
{
	if (access(DEBUGFS "failslab", F_OK))
		mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	if (write_file(DEBUGFS "failslab/ignore-gfp-wait", "N") ||
	    write_file(DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N") ||
	    write_file(DEBUGFS "fail_page_alloc/min-order", "0"))
		die(DEBUGFS "failslab");
	write_file(DEBUGFS "failslab/verbose", "0");
	write_file(DEBUGFS "fail_page_alloc/verbose", "0");
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	kernel_log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fail_nth < 0 || kernel_log < 0)
		die("/proc/thread-self/fail-nth, /dev/kmsg");
	lseek(kernel_log, 0, SEEK_END);
}

int main(int argc, char **argv)
{
	const struct way *way;
	bool load;
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	find_device();
	prepare();
	if (argc == 2 && !strcmp(argv[1], "leaks"))
		return leaks();
	for (i = 0; argc > 1 && i < sizeof(ways) / sizeof(*ways); i++) {
		way = &ways[i];
		load = way->act == do_load;
		if (!strcmp(argv[1], way->name) && argc >= 2 + load)
			return try_all(way, load ? argv[2] : NULL,
				       argc > 2 + load ? argv[2 + load] : NULL);
	}
	fprintf(stderr, "usage: fail-nth bind|load MODULE|events [GLOB], or fail-nth leaks\n");
	return 2;
}
