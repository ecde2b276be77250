/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_RUN_H
#define VM_RUN_H

#include "job.h"

int run_jobs(const struct options *opt, struct job *first);
void run_stop(int signal);
bool run_trial(struct job *job);

#endif
