/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Just enough kernel to run drivers/ in user space. Every <linux/...> header that the driver
 * includes is forwarded to this file; what is behind it is sorted by why it is not the real thing.
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

#include "stubs.h"  /* nothing, for nothing here could tell the difference */
#include "shared.h" /* the kernel's meaning, in our words */
#include "custom.h" /* made for tests: it behaves, watches, and fails on request */

#endif
