/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Enough of a kernel to run drivers/ in user space. Every <linux/...> and <asm/...> header that
 * the driver includes is forwarded to this file. The stand-ins are sorted by the reason why they
 * differ.
 */
#ifndef HOST_SIM_KERNEL_H
#define HOST_SIM_KERNEL_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include "stubs.h"  /* empty, because no test depends on them */
#include "shared.h" /* the kernel's meaning, in our words */
#include "custom.h" /* made for tests: these behave, check their caller, and fail on request */

#endif
