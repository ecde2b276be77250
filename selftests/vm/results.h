/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_RESULTS_H
#define VM_RESULTS_H

#include "job.h"

void results_add(const struct job *job, bool passed);
int results_write(const struct options *opt);

#endif
