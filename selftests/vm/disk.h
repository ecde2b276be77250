/* SPDX-License-Identifier: GPL-2.0-only */
/* Disks that last from one guest to the next one, of the same kernel. */
#ifndef VM_DISK_H
#define VM_DISK_H

#include <stdbool.h>

struct disk {
	char *key;
	char *path;
	bool busy;		/* a guest has it */
	struct disk *next;
};

struct disk *disk_of(const char *name, const char *kernel, const char *dir);

#endif
