// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device and its driver, as the tests see them. The module is loaded by the
 * system call and not by modprobe, for a test wants the error itself, and so that a
 * guest needs no more than a shell for these programs to run.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../kselftest.h"
#include "device.h"

#define DEVICES "/sys/bus/platform/devices"
#define DRIVERS "/sys/bus/platform/drivers"

/* linux/module.h, which older distributions' headers lack the name of. */
#define INIT_COMPRESSED_FILE 4

const char *const attributes[] = { "capability", "events", "transport", "port", "crash_hook", NULL };
const char *const parameters[] = { "transport", "events", "port", "crash_hook", NULL };
const char *const defaults[] = { "auto\n", "7\n", "0\n", "Y\n" };

/* How the guest was found, to leave it so. */
static struct {
	pid_t pid;
	bool loaded, bound;
	char params[4 * TEXT_BYTES];
	char events[TEXT_BYTES];
} found;

/**
 * file_read() - what a small file holds, as one read gives it
 * Return: the number of bytes, or a negative error.
 */
int file_read(const char *path, char text[TEXT_BYTES])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), got;

	text[0] = '\0';
	if (fd < 0)
		return -errno;
	got = read(fd, text, TEXT_BYTES - 1);
	if (got < 0)
		got = -errno;
	else
		text[got] = '\0';
	close(fd);

	return got;
}

static int file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);

	return err;
}

/**
 * device_name() - the guest's first QEMU0001
 * Return: its name among the platform devices, or NULL.
 */
const char *device_name(void)
{
	static char name[TEXT_BYTES];
	struct dirent *entry;
	DIR *dir;

	if (name[0])
		return name;
	dir = opendir(DEVICES);
	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "QEMU0001:", 9))
			continue;
		if (!name[0] || strcmp(entry->d_name, name) < 0)
			snprintf(name, sizeof(name), "%s", entry->d_name);
	}
	if (dir)
		closedir(dir);

	return name[0] ? name : NULL;
}

static const char *device_path(const char *attribute)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), DEVICES "/%s/%s", device_name(), attribute);

	return path;
}

/* The driver's name, or an empty string where there is none. */
static const char *device_driver(void)
{
	static char target[PATH_MAX];
	ssize_t n = readlink(device_path("driver"), target, sizeof(target) - 1);

	target[n > 0 ? n : 0] = '\0';

	return strrchr(target, '/') ? strrchr(target, '/') + 1 : target;
}

bool device_bound(void)
{
	return !strcmp(device_driver(), DRIVER);
}

bool device_has(const char *attribute)
{
	return !access(device_path(attribute), F_OK);
}

/**
 * device_mode() - an attribute's permissions
 * Return: the permission bits, or -1 where there is no such file.
 */
int device_mode(const char *attribute)
{
	struct stat st;

	return stat(device_path(attribute), &st) ? -1 : (int)(st.st_mode & 07777);
}

int device_read(const char *attribute, char text[TEXT_BYTES])
{
	return file_read(device_path(attribute), text);
}

int device_write(const char *attribute, const char *text)
{
	return file_write(device_path(attribute), text);
}

/**
 * device_events() - a set of events from one of the device's attributes
 * @attribute: "capability" or "events"
 *
 * Return: the set, or -1 where the attribute is not exactly a bare hex number and a newline.
 */
int device_events(const char *attribute)
{
	char text[TEXT_BYTES], again[TEXT_BYTES];
	unsigned int events;

	if (device_read(attribute, text) < 0 || sscanf(text, "%x", &events) != 1)
		return -1;
	snprintf(again, sizeof(again), "%x\n", events);

	return strcmp(text, again) || events > 7 ? -1 : (int)events;
}

int device_bind(void)
{
	return file_write(DRIVERS "/" DRIVER "/bind", device_name());
}

int device_unbind(void)
{
	return file_write(DRIVERS "/" DRIVER "/unbind", device_name());
}

/**
 * module_path() - the module's file, as depmod knows it
 * Return: its path, or NULL where it is not installed for this kernel.
 */
const char *module_path(void)
{
	static char path[PATH_MAX];
	char *line = NULL, *base;
	struct utsname name;
	size_t room = 0;
	FILE *dep;

	if (path[0])
		return path;
	if (uname(&name))
		return NULL;
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", name.release);
	dep = fopen(path, "re");
	path[0] = '\0';
	while (dep && !path[0] && getline(&line, &room, dep) > 0) {
		line[strcspn(line, ":\n")] = '\0';
		base = strrchr(line, '/') ? strrchr(line, '/') + 1 : line;
		if (!strncmp(base, DRIVER ".ko", strlen(DRIVER ".ko")))
			snprintf(path, sizeof(path), "/lib/modules/%s/%s", name.release, line);
	}
	if (dep)
		fclose(dep);
	free(line);

	return path[0] ? path : NULL;
}

