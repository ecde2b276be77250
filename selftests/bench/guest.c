// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's end of make bench: PID 1 of a guest that measures what a panic
 * notifier costs, and is told nothing from outside, so that it does the same each
 * time, to the instruction. The kernel's command line says what to do:
 *
 *   bench=count		instructions of each way, by bracket.ko, without a panic
 *   bench=panic,WAY		the same for one way in a real panic; bracket.ko prints it
 *   bench=load			how long loading a driver takes, and how large it is then
 *
 * On the second serial port it says "begun" before it loads anything, lest a driver that
 * ends the guest at its load be taken for a guest that never came up; then what it finds,
 * in lines "WAY FIGURE VALUE", and "end". Anything else there is trouble.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PARAMETERS "/sys/module/bracket/parameters/"
#define DEVICE "/sys/bus/platform/devices/QEMU0001:00/"
#define ACPI_DEVICE "/sys/bus/acpi/devices/QEMU0001:00/"	/* on 5.10 that is what the in-tree driver binds */
#define LOADS 9
/* Some 0.1 s after a kprobe has gone the kernel's optimizer of these may hold their lock. */
#define SETTLE_US 500000

struct module {
	const char *file, *params;
};

/*
 * A way to tell the host, and what that takes. What is measured by another word than
 * "chain" has no driver, but guarded: there the guard finds that it may evaluate no AML.
 */
static const struct way {
	const char *name, *measure;
	struct module module[2];
	bool wrpt;	/* only where the driver would evaluate WRPT */
} ways[] = {
	{ .name = "empty", .measure = "chain" },
	{ .name = "bare-port", .measure = "bare-port" },
	{ .name = "bare-wrpt", .measure = "bare-wrpt", .wrpt = true },
	{ .name = "in-tree", .measure = "chain",
	  .module = { { "pvpanic", "" }, { "pvpanic-mmio", "" } } },
	{ .name = "port", .measure = "chain", .module = { { "pvpanic-guest", "transport=port" } } },
	{ .name = "guarded", .measure = "chain-locked",
	  .module = { { "pvpanic-guest", "" } }, .wrpt = true },
	{ .name = "wrpt", .measure = "chain", .module = { { "pvpanic-guest", "" } }, .wrpt = true },
};

enum { WAYS = sizeof(ways) / sizeof(*ways) };

static void over(void)
{
	sync();
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static void give_up(const char *what, const char *which)
{
	printf("%s: %s: %s\n", what, which, strerror(errno));
	over();
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		give_up(path, text);
	close(fd);
}

/* Return: the file's first line, "" for none. */
static const char *read_file(const char *path)
{
	static char text[4096];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static bool is_there(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/m/%s.ko", name);
	return !access(path, R_OK);
}

/* Before 5.13 the in-tree driver is one module, not two. */
static void load(const char *name, const char *params)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "/m/%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || syscall(SYS_finit_module, fd, params, 0))
		give_up("insmod", path);
	close(fd);
}

/* The kernel's name of a module has no dashes. */
static const char *in_kernel(const char *name)
{
	static char text[64];
	char *c;

	snprintf(text, sizeof(text), "%s", name);
	for (c = text; *c; c++)
		if (*c == '-')
			*c = '_';
	return text;
}

static void unload(const char *name)
{
	if (syscall(SYS_delete_module, in_kernel(name), O_NONBLOCK))
		give_up("rmmod", name);
}

static void load_driver(const struct way *way)
{
	int i;

	for (i = 0; i < 2 && way->module[i].file; i++)
		if (is_there(way->module[i].file))
			load(way->module[i].file, way->module[i].params);
}

static void unload_driver(const struct way *way)
{
	int i;

	for (i = 1; i >= 0; i--)
		if (way->module[i].file && is_there(way->module[i].file))
			unload(way->module[i].file);
}

static void arrange(const struct way *way, int priority)
{
	char params[32];

	snprintf(params, sizeof(params), "priority=%d", priority);
	load("bracket", params);
	load_driver(way);
	sleep(1);	/* the rehearsal's kprobes are gone; 5.10 takes a moment to mend the code */
}

static void clear(const struct way *way)
{
	unload_driver(way);
	unload("bracket");
}

static bool measure(const struct way *way, unsigned int *byte, unsigned int *through)
{
	write_file(PARAMETERS "measure", way->measure);
	if (sscanf(read_file(PARAMETERS "measure"), "%u %u", byte, through) != 2)
		give_up("bracket.ko", way->name);
	return *byte > 0;
}

/*
 * The brackets have to be of the driver's priority, lest others come between: it is
 * the highest, or, where no byte is seen so, the in-tree driver's before 6.0.
 */
static int find_priority(const struct way *way, unsigned int *byte, unsigned int *through)
{
	static const int priorities[] = { INT_MAX, 1 };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		arrange(way, priorities[i]);
		if (measure(way, byte, through) || !strcmp(way->name, "empty"))
			return priorities[i];
		clear(way);
	}
	errno = ENODATA;
	give_up("no byte came between the brackets", way->name);
	return 0;
}

