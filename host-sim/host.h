/* SPDX-License-Identifier: GPL-2.0-only */
/* The simulated guests on libuv. */
#ifndef HOST_SIM_HOST_H
#define HOST_SIM_HOST_H

#include "options.h"
#include "text.h"

int host_run(const struct options *options, struct text *error);

#endif
