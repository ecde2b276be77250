// SPDX-License-Identifier: GPL-2.0-only
/*
 * cycles N [EVERY]: in a guest, the driver is loaded, unbound, bound and unloaded N
 * times, while another process, on another CPU, switches events on and off; and
 * nothing may be left behind.
 *
 * Under emulation a bind takes ten times as long with kprobes as without. With EVERY,
 * one cycle in EVERY is with the hook and the rehearsal, the others are without.
 *
 * What is left behind is told from what the kernel does with its memory anyway by
 * number: a leak leaves something in each cycle. So what was there after the first
 * cycles is compared with what is there after the last, cache by cache. What grew by
 * less than one object in two cycles of the rarer kind is no leak, nor is what fits
 * the one slab that each CPU may hold, whose free objects nobody counts. What names
 * the driver, or a kprobe, must be as it was before the first.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "write-file.h"

#define MODULE	"/m/pvpanic-guest.ko"
#define DRIVER	"/sys/bus/platform/drivers/pvpanic-guest/"
#define DEVICE	"QEMU0001:00"
#define DEBUG	"/sys/kernel/debug"

#define WITHOUT_KPROBES	"transport=port crash_hook=0"

enum { WARM_UP = 50, NOISE_KIB = 64, CACHES = 512, SETTLE_TRIES = 100, SETTLE_US = 100000 };

struct count {
	char name[64];
	long value, noise;
};

struct counts {
	struct count v[CACHES];
	int n;
};

/* Shared with the process that toggles: how often a write of events was taken. */
static volatile unsigned long *toggled;
static int failed;

static void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void fail(const char *fmt, ...)
{
	va_list ap;

	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	failed = 1;
}

static void on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/*
 * A device that is unbound just now has no such file; of anything else that is amiss
 * the parent learns by this process's end.
 */
static void toggle(void)
{
	static const char *const values[] = { "0", "7", "3", "4", "1", "7" };
	unsigned int i;
	int error;

	for (i = 0;; i = (i + 1) % 6) {
		error = write_file("/sys/bus/platform/devices/" DEVICE "/events", values[i]);
		if (!error)
			++*toggled;
		else if (error != ENOENT && error != ENODEV)
			break;
	}
	fail("events: writing %s: %s", values[i], strerror(error));
	_exit(1);
}

static int load(const char *params)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC), error;

	error = fd < 0 || syscall(SYS_finit_module, fd, params, 0) ? errno : 0;
	close(fd);
	return error;
}

/* Return: whether all four steps worked. */
static int cycle(long i, const char *params)
{
	const char *step = "load";
	int error = load(params);

	if (!error) {
		step = "unbind";
		error = write_file(DRIVER "unbind", DEVICE);
	}
	if (!error) {
		step = "bind";
		error = write_file(DRIVER "bind", DEVICE);
	}
	/* Unloaded from either state, in turn. */
	if (!error && i % 2) {
		step = "second unbind";
		error = write_file(DRIVER "unbind", DEVICE);
	}
	if (!error) {
		step = "unload";
		error = syscall(SYS_delete_module, "pvpanic_guest", O_NONBLOCK) ? errno : 0;
	}
	if (error)
		fail("cycle %ld: %s: %s", i, step, strerror(error));
	return !error;
}

static void add(struct counts *c, const char *name, long value, long noise)
{
	if (c->n == CACHES) {
		fail("more than %d slab caches", CACHES);
		return;
	}
	snprintf(c->v[c->n].name, sizeof(c->v[c->n].name), "%s", name);
	c->v[c->n].noise = noise;
	c->v[c->n++].value = value;
}

/*
 * What a CPU keeps of a cache for itself counts as used until the cache is shrunk. The
 * files are opened once, for looking them up takes objects too; links are other names.
 */
static void shrink(void)
{
	static int files[CACHES], n;
	struct dirent *entry;
	char path[300];
	DIR *dir;
	int i;

	dir = n ? NULL : opendir("/sys/kernel/slab");
	while (dir && n < CACHES && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", entry->d_name);
		if (entry->d_type == DT_DIR && (files[n] = open(path, O_WRONLY)) >= 0)
			n++;
	}
	if (dir)
		closedir(dir);
	write_file("/proc/sys/vm/drop_caches", "3");
	for (i = 0; i < n; i++)
		if (write(files[i], "1", 1) < 0)
			fail("/sys/kernel/slab: %s", strerror(errno));
}

