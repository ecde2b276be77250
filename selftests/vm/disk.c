// SPDX-License-Identifier: GPL-2.0-only
/*
 * What one guest leaves on its disk the next one finds, so only one guest at a time has
 * it. The file has no name and is gone when the bench has ended.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disk.h"
#include "text.h"

enum { DISK_BYTES = 768 << 20 };	/* more than a guest's memory, for hibernation */

static struct disk *disks;

/**
 * disk_of() - the disk of this name on this kernel
 * @dir: a directory on a file system with space for it
 */
struct disk *disk_of(const char *name, const char *kernel, const char *dir)
{
	char *key = format("%s %s", kernel, name);
	struct disk *disk;
	int fd;

	for (disk = disks; disk; disk = disk->next) {
		if (!strcmp(disk->key, key)) {
			free(key);
			return disk;
		}
	}
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, DISK_BYTES)) {
		perror(dir);
		exit(2);
	}
	disk = checked(calloc(1, sizeof(*disk)));
	disk->key = key;
	disk->path = format("/proc/%d/fd/%d", getpid(), fd);
	disk->next = disks;
	disks = disk;
	return disk;
}