/* Asked of the driver: PREEMPT_RT, for one, has no WRPT in a panic. */
static bool has_wrpt(void)
{
	bool has;

	load("pvpanic-guest", "");
	has = !strcmp(read_file(DEVICE "transport"), "wrpt");
	unload("pvpanic-guest");
	return has;
}

static void count(void)
{
	unsigned int i, byte, through;
	bool wrpt = has_wrpt();

	for (i = 0; i < WAYS; i++) {
		if (ways[i].wrpt && !wrpt)
			continue;
		find_priority(&ways[i], &byte, &through);
		clear(&ways[i]);
		if (byte)
			printf("%s byte %u\n", ways[i].name, byte);
		printf("%s through %u\n", ways[i].name, through);
	}
	printf("end\n");
	over();
}

static void really_panic(const char *name)
{
	unsigned int i, byte, through;

	for (i = 0; i < WAYS && strcmp(ways[i].name, name); i++)
		;
	if (i == WAYS)
		give_up("there is no way", name);
	find_priority(&ways[i], &byte, &through);
	printf("%s through %u\n", ways[i].name, through);
	write_file(PARAMETERS "measure", ways[i].wrpt ? "panic-warm" : "panic");
	printf("end\n");
	write_file("/proc/sysrq-trigger", "c");
}

static unsigned int now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int by_size(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void print_size(const struct way *way)
{
	char path[PATH_MAX];
	int i, size = 0;

	for (i = 0; i < 2 && way->module[i].file; i++) {
		snprintf(path, sizeof(path), "/sys/module/%s/coresize",
			 in_kernel(way->module[i].file));
		size += atoi(read_file(path));
	}
	printf("%s loaded %d\n", way->name, size);
}

/* A device is bound when its driver's module has been loaded. */
static void time_loading(void)
{
	int i, n, took[LOADS];
	unsigned int start;

	for (i = 0; i < WAYS; i++) {
		if (!ways[i].module[0].file || !strcmp(ways[i].name, "guarded"))
			continue;
		for (n = 0; n < LOADS; n++) {
			start = now();
			load_driver(&ways[i]);
			took[n] = now() - start;
			if (access(DEVICE "driver", F_OK) && access(ACPI_DEVICE "driver", F_OK))
				give_up("not bound", ways[i].name);
			if (!n)
				print_size(&ways[i]);
			unload_driver(&ways[i]);
			usleep(SETTLE_US);
		}
		qsort(took, LOADS, sizeof(*took), by_size);
		printf("%s load %d\n", ways[i].name, took[LOADS / 2]);
	}
	printf("end\n");
	over();
}

/* What follows "bench=" on the kernel's command line. */
static const char *task(void)
{
	static char text[64];
	const char *at;

	at = strstr(read_file("/proc/cmdline"), " bench=");
	if (!at || sscanf(at, " bench=%63s", text) != 1)
		give_up("the command line has no", "bench=");
	return text;
}

int main(void)
{
	const char *what;

	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	if (!freopen("/dev/ttyS1", "w", stdout))
		over();
	setvbuf(stdout, NULL, _IOLBF, 0);
	what = task();
	printf("begun\n");
	tcdrain(fileno(stdout));	/* a panic would cut it off */
	if (!strcmp(what, "count"))
		count();
	else if (!strcmp(what, "load"))
		time_loading();
	else if (!strncmp(what, "panic,", 6))
		really_panic(what + 6);
	give_up("no such task", what);
}
