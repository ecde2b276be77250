// SPDX-License-Identifier: GPL-2.0-only
/*
 * ASL as indented text.
 */
#include <stdarg.h>

#include "gen.h"

static void line(struct text *t, const char *fmt, va_list args)
{
	int i;

	for (i = 0; i < t->depth; i++)
		fputc('\t', t->out);
	vfprintf(t->out, fmt, args);
	fputc('\n', t->out);
}

void text_line(struct text *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	line(t, fmt, args);
	va_end(args);
}

/** text_open() - a line with a block after it */
void text_open(struct text *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	line(t, fmt, args);
	va_end(args);
	text_line(t, "{");
	t->depth++;
}

void text_close(struct text *t)
{
	t->depth--;
	text_line(t, "}");
}
