/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists of words, and sequences of words that are expected. */
#ifndef VM_TEXT_H
#define VM_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct words {
	char **v;
	size_t n;
};

/* What a sequence of words has to look like, see pattern_parse(). */
struct pattern {
	char *text;
	struct item {
		char *word;	/* NULL for any word */
		size_t least;
		size_t most;
	} *v;
	size_t n;
};

void *checked(void *p);
char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void words_add(struct words *w, const char *word);
void words_split(struct words *w, const char *text, const char *separators);
char *words_join(const struct words *w, const char *separator);
bool words_have(const struct words *w, const char *word);
void words_free(struct words *w);

void pattern_parse(struct pattern *p, const char *text);
bool pattern_fits(const struct pattern *p, const struct words *seen);

#endif