bool module_loaded(void)
{
	return !access("/sys/module/" MODULE, F_OK);
}

/**
 * module_load() - load it with parameters
 * @params: "name=value ...", or an empty string
 *
 * Return: 0, or the kernel's negative error.
 */
int module_load(const char *params)
{
	const char *path = module_path();
	int fd, err = 0, flags;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	flags = !strcmp(path + strlen(path) - 3, ".ko") ? 0 : INIT_COMPRESSED_FILE;
	if (syscall(SYS_finit_module, fd, params, flags))
		err = -errno;
	close(fd);

	return err;
}

int module_unload(void)
{
	return syscall(SYS_delete_module, MODULE, O_NONBLOCK) ? -errno : 0;
}

/* Whatever there was: the module anew, with these parameters. */
int module_reload(const char *params)
{
	int err = module_loaded() ? module_unload() : 0;

	return err ?: module_load(params);
}

static const char *parameter_path(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/module/" MODULE "/parameters/%s", name);

	return path;
}

/**
 * module_by_default() - the state after loading it without parameters
 *
 * Loading takes an emulated guest a while, so what there is already is kept.
 * Return: 0, or a negative error.
 */
int module_by_default(void)
{
	char text[TEXT_BYTES];
	bool fits = true;
	size_t i;
	int err;

	if (!module_loaded())
		return module_load("");
	for (i = 0; parameters[i]; i++)
		fits &= file_read(parameter_path(parameters[i]), text) > 0 &&
			!strcmp(text, defaults[i]);
	if (!fits)
		return module_reload("");
	err = device_bound() ? 0 : device_bind();
	if (!err && device_read("capability", text) > 0)
		err = device_write("events", text);

	return err;
}

/**
 * log_now() - begin to read the kernel log, at what is not written yet
 * Return: a descriptor for log_line(), or -1.
 */
int log_now(void)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (log >= 0)
		lseek(log, 0, SEEK_END);

	return log;
}

/**
 * log_line() - the next line of the kernel log that begins so
 * @start: an empty string for any line
 *
 * Return: the line's level (0 to 7), or -1 where the log ends without one.
 */
int log_line(int log, const char *start, char text[TEXT_BYTES])
{
	char record[8192], *line;
	ssize_t n;

	while ((n = read(log, record, sizeof(record) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		if (n < 0)	/* overwritten before it was read: go on with what is there */
			continue;
		record[n] = '\0';
		line = strchr(record, ';');
		if (!line || strncmp(line + 1, start, strlen(start)))
			continue;
		line++;
		line[strcspn(line, "\n")] = '\0';
		snprintf(text, TEXT_BYTES, "%.*s", TEXT_BYTES - 1, line);
		return atoi(record) & 7;
	}

	return -1;
}

static void remember(void)
{
	char text[TEXT_BYTES];
	size_t i, used = 0;

	found.pid = getpid();
	found.loaded = module_loaded();
	found.bound = device_bound();
	device_read("events", found.events);
	for (i = 0; found.loaded && parameters[i]; i++) {
		file_read(parameter_path(parameters[i]), text);
		text[strcspn(text, "\n")] = '\0';
		used += snprintf(found.params + used, sizeof(found.params) - used, "%s=%s ",
				 parameters[i], text);
	}
}

/* The harness runs each test in a process of its own, which is not to do this. */
static void restore(void)
{
	if (getpid() != found.pid)
		return;
	if (!found.loaded) {
		if (module_loaded())
			module_unload();
		return;
	}
	module_reload(found.params);
	if (found.bound)
		device_write("events", found.events);
	else
		device_unbind();
}

/* A constructor, for the harness has a main() of its own; it prints nothing before that. */
static void __attribute__((constructor)) require_device(void)
{
	char text[TEXT_BYTES];
	int err;

	if (geteuid())
		ksft_exit_skip("needs root\n");
	if (!device_name())
		ksft_exit_skip("this machine has no ACPI device QEMU0001 (QEMU: -device pvpanic)\n");
	if (device_driver()[0] && !device_bound())
		ksft_exit_skip("%s is held by %s\n", device_name(), device_driver());
	if (!module_path())
		ksft_exit_skip("the module " DRIVER " is not installed for this kernel\n");
	if (file_read("/proc/sys/kernel/modules_disabled", text) > 0 && text[0] == '1')
		ksft_exit_skip("this kernel loads no more modules (modules_disabled)\n");

	remember();
	atexit(restore);
	err = module_reload("");
	if (err == -EPERM || err == -EKEYREJECTED || err == -ENOKEY || err == -EOPNOTSUPP)
		ksft_exit_skip("this kernel does not load %s: %s\n", module_path(), strerror(-err));
	if (err)
		ksft_exit_fail_msg("%s can't be loaded: %s\n", module_path(), strerror(-err));
	if (!device_bound())
		ksft_exit_fail_msg("the module is loaded and %s not bound; see dmesg\n", device_name());
}