/* Objects in use, cache by cache; and KiB of what is not slab. */
static void count(struct counts *c)
{
	long value, per_slab, cpus = sysconf(_SC_NPROCESSORS_ONLN);
	char line[512], name[64];
	FILE *f;

	c->n = 0;
	shrink();
	f = fopen("/proc/slabinfo", "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63s %ld %*d %*d %ld", name, &value, &per_slab) == 3)
			add(c, name, value, per_slab * cpus);
	if (f)
		fclose(f);
	if (!c->n)
		fail("/proc/slabinfo says nothing");
	f = fopen("/proc/meminfo", "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63[^:]: %ld", name, &value) == 2 &&
		    (!strcmp(name, "VmallocUsed") || !strcmp(name, "Percpu") ||
		     !strcmp(name, "SUnreclaim") || !strcmp(name, "PageTables")))
			add(c, name, value, NOISE_KIB);
	if (f)
		fclose(f);
}

/* Return: how many of @now have grown by @limit, and more than noise; they are named if @tell. */
static int grown(const struct counts *before, const struct counts *now, long limit, int tell)
{
	int i, k, n = 0;

	for (i = 0; i < now->n; i++) {
		long was = 0;

		for (k = 0; k < before->n; k++)
			if (!strcmp(before->v[k].name, now->v[i].name))
				was = before->v[k].value;
		if (now->v[i].value - was < limit || now->v[i].value - was <= now->v[i].noise)
			continue;
		n++;
		if (tell)
			fail("leak: %s grew from %ld to %ld", now->v[i].name, was, now->v[i].value);
	}
	return n;
}

/* Some of it is freed later, after a grace period or by a worker. */
static void compare(const struct counts *before, long limit)
{
	static struct counts now;
	int tries;

	for (tries = 0; tries < SETTLE_TRIES; tries++) {
		count(&now);
		if (!grown(before, &now, limit, 0))
			return;
		usleep(SETTLE_US);
	}
	grown(before, &now, limit, 1);
}

/* A file whole, for comparing; empty where the kernel has none. */
static char *contents(const char *path)
{
	enum { ROOM = 65536 };
	char *text = calloc(1, ROOM);
	FILE *f = fopen(path, "r");

	if (f && text)
		fread(text, 1, ROOM - 1, f);
	if (f)
		fclose(f);
	return text;
}

static const char *const unchanged[] = {
	"/proc/modules", "/proc/ioports", "/proc/iomem", DEBUG "/kprobes/list",
};

static void kmemleak(void)
{
	char *found;

	/* What was allocated just now is not yet suspected in the first scan. */
	if (write_file(DEBUG "/kmemleak", "scan") || write_file(DEBUG "/kmemleak", "scan"))
		return;
	found = contents(DEBUG "/kmemleak");
	if (*found)
		fail("kmemleak: %s", found);
	else
		printf("leaks=none\n");
	free(found);
}

int main(int argc, char **argv)
{
	enum { FILES = sizeof(unchanged) / sizeof(*unchanged) };
	long cycles = argc > 1 ? atol(argv[1]) : 0, every = argc > 2 ? atol(argv[2]) : 1;
	long warm_up, i;
	static struct counts before;
	char *was[FILES], *is;
	pid_t child;
	int status;

	if (every < 1 || cycles < 4 * every) {
		fprintf(stderr, "usage: cycles N [EVERY] (N at least 4 times EVERY)\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	mount("debugfs", DEBUG, "debugfs", 0, NULL);
	warm_up = cycles / 2 < WARM_UP * every ? cycles / 2 : WARM_UP * every;
	toggled = mmap(NULL, sizeof(*toggled), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	for (i = 0; i < FILES; i++)
		was[i] = contents(unchanged[i]);
	write_file(DEBUG "/kmemleak", "clear");

	on_cpu(0);
	child = fork();
	if (child < 0)
		return 2;
	if (child == 0) {
		on_cpu(1);
		toggle();
	}
	for (i = 1; i <= cycles && cycle(i, i % every ? WITHOUT_KPROBES : ""); i++) {
		if (i == warm_up)
			count(&before);
		if (i % (cycles / 10 ? cycles / 10 : 1) == 0)
			printf("# cycles: %ld of %ld; events written %lu times meanwhile\n", i,
			       cycles, *toggled);
	}
	kill(child, SIGKILL);
	if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status) ||
	    WTERMSIG(status) != SIGKILL)
		fail("who toggles events has ended before its time");
	if (failed)
		return 1;
	if (!*toggled)
		fail("events could not once be written");

	compare(&before, (cycles - warm_up) / every / 2);
	for (i = 0; i < FILES; i++) {
		is = contents(unchanged[i]);
		if (strcmp(was[i], is))
			fail("%s is not as before: %s", unchanged[i], is);
		free(is);
		free(was[i]);
	}
	kmemleak();
	return failed;
}
