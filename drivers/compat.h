/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h and compat.c are the only files that know kernel versions. They test what the
 * kernel's headers declare, because distributions backport. They give older kernels the
 * interface of newer ones.
 */
#ifndef PVPANIC_GUEST_COMPAT_H
#define PVPANIC_GUEST_COMPAT_H

#include <linux/kprobes.h>
#include <linux/notifier.h>
#include <linux/reboot.h>

extern struct atomic_notifier_head panic_notifier_list;	/* its header came in 5.14 */

/*
 * kernel.ftrace_enabled=0 disarms a kprobe that stands on a function's ftrace call. On x86 that
 * call takes 5 bytes, after endbr64 (4 bytes) if there is one. The driver's kprobes stand on the
 * next instruction.
 */
#ifdef CONFIG_X86
#define PVPANIC_PROBE_OFFSET	(IS_ENABLED(CONFIG_KPROBES_ON_FTRACE) * \
				 (5 + 4 * IS_ENABLED(CONFIG_X86_KERNEL_IBT)))
#else
#define PVPANIC_PROBE_OFFSET	0
#endif

#ifndef SYS_OFF_PRIO_FIRMWARE	/* before 5.19 */
#define PVPANIC_COMPAT_SYS_OFF
#define SYS_OFF_MODE_POWER_OFF	0
#define SYS_OFF_PRIO_FIRMWARE	0

struct sys_off_data {
	void *cb_data;
};

struct sys_off_handler *register_sys_off_handler(int mode, int priority,
						 int (*call)(struct sys_off_data *), void *data);
void unregister_sys_off_handler(struct sys_off_handler *handler);
#endif

#endif
