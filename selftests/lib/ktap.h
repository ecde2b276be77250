/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Results as KTAP (Documentation/dev-tools/ktap.rst), one line at a time. A reader and a
 * parser both see a result as soon as there is one. For programs on the host; the tests
 * that run in a guest use kselftest's own harness.
 */
#ifndef PVPANIC_KTAP_H
#define PVPANIC_KTAP_H

#include <stdbool.h>

#define KTAP_PRINTF(n) __attribute__((format(printf, n, n + 1)))

void ktap_plan(int n);
void ktap_result(bool ok, const char *name, const char *fmt, ...) KTAP_PRINTF(3);
void ktap_skip(const char *name, const char *fmt, ...) KTAP_PRINTF(2);
void ktap_note(const char *fmt, ...) KTAP_PRINTF(1);
int ktap_end(void);

#endif
