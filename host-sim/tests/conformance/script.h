/* SPDX-License-Identifier: GPL-2.0-only */
/* A conformance script: what to say to a host, one step a line. See conformance/README. */
#ifndef CONFORMANCE_SCRIPT_H
#define CONFORMANCE_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

#define SCRIPT_MAX_ARGS    32
#define SCRIPT_MAX_CLIENTS 8

enum step_kind { STEP_SAY, STEP_RAW, STEP_SYNC, STEP_CONNECT, STEP_CLOSE, STEP_EXIT, STEP_TERM };

/**
 * struct step - one thing to do
 * @line: in the script
 * @client: 0 is qtest, 1 and up are QMP clients
 * @monitor: for STEP_CONNECT, which monitor's socket
 * @bytes: for STEP_SAY and STEP_RAW
 * @differs: the two hosts are expected to answer differently, as follows
 * @expect: if @differs: [0] of QEMU, [1] of the simulator
 */
struct step {
	enum step_kind kind;
	unsigned int line;
	unsigned int client;
	unsigned int monitor;
	struct text bytes;
	bool differs;
	struct text expect[2];
};

struct script {
	char *args[SCRIPT_MAX_ARGS];
	unsigned int n_args;
	unsigned int monitors;
	char *only;
	struct step *steps;
	size_t n;
};

int script_read(struct script *script, const char *path);
void script_free(struct script *script);

#endif
