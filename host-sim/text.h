/* SPDX-License-Identifier: GPL-2.0-only */
/* Text that grows: input arrives in pieces, and replies are made of pieces. */
#ifndef HOST_SIM_TEXT_H
#define HOST_SIM_TEXT_H

#include <stddef.h>

/**
 * struct text - growing bytes, always followed by a NUL once anything was added
 * @s: the bytes, NULL while empty
 * @len: their number
 * @size: bytes allocated
 */
struct text {
	char *s;
	size_t len;
	size_t size;
};

void text_add(struct text *t, const void *bytes, size_t len);
void text_add_char(struct text *t, char c);
void text_printf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_expand(struct text *t, const char *pattern, unsigned int number);
void text_drop(struct text *t, size_t len);
void text_free(struct text *t);

/* Ends the process if there is no memory, because no caller could do better. */
void *xcalloc(size_t n, size_t size);

#endif
