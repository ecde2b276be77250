// SPDX-License-Identifier: GPL-2.0-only
/*
 * Expands a grammar to random text, and indents ASL.
 *
 * In a text, <rule> stands for one of the rule's alternatives, #1-50 for a number from 1
 * to 50, and $name for a value that was set. ASL itself uses none of these characters in
 * this way.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

/**
 * text_seed() - begin a new random sequence
 * @t: the text that will be made with it
 * @seed: the run's seed
 * @stream: a number below 65536, so that one seed gives many sequences
 */
void text_seed(struct text *t, unsigned long long seed, unsigned int stream)
{
	int i;

	t->random[0] = stream;
	t->random[1] = seed;
	t->random[2] = seed >> 16;
	/* The first numbers of neighbouring streams are alike. */
	for (i = 0; i < 8; i++)
		nrand48(t->random);
}

/* A random number below @limit */
unsigned int text_random(struct text *t, unsigned int limit)
{
	return nrand48(t->random) % limit;
}

/* Has $@name stand for the formatted text, whatever it stood for. */
void text_set(struct text *t, const char *name, const char *fmt, ...)
{
	va_list args;
	size_t i;

	for (i = 0; i < t->count && strcmp(t->values[i].name, name); i++)
		;
	if (i == MAX_VALUES)
		abort();
	if (i == t->count)
		t->values[t->count++].name = name;
	va_start(args, fmt);
	vsnprintf(t->values[i].text, sizeof(t->values[i].text), fmt, args);
	va_end(args);
}

static void die(const char *what, const char *text)
{
	fprintf(stderr, "random-devices: %s: %.30s\n", what, text);
	exit(2);
}

static const char *alternative(struct text *t, const struct rule *rule)
{
	unsigned int weights[MAX_ALTERNATIVES], sum = 0, i, n;
	const char *texts[MAX_ALTERNATIVES];
	char *end;

	for (i = 0; i < MAX_ALTERNATIVES && rule->alternatives[i]; i++) {
		texts[i] = rule->alternatives[i];
		weights[i] = strtoul(texts[i], &end, 10);
		if (end > texts[i] && *end == '*')
			texts[i] = end + 1;
		else
			weights[i] = 1;
		sum += weights[i];
	}
	n = text_random(t, sum);
	for (i = 0; n >= weights[i]; i++)
		n -= weights[i];
	return texts[i];
}

static const char *expand_rule(struct text *t, const char *text)
{
	size_t len = strcspn(text, ">");
	const struct rule *rule;

	for (rule = grammar; rule->name; rule++)
		if (strlen(rule->name) == len && !strncmp(rule->name, text, len))
			break;
	if (!rule->name)
		die("no such rule", text);
	text_expand(t, alternative(t, rule));
	return text + len;
}

static const char *expand_number(struct text *t, const char *text)
{
	unsigned int min, max;
	char *end;

	min = strtoul(text, &end, 10);
	if (*end != '-')
		die("no range", text);
	max = strtoul(end + 1, &end, 10);
	fprintf(t->out, "0x%02X", min + text_random(t, max - min + 1));
	return end - 1;
}

static const char *expand_value(struct text *t, const char *text)
{
	size_t i, len = 0;

	while (islower(text[len]))
		len++;
	for (i = 0; i < t->count; i++)
		if (strlen(t->values[i].name) == len && !strncmp(t->values[i].name, text, len))
			break;
	if (i == t->count)
		die("no such value", text);
	fputs(t->values[i].text, t->out);
	return text + len - 1;
}

/* Writes @text, with random alternatives, numbers and values in it. */
void text_expand(struct text *t, const char *text)
{
	for (; *text; text++) {
		if (text[0] == '<' && islower(text[1]))
			text = expand_rule(t, text + 1);
		else if (text[0] == '#')
			text = expand_number(t, text + 1);
		else if (text[0] == '$')
			text = expand_value(t, text + 1);
		else
			fputc(text[0], t->out);
	}
}

/* Writes ASL with one tab for each open block, and without empty lines. */
void text_indent(FILE *out, const char *text)
{
	int depth = 0, i, len;

	for (; *text; text += len + !!text[len]) {
		len = strcspn(text, "\n");
		if (!len)
			continue;
		if (text[0] == '}')
			depth--;
		for (i = 0; i < depth; i++)
			fputc('\t', out);
		fprintf(out, "%.*s\n", len, text);
		if (text[0] == '{')
			depth++;
	}
}
