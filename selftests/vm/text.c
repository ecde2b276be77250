// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists of words, and one small pattern language over them. Bytes at a port, QMP events
 * and bytes in memory are all sequences in which order and number matter, so one matcher
 * serves them all.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/** checked() - what was allocated; the bench ends if there is no memory */
void *checked(void *p)
{
	if (!p)
		abort();
	return p;
}

/** format() - sprintf() into a string of its own, to be freed */
char *format(const char *fmt, ...)
{
	char *text;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		abort();
	va_end(args);
	return text;
}

/** words_add() - append a copy of a word */
void words_add(struct words *w, const char *word)
{
	w->v = checked(realloc(w->v, (w->n + 1) * sizeof(*w->v)));
	w->v[w->n++] = checked(strdup(word));
}

/** words_split() - append the words of a text */
void words_split(struct words *w, const char *text, const char *separators)
{
	char *copy = checked(strdup(text)), *rest = copy, *word;

	while ((word = strtok_r(rest, separators, &rest)))
		words_add(w, word);
	free(copy);
}

/**
 * words_join() - all words as one text, to be freed
 * Return: "none" if there is no word.
 */
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

bool words_have(const struct words *w, const char *word)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (!strcmp(w->v[i], word))
			return true;
	return false;
}

void words_free(struct words *w)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		free(w->v[i]);
	free(w->v);
	*w = (struct words){ 0 };
}

static struct item item_of(const char *word)
{
	size_t length = strlen(word);
	char last = word[length - 1];
	struct item item = { .least = 1, .most = 1 };

	if (last == '+' || last == '*' || last == '?') {
		length--;
		item.least = last == '+';
		item.most = last == '?' ? 1 : SIZE_MAX;
	}
	if (length != 3 || strncmp(word, "any", 3))
		item.word = format("%.*s", (int)length, word);
	return item;
}

/**
 * pattern_parse() - "00+ 01": a word stands for itself
 *
 * "word+" is at least one such word, "word*" any number, "word?" at most one. "any" is
 * whatever word. "none" alone is the empty sequence.
 */
void pattern_parse(struct pattern *p, const char *text)
{
	struct words w = { 0 };
	size_t i;

	*p = (struct pattern){ .text = checked(strdup(text)) };
	words_split(&w, text, " \t\n");
	if (w.n != 1 || strcmp(w.v[0], "none")) {
		p->n = w.n;
		p->v = checked(calloc(w.n + 1, sizeof(*p->v)));
		for (i = 0; i < w.n; i++)
			p->v[i] = item_of(w.v[i]);
	}
	words_free(&w);
}

static bool fits(const struct item *want, size_t m, char *const *seen, size_t n)
{
	size_t i;

	if (!m)
		return n == 0;
	for (i = 0; i <= want->most && i <= n; i++) {
		if (i >= want->least && fits(want + 1, m - 1, seen + i, n - i))
			return true;
		if (i == n || (want->word && strcmp(seen[i], want->word)))
			return false;
	}
	return false;
}

bool pattern_fits(const struct pattern *p, const struct words *seen)
{
	return fits(p->v, p->n, seen->v, seen->n);
}
