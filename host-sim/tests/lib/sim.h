/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of the simulator as a program share. */
#ifndef TESTS_SIM_H
#define TESTS_SIM_H

#include "peer.h"

/**
 * struct outcome - how a run of the simulator ended that was to end by itself
 * @status: exit status
 * @err: its stderr
 */
struct outcome {
	int status;
	struct text err;
};

const char *sim_binary(void);
void sim_run(struct outcome *outcome, unsigned int descriptors, char *const *argv);

/* Entries of a directory, without . and .. */
unsigned int sim_count_files(const char *dir);

#endif
