// SPDX-License-Identifier: GPL-2.0-only
/*
 * The story of one guest: every line and byte that the host saw, with its time.
 *
 * One list for all sources, because order across sources is what a failure is
 * understood by: did the byte come before the console said "panic"?
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static const char *const names[SOURCES] = {
	[FROM_BENCH] = "bench", [FROM_QEMU] = "qemu", [FROM_MONITOR] = "qmp <",
	[TO_MONITOR] = "qmp >", [FROM_CONSOLE] = "console", [FROM_GUEST] = "guest <",
	[TO_GUEST] = "guest >", [FROM_PORT] = "port", [FROM_REGION] = "region",
};

const char *source_name(enum source source)
{
	return names[source];
}

void (*story_listener)(const struct story *story, const struct entry *entry);

void story_begin(struct story *story)
{
	*story = (struct story){ .start = uv_hrtime() };
}

void story_add(struct story *story, enum source source, const char *fmt, ...)
{
	struct entry *entry;
	va_list ap;

	if (story->n == story->room) {
		story->room = story->room ? story->room * 2 : 128;
		story->v = realloc(story->v, story->room * sizeof(*story->v));
		if (!story->v)
			abort();
	}
	entry = &story->v[story->n++];
	entry->source = source;
	entry->ms = (uv_hrtime() - story->start) / 1e6;
	va_start(ap, fmt);
	if (vasprintf(&entry->text, fmt, ap) < 0)
		abort();
	va_end(ap);
	if (story_listener)
		story_listener(story, entry);
}

void story_free(struct story *story)
{
	size_t i;

	for (i = 0; i < story->n; i++)
		free(story->v[i].text);
	free(story->v);
	*story = (struct story){ 0 };
}

/* All that one source said, in order. */
void story_words(const struct story *story, enum source source, struct words *out)
{
	size_t i;

	for (i = 0; i < story->n; i++)
		if (story->v[i].source == source)
			words_add(out, story->v[i].text);
}

/* When a source first said a line that contains @part, in ms; -1 for never. */
double story_time_of(const struct story *story, enum source source, const char *part)
{
	size_t i;

	for (i = 0; i < story->n; i++)
		if (story->v[i].source == source && strstr(story->v[i].text, part))
			return story->v[i].ms;
	return -1;
}
