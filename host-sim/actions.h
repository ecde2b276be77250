/* SPDX-License-Identifier: GPL-2.0-only */
/* The words for a machine's actions, which are the same on the command line and in QMP. */
#ifndef HOST_SIM_ACTIONS_H
#define HOST_SIM_ACTIONS_H

#include "machine.h"

const char *const *actions_words(const char *name);
int actions_set(struct machine_actions *actions, const char *name, const char *word);

#endif
