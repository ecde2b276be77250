/* SPDX-License-Identifier: GPL-2.0-only */
/* qtest, QEMU's protocol for tests of devices: the part of it that reaches a port. */
#ifndef HOST_SIM_QTEST_H
#define HOST_SIM_QTEST_H

#include "session.h"

#define QTEST_MAX_LINE 65536 /* bytes; a client that sends a longer line is dropped */

extern const struct protocol qtest_protocol;

int qtest_log_open(const char *path);
void qtest_log_close(void);

#endif
