// SPDX-License-Identifier: GPL-2.0-only
/* Growing text; see text.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static void out_of_memory(void)
{
	fputs("pvpanic-sim: out of memory\n", stderr);
	abort();
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		out_of_memory();
	return p;
}

static void text_reserve(struct text *t, size_t more)
{
	size_t size = t->size ? t->size : 256;

	if (t->len + more < t->size)
		return;
	while (size <= t->len + more)
		size *= 2;
	t->s = realloc(t->s, size);
	if (!t->s)
		out_of_memory();
	t->size = size;
}

/** text_add() - append @len bytes */
void text_add(struct text *t, const void *bytes, size_t len)
{
	text_reserve(t, len);
	memcpy(t->s + t->len, bytes, len);
	t->len += len;
	t->s[t->len] = 0;
}

/** text_add_char() - append one byte */
void text_add_char(struct text *t, char c)
{
	text_add(t, &c, 1);
}

/** text_printf() - append what printf() would print */
void text_printf(struct text *t, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0)
		return;
	text_reserve(t, len);
	va_start(args, fmt);
	vsnprintf(t->s + t->len, len + 1, fmt, args);
	va_end(args);
	t->len += len;
}

/** text_expand() - append @pattern, with @number in the place of its first %d; NULL is empty */
void text_expand(struct text *t, const char *pattern, unsigned int number)
{
	const char *mark = pattern ? strstr(pattern, "%d") : NULL;

	if (mark)
		text_printf(t, "%.*s%u%s", (int)(mark - pattern), pattern, number, mark + 2);
	else if (pattern)
		text_add(t, pattern, strlen(pattern));
}

/** text_drop() - remove @len bytes at the front, and free the memory if nothing is left */
void text_drop(struct text *t, size_t len)
{
	if (len >= t->len) {
		text_free(t);
		return;
	}
	memmove(t->s, t->s + len, t->len - len + 1);
	t->len -= len;
}

/** text_free() - make it empty, and free the memory */
void text_free(struct text *t)
{
	free(t->s);
	*t = (struct text){ 0 };
}
