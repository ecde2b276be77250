/* SPDX-License-Identifier: GPL-2.0-only */
/* From a job to its QEMU. */
#ifndef VM_BOOT_H
#define VM_BOOT_H

#include "../lib/qemu.h"
#include "job.h"

struct qemu *boot_qemu(const struct job *job, const struct qemu_ops *ops, void *user);
char *boot_command_line(const struct job *job);
unsigned int boot_seconds(const struct job *job);

#endif
