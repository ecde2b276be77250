// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test results as KTAP, a line each, and the count of failures for the exit
 * status.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

static int number, failures;

void ktap_plan(int tests)
{
	printf("TAP version 13\n1..%d\n", tests);
	fflush(stdout);
}

void ktap_ok(bool ok, const char *fmt, ...)
{
	va_list args;

	if (!ok)
		failures++;
	printf("%s %d ", ok ? "ok" : "not ok", ++number);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

void ktap_skip(const char *reason, const char *fmt, ...)
{
	va_list args;

	printf("ok %d ", ++number);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf(" # SKIP %s\n", reason);
	fflush(stdout);
}

void ktap_note(const char *fmt, ...)
{
	va_list args;

	printf("# ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
}

/** ktap_note_text() - show text of several lines, as notes */
void ktap_note_text(const char *text)
{
	int len;

	for (; *text; text += len + !!text[len]) {
		len = strcspn(text, "\n");
		printf("#   %.*s\n", len, text);
	}
}

int ktap_failed(void)
{
	return failures;
}
