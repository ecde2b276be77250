/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel that guests boot, in a directory as scripts/kernel.sh makes it. */
#ifndef VM_KERNEL_H
#define VM_KERNEL_H

#include <stdbool.h>

#include "scenario.h"

struct kernel {
	char *key;		/* 6.1 */
	char *release;		/* 6.1.0-57-cloud-amd64 */
	char *image;
	char *packed;
	char *initramfs;
	char *kdump_initramfs;
	enum arch arch;
	bool realtime;
	bool port_only;		/* the driver never evaluates AML in a panic there */
	bool rehearsal_fails;	/* because a rehearsal, which writes 00, finds no spinlock */
	int patience;		/* how many times as long things may take as on Debian's */
};

int kernel_find(struct kernel *k, const char *dir, const char *build);
bool kernel_wanted(const struct kernel *k, const struct kernels *kernels);
int kernel_replace_module(struct kernel *k, const char *module, const char *build);

#endif
