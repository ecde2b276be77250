// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists of words, and one small pattern language over them.
 *
 * Bytes at a port, QMP events and the guest's fate are all sequences in which
 * order and number matter, so one matcher serves them: a word is expected once,
 * "word+" at least once, "word*" any number of times, "word?" at most once, and
 * "none" alone expects nothing. "any" is whatever word.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

char *format(const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	va_end(ap);
	return text;
}

void words_add(struct words *w, const char *text)
{
	w->v = realloc(w->v, (w->n + 1) * sizeof(*w->v));
	if (!w->v)
		abort();
	w->v[w->n++] = format("%s", text);
}

void words_split(struct words *w, const char *text, const char *separators)
{
	char *copy = format("%s", text ? text : ""), *rest = copy, *word;

	while ((word = strtok_r(rest, separators, &rest)))
		words_add(w, word);
	free(copy);
}

char *words_join(const struct words *w, const char *separator)
{
	char *all = format("%s", w->n ? w->v[0] : "none"), *longer;
	size_t i;

	for (i = 1; i < w->n; i++) {
		longer = format("%s%s%s", all, separator, w->v[i]);
		free(all);
		all = longer;
	}
	return all;
}

void words_free(struct words *w)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		free(w->v[i]);
	free(w->v);
	*w = (struct words){ 0 };
}

static bool match(char *const *seen, size_t n, char *const *want, size_t m)
{
	size_t length, least = 1, most = 1, i;
	bool any;
	char last;

	if (!m)
		return n == 0;
	length = strlen(want[0]);
	last = want[0][length - 1];
	if (last == '+' || last == '*' || last == '?') {
		length--;
		least = last == '+';
		most = last == '?' ? 1 : n;
	}
	any = length == 3 && !strncmp(want[0], "any", 3);
	for (i = 0; i <= most && i <= n; i++) {
		if (i >= least && match(seen + i, n - i, want + 1, m - 1))
			return true;
		if (i == n ||
		    (!any && (strlen(seen[i]) != length || strncmp(seen[i], want[0], length))))
			return false;
	}
	return false;
}

/**
 * words_match() - does a sequence fit a pattern?
 * @seen: what was observed, in order
 * @pattern: words with suffixes as described at the top of this file
 */
bool words_match(const struct words *seen, const char *pattern)
{
	struct words want = { 0 };
	bool fits;

	words_split(&want, pattern, " \t\n");
	if (want.n == 1 && !strcmp(want.v[0], "none"))
		words_free(&want);
	fits = match(seen->v, seen->n, want.v, want.n);
	words_free(&want);
	return fits;
}
