// SPDX-License-Identifier: GPL-2.0-only
/* Reads a conformance script. README in this folder describes the language. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"

struct reader {
	struct script *script;
	const char *path;
	unsigned int line;
	bool differs;
};

static int complain(struct reader *r, const char *what)
{
	fprintf(stderr, "%s:%u: %s\n", r->path, r->line, what);
	return -1;
}

static struct step *add_step(struct reader *r, enum step_kind kind)
{
	struct script *s = r->script;
	struct step *step;

	s->steps = reallocarray(s->steps, s->n + 1, sizeof(*s->steps));
	if (!s->steps)
		abort();
	step = &s->steps[s->n++];
	*step = (struct step){ .kind = kind, .line = r->line, .differs = r->differs };
	r->differs = false;
	return step;
}

/* "t", "m" or "m2": the client's number, or -1. */
static int client_number(const char *word)
{
	if (!strcmp(word, "t"))
		return 0;
	if (!strcmp(word, "m"))
		return 1;
	if (word[0] == 'm' && isdigit(word[1]) && !word[2] && word[1] - '0' < SCRIPT_MAX_CLIENTS)
		return word[1] - '0';
	return -1;
}

static void add_unescaped(struct text *out, const char *s)
{
	static const char letters[] = "nrt";
	unsigned int value;
	const char *found;

	for (; *s; s++) {
		if (*s != '\\') {
			text_add_char(out, *s);
			continue;
		}
		s++;
		if (*s == 'x' && sscanf(s + 1, "%2x", &value) == 1) {
			text_add_char(out, value);
			s += 2;
		} else {
			found = strchr(letters, *s);
			text_add_char(out, *s && found ? "\n\r\t"[found - letters] : *s);
		}
	}
}

static int take_args(struct reader *r, char *rest)
{
	struct script *s = r->script;
	char *word;

	while ((word = strsep(&rest, " "))) {
		if (s->n_args == SCRIPT_MAX_ARGS)
			return complain(r, "too many arguments");
		s->args[s->n_args++] = strdup(word);
	}
	return 0;
}

static int take_say(struct reader *r, unsigned int client, const char *rest)
{
	struct step *step = add_step(r, STEP_SAY);

	step->client = client;
	text_printf(&step->bytes, "%s\n", rest);
	return 0;
}

static int take_line(struct reader *r, char *line);

/* The lines, split at ";;", for each byte, "@" standing for it. */
static int take_bytes(struct reader *r, char *rest)
{
	char *copy, *at, *line, *mark, *expanded;
	int value, err = 0;

	for (value = 0; value < 256 && !err; value++) {
		copy = strdup(rest);
		for (at = copy; at && !err;) {
			line = at;
			at = strstr(at, " ;; ");
			if (at) {
				*at = 0;
				at += 4;
			}
			mark = strchr(line, '@');
			if (mark)
				*mark++ = 0;
			if ((mark ? asprintf(&expanded, "%s%d%s", line, value, mark) :
				    asprintf(&expanded, "%s", line)) < 0)
				abort();
			err = take_line(r, expanded);
			free(expanded);
		}
		free(copy);
	}
	return err;
}

static int take_raw(struct reader *r, char *rest)
{
	char *word = strsep(&rest, " ");
	int client = client_number(word);
	struct step *step;

	if (client < 0 || !rest)
		return complain(r, "expected: raw CLIENT BYTES");
	step = add_step(r, STEP_RAW);
	step->client = client;
	add_unescaped(&step->bytes, rest);
	return 0;
}

static int take_connect(struct reader *r, char *rest)
{
	char *word = strsep(&rest, " ");
	int client = client_number(word);
	struct step *step;

	if (client < 1)
		return complain(r, "expected: connect CLIENT [MONITOR]");
	step = add_step(r, STEP_CONNECT);
	step->client = client;
	step->monitor = rest ? atoi(rest) : 0;
	return step->monitor < r->script->monitors ? 0 : complain(r, "no such monitor");
}

static int take_expect(struct reader *r, int side, const char *rest)
{
	struct script *s = r->script;

	if (!s->n || !s->steps[s->n - 1].differs)
		return complain(r, "no step that differs goes before this");
	text_printf(&s->steps[s->n - 1].expect[side], "%s\n", rest);
	return 0;
}

static int take_line(struct reader *r, char *line)
{
	char *rest = line, *word = strsep(&rest, " ");
	int client = client_number(word);

	if (client >= 0 && rest)
		return take_say(r, client, rest);
	if (!strcmp(word, "args") && rest)
		return take_args(r, rest);
	if (!strcmp(word, "monitors") && rest)
		return (r->script->monitors = atoi(rest)) ? 0 : complain(r, "no number");
	if (!strcmp(word, "only") && rest)
		return (r->script->only = strdup(rest)) ? 0 : -1;
	if (!strcmp(word, "bytes") && rest)
		return take_bytes(r, rest);
	if (!strcmp(word, "raw") && rest)
		return take_raw(r, rest);
	if (!strcmp(word, "connect") && rest)
		return take_connect(r, rest);
	if (!strcmp(word, "differs") && rest)
		return (r->differs = true) ? 0 : -1;
	if (!strcmp(word, "qemu<") && rest)
		return take_expect(r, 0, rest);
	if (!strcmp(word, "sim<") && rest)
		return take_expect(r, 1, rest);
	if (!strcmp(word, "close") && rest && client_number(rest) >= 0)
		add_step(r, STEP_CLOSE)->client = client_number(rest);
	else if (!strcmp(word, "sync"))
		add_step(r, STEP_SYNC);
	else if (!strcmp(word, "exit"))
		add_step(r, STEP_EXIT);
	else if (!strcmp(word, "term"))
		add_step(r, STEP_TERM);
	else
		return complain(r, "not understood");
	return 0;
}

/**
 * script_read() - read a script
 * @script: filled in, to be freed in any case
 * @path: its file
 *
 * Return: 0, or -1 with a message on stderr.
 */
int script_read(struct script *script, const char *path)
{
	struct reader r = { .script = script, .path = path };
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	int err = 0;

	*script = (struct script){ .monitors = 1 };
	if (!file) {
		perror(path);
		return -1;
	}
	while (!err && getline(&line, &size, file) > 0) {
		r.line++;
		line[strcspn(line, "\n")] = 0;
		if (*line && *line != '#')
			err = take_line(&r, line);
	}
	free(line);
	fclose(file);
	return err;
}

/** script_free() - give back what script_read() took */
void script_free(struct script *script)
{
	size_t i;

	for (i = 0; i < script->n; i++) {
		text_free(&script->steps[i].bytes);
		text_free(&script->steps[i].expect[0]);
		text_free(&script->steps[i].expect[1]);
	}
	for (i = 0; i < script->n_args; i++)
		free(script->args[i]);
	free(script->steps);
	free(script->only);
}
