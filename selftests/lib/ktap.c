// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>

#include "ktap.h"

static struct {
	int passed;
	int failed;
	int skipped;
	bool planned;
} count;

static int number(void)
{
	return count.passed + count.failed + count.skipped;
}

static void explain(const char *before, const char *fmt, va_list args)
{
	if (fmt) {
		printf("%s", before);
		vprintf(fmt, args);
	}
	printf("\n");
	fflush(stdout);
}

/**
 * ktap_plan() - begin
 * @n: the number of results that follow, or 0 if ktap_end() has to print it
 */
void ktap_plan(int n)
{
	printf("TAP version 13\n");
	if (n)
		printf("1..%d\n", n);
	count.planned = n;
	fflush(stdout);
}

/**
 * ktap_result() - one result
 * @fmt: an explanation, or NULL
 */
void ktap_result(bool ok, const char *name, const char *fmt, ...)
{
	va_list args;

	if (ok)
		count.passed++;
	else
		count.failed++;
	printf("%s %d %s", ok ? "ok" : "not ok", number(), name);
	va_start(args, fmt);
	explain(" # ", fmt, args);
	va_end(args);
}

/**
 * ktap_skip() - a test that could not run here
 * @fmt: the reason
 */
void ktap_skip(const char *name, const char *fmt, ...)
{
	va_list args;

	count.skipped++;
	printf("ok %d %s", number(), name);
	va_start(args, fmt);
	explain(" # SKIP ", fmt, args);
	va_end(args);
}

/**
 * ktap_note() - a line that is no result
 */
void ktap_note(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	explain("# ", fmt, args);
	va_end(args);
}

/**
 * ktap_end() - the totals, and the plan if ktap_plan() did not print it
 * Return: the exit status of the test program, 1 if a result was "not ok".
 */
int ktap_end(void)
{
	if (!count.planned)
		printf("1..%d\n", number());
	ktap_note("Totals: pass:%d fail:%d xfail:0 xpass:0 skip:%d error:0", count.passed,
		  count.failed, count.skipped);
	return count.failed ? 1 : 0;
}
