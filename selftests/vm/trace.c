// SPDX-License-Identifier: GPL-2.0-only
/*
 * One list for all sources, because a failure is understood by the order across them:
 * did the byte come before the console said "panic"?
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "trace.h"

static const char *const names[SOURCES] = {
	[FROM_QEMU] = "qemu",
	[FROM_MONITOR] = "qmp <",
	[FROM_CONSOLE] = "console",
	[FROM_GUEST] = "guest <",
	[FROM_PORT] = "port",
	[FROM_REGION] = "region",
	[FROM_BENCH] = "bench",
	[TO_MONITOR] = "qmp >",
	[TO_GUEST] = "guest >",
};

void (*trace_listener)(const struct trace *trace, const struct entry *entry);

void trace_begin(struct trace *trace)
{
	*trace = (struct trace){ .start = uv_hrtime() };
}

void trace_add(struct trace *trace, enum source source, const char *fmt, ...)
{
	struct entry *entry;
	va_list args;

	if (trace->n == trace->size) {
		trace->size = trace->size ? trace->size * 2 : 128;
		trace->v = checked(realloc(trace->v, trace->size * sizeof(*trace->v)));
	}
	entry = &trace->v[trace->n++];
	entry->source = source;
	entry->ms = (uv_hrtime() - trace->start) / 1e6;
	va_start(args, fmt);
	if (vasprintf(&entry->text, fmt, args) < 0)
		abort();
	va_end(args);
	if (trace_listener)
		trace_listener(trace, entry);
}

void trace_free(struct trace *trace)
{
	size_t i;

	for (i = 0; i < trace->n; i++)
		free(trace->v[i].text);
	free(trace->v);
	*trace = (struct trace){ 0 };
}

/** trace_words() - all that one source said, in order */
void trace_words(const struct trace *trace, enum source source, struct words *out)
{
	size_t i;

	for (i = 0; i < trace->n; i++)
		if (trace->v[i].source == source)
			words_add(out, trace->v[i].text);
}

/**
 * trace_time_of() - when a source first said a line that contains @part
 * Return: milliseconds, -1 for never.
 */
double trace_time_of(const struct trace *trace, enum source source, const char *part)
{
	size_t i;

	for (i = 0; i < trace->n; i++)
		if (trace->v[i].source == source && strstr(trace->v[i].text, part))
			return trace->v[i].ms;
	return -1;
}

/**
 * trace_print() - write it to a file
 * @before: begins each line
 * @console_lines: of the console only the last ones, because its beginning fills the screen
 */
void trace_print(const struct trace *trace, FILE *to, const char *before, size_t console_lines)
{
	size_t i, console = 0;

	for (i = 0; i < trace->n; i++)
		console += trace->v[i].source == FROM_CONSOLE;
	for (i = 0; i < trace->n; i++) {
		const struct entry *e = &trace->v[i];

		if (e->source == FROM_CONSOLE && console-- > console_lines)
			continue;
		fprintf(to, "%s%8.3f %-8s %s\n", before, e->ms / 1e3, names[e->source], e->text);
	}
	fflush(to);
}
