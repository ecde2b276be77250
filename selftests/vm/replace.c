// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest gets another build of the driver: a copy of its initramfs, and after it an
 * archive with the other module. The kernel unpacks both, and the later file wins.
 * The copy has no name, so it is gone when the bench has ended.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel.h"

#define MODULE_IN_GUEST "m/pvpanic-guest.ko"

static bool append(FILE *to, const char *path)
{
	FILE *from = fopen(path, "r");
	char bytes[65536];
	size_t n;
	bool good;

	if (!from)
		return false;
	while ((n = fread(bytes, 1, sizeof(bytes), from)))
		fwrite(bytes, 1, n, to);
	good = !ferror(from);
	fclose(from);
	return good;
}

static void pad(FILE *to)
{
	while (ftell(to) % 4)
		putc('\0', to);
}

/* The header of one file, see Documentation/driver-api/early-userspace/buffer-format.rst. */
static void header(FILE *to, const char *name, unsigned int mode, size_t size)
{
	pad(to);
	fprintf(to, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 0, mode, 0, 0,
		1, 0, size, 0, 0, 0, 0, strlen(name) + 1, 0);
	fwrite(name, 1, strlen(name) + 1, to);
	pad(to);
}

/* Returns a path that is valid while this process lives, or NULL after a complaint. */
static char *with_module(const char *initramfs, const char *module, const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	FILE *copy = fd < 0 ? NULL : fdopen(fd, "w");
	struct stat st;
	bool good;

	good = copy && !stat(module, &st) && append(copy, initramfs);
	if (good) {
		header(copy, MODULE_IN_GUEST, S_IFREG | 0644, st.st_size);
		good = append(copy, module);
		header(copy, "TRAILER!!!", 0, 0);
		good &= !fflush(copy) && !ferror(copy);
	}
	if (!good) {
		fprintf(stderr, "vm-bench: %s could not be put into a copy of %s\n", module, initramfs);
		return NULL;
	}
	return format("/proc/%d/fd/%d", getpid(), fd);
}

/**
 * kernel_replace_module() - its guests get another build of pvpanic-guest.ko
 * @module: the path of the module
 * @build: a directory on a file system with space for copies
 *
 * Return: 0, or -1 after a complaint on stderr.
 */
int kernel_replace_module(struct kernel *k, const char *module, const char *build)
{
	k->initramfs = with_module(k->initramfs, module, build);
	if (k->initramfs && !access(k->kdump_initramfs, R_OK))
		k->kdump_initramfs = with_module(k->kdump_initramfs, module, build);
	return k->initramfs && k->kdump_initramfs ? 0 : -1;
}
