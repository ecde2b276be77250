// SPDX-License-Identifier: GPL-2.0-only
/*
 * cycles N EVERY DEVICE: in a guest, the driver is loaded, unbound from the device (its directory in
 * sysfs), bound to it and unloaded N times,
 * while another process, on another CPU, switches events on and off. Afterwards the
 * kernel's lists must be as they were before. Lost memory is for kmemleak to find, see
 * the scenario no-leaks-of-cycles.
 *
 * Under emulation a bind takes ten times as long with kprobes as without, so
 * one cycle in EVERY is with the hook and the rehearsal, the others are without.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "../lib/in-guest.h"

#define MODULE	"/m/pvpanic-guest.ko"
#define DEBUG	"/sys/kernel/debug"

#define WITHOUT_KPROBES	"transport=port crash_hook=0"

/* Files of sysfs, and the name of the device. */
static char events[PATH_MAX], bind[PATH_MAX], unbind[PATH_MAX];
static const char *device;

static const char *const unchanged[] = {
	"/proc/modules", "/proc/ioports", "/proc/iomem", DEBUG "/kprobes/list",
};

enum { FILES = sizeof(unchanged) / sizeof(*unchanged) };

/* Shared with the process that toggles: how often it could write. */
static volatile unsigned long *toggled;

static int fail(const char *what, const char *which, int error)
{
	printf("# %s%s: %s\n", what, which, strerror(error));
	return 1;
}

static void on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* A device that is not bound has no such file. The parent notices if this process ends. */
static void toggle(void)
{
	static const char *const values[] = { "0", "3", "1", "2", "1", "3" };
	unsigned int i;
	int error;

	for (i = 0;; i = (i + 1) % 6) {
		error = write_file(events, values[i]);
		if (!error)
			++*toggled;
		else if (error != ENOENT && error != ENODEV)
			break;
	}
	fail("events = ", values[i], error);
	_exit(1);
}

/* Return: 0 if all steps worked. */
static int cycle(long i, const char *params)
{
	const char *step = "load";
	int error = load_module(MODULE, params);

	if (!error) {
		step = "unbind";
		error = write_file(unbind, device);
	}
	if (!error) {
		step = "bind";
		error = write_file(bind, device);
	}
	/* Every second time it is unloaded unbound. */
	if (!error && i % 2) {
		step = "second unbind";
		error = write_file(unbind, device);
	}
	if (!error) {
		step = "unload";
		error = unload_module("pvpanic_guest");
	}
	return error ? fail(step, "", error) : 0;
}

/* Return: the text of a file, empty if there is none. */
static char *contents(const char *path)
{
	enum { BYTES = 65536 };
	char *text = calloc(1, BYTES);
	FILE *f = fopen(path, "r");

	if (f && text)
		fread(text, 1, BYTES - 1, f);
	if (f)
		fclose(f);
	return text;
}

/* @directory: of the device, in /sys/bus/.../devices */
static int find_files(const char *directory)
{
	char path[PATH_MAX], bus[PATH_MAX];

	snprintf(path, sizeof(path), "%s/subsystem", directory);
	device = strrchr(directory, '/');
	if (!device || !realpath(path, bus))
		return fail("no device ", directory, errno);
	device++;
	snprintf(events, sizeof(events), "%s/events", directory);
	snprintf(bind, sizeof(bind), "%.2000s/drivers/pvpanic-guest/bind", bus);
	snprintf(unbind, sizeof(unbind), "%.2000s/drivers/pvpanic-guest/unbind", bus);
	return 0;
}

static int run_cycles(long cycles, long every)
{
	long i;

	for (i = 1; i <= cycles; i++) {
		if (cycle(i, i % every ? WITHOUT_KPROBES : ""))
			return 1;
		if (i % (cycles / 10 ? cycles / 10 : 1) == 0)
			printf("# cycles: %ld of %ld; events written %lu times meanwhile\n", i,
			       cycles, *toggled);
	}
	return 0;
}

int main(int argc, char **argv)
{
	long cycles = argc == 4 ? atol(argv[1]) : 0, every = argc == 4 ? atol(argv[2]) : 0;
	char *before[FILES], *after;
	int i, failed, status;
	pid_t child;

	if (every < 1 || cycles < 1) {
		fprintf(stderr, "usage: cycles N EVERY DEVICE\n");
		return 2;
	}
	if (find_files(argv[3]))
		return 1;
	setvbuf(stdout, NULL, _IOLBF, 0);
	mount("debugfs", DEBUG, "debugfs", 0, NULL);
	toggled = mmap(NULL, sizeof(*toggled), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	for (i = 0; i < FILES; i++)
		before[i] = contents(unchanged[i]);
	on_cpu(0);
	child = fork();
	if (child < 0)
		return fail("fork", "", errno);
	if (child == 0) {
		on_cpu(1);
		toggle();
	}
	failed = run_cycles(cycles, every);
	kill(child, SIGKILL);
	if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status) || !*toggled)
		failed = fail("events were not switched on and off all the while", "", ECHILD);
	for (i = 0; i < FILES; i++) {
		after = contents(unchanged[i]);
		if (strcmp(before[i], after))
			failed = fail(unchanged[i], " is not as before", EEXIST);
	}
	return failed;
}
