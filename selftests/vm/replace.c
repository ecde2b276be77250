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

#include "bench.h"

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

/**
 * initramfs_with_module() - an initramfs whose pvpanic-guest.ko is another one
 * @initramfs: the path of the original, which is not changed
 * @module: the path of the module
 * @dir: a directory on a file system with space for a copy
 *
 * Return: a path that is valid while this process lives, or NULL after a complaint on stderr.
 */
char *initramfs_with_module(const char *initramfs, const char *module, const char *dir)
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
