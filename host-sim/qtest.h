/* SPDX-License-Identifier: GPL-2.0-only */
/* qtest, QEMU's protocol for tests that poke at devices: the part of it that reaches a port. */
#ifndef HOST_SIM_QTEST_H
#define HOST_SIM_QTEST_H

#include <stdio.h>

#include "session.h"
#include "text.h"

#define QTEST_MAX_LINE 65536 /* bytes; a client that sends a longer line is dropped */

/**
 * struct qtest_session - one qtest client
 * @base: the session
 * @line: what came of a line so far
 * @opened: when, in seconds of CLOCK_MONOTONIC, for the log
 */
struct qtest_session {
	struct session base;
	struct text line;
	double opened;
};

int qtest_log_open(const char *path);
void qtest_log_close(void);

#endif
