// SPDX-License-Identifier: GPL-2.0-only
/*
 * KTAP on stdout, a line at a time, so that a reader and a parser both see
 * results as they come in.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"

enum { CONSOLE_TAIL = 45 };

static int number, failed;

void ktap_plan(int n)
{
	printf("TAP version 13\n1..%d\n", n);
	fflush(stdout);
}

void ktap_result(bool ok, const char *name, const char *fmt, ...)
{
	va_list ap;

	number++;
	failed += !ok;
	printf("%s %d %s # ", ok ? "ok" : "not ok", number, name);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
}

void ktap_note(const char *fmt, ...)
{
	va_list ap;

	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
}

/* The whole story but for the console's beginning, which only fills the screen. */
void ktap_story(const struct story *story)
{
	size_t i, console = 0, skip;

	for (i = 0; i < story->n; i++)
		console += story->v[i].source == FROM_CONSOLE;
	skip = console > CONSOLE_TAIL ? console - CONSOLE_TAIL : 0;
	for (i = 0; i < story->n; i++) {
		const struct entry *e = &story->v[i];

		if (e->source == FROM_CONSOLE && skip) {
			skip--;
			continue;
		}
		printf("# %8.3f %-8s %s\n", e->ms / 1e3, source_name(e->source), e->text);
	}
	fflush(stdout);
}

int ktap_end(void)
{
	printf("# Totals: pass:%d fail:%d xfail:0 xpass:0 skip:0 error:0\n", number - failed,
	       failed);
	return failed ? 1 : 0;
}
