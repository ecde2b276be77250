// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scenarios are sections of INI files. A line that continues a value (it begins with
 * white space) is added to it, so lists stay readable. An unknown field, a scenario that
 * expects nothing and an expression that does not compile are errors here, before a guest
 * is booted.
 */
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"

/* A section as it was read. */
struct draft {
	char *name;
	char *text[FIELDS_MAX];
	struct draft *next;
};

struct reading {
	struct scenarios *all;
	struct draft *now;
	int field;		/* of the last line */
};

/* What libinih calls goes on after an error, and only its caller knows the line. */
static int complain(const char *section, const char *what, const char *which)
{
	fprintf(stderr, "vm-bench: [%s]: %s: %s\n", section, what, which);
	return 0;
}

static struct draft *find(const struct scenarios *all, const char *name)
{
	struct draft *draft;

	for (draft = all->drafts; draft && strcmp(draft->name, name); draft = draft->next)
		;
	return draft;
}

static struct draft *new_draft(struct scenarios *all, const char *name)
{
	struct draft *draft = checked(calloc(1, sizeof(*draft)));
	struct scenario *s = checked(calloc(1, sizeof(*s)));

	draft->name = format("%s", name);
	draft->next = all->drafts;
	all->drafts = draft;
	s->name = format("%s", name);
	*all->last = s;
	all->last = &s->next;
	return draft;
}

static int inherit(struct reading *r, const char *from)
{
	const struct draft *parent = find(r->all, from);
	int f, way = field_find("way");

	if (!parent || parent == r->now)
		return complain(r->now->name, "like: no such scenario before this one", from);
	for (f = 0; f < FIELDS_MAX; f++)
		if (parent->text[f] && !r->now->text[f] && f != way)
			r->now->text[f] = format("%s", parent->text[f]);
	return 1;
}

static int line_read(void *user, const char *section, const char *name, const char *value)
{
	struct reading *r = user;
	int f = field_find(name);
	bool continued = false;
	char *old;

	if (!r->now || strcmp(r->now->name, section)) {
		if (find(r->all, section))
			return complain(section, "this scenario exists", "already");
		r->now = new_draft(r->all, section);
	} else {
		continued = f == r->field;
	}
	if (f < 0)
		return complain(section, "no such field", name);
	if (!strcmp(name, "like") && !inherit(r, value))
		return 0;
	r->field = f;
	old = r->now->text[f];
	r->now->text[f] = continued ? format("%s\n%s", old, value) : format("%s", value);
	free(old);
	return 1;
}

static const char *same_way(const struct scenarios *all, const struct scenario *s)
{
	const struct scenario *other;

	for (other = all->first; s->way && other != s; other = other->next)
		if (other->way && !strcmp(other->way, s->way))
			return "an earlier scenario has the same way (way = ...)";
	return NULL;
}

static int parse_all(struct scenarios *all, struct scenario *s, const char *path)
{
	const char *wrong;

	for (; s; s = s->next) {
		wrong = fields_parse(s, find(all, s->name)->text);
		if (!wrong)
			wrong = same_way(all, s);
		if (wrong) {
			fprintf(stderr, "vm-bench: %s: [%s]: %s\n", path, s->name, wrong);
			return -1;
		}
	}
	return 0;
}

/* Adds what @parse reads from @from, which is called @name. */
static int load(struct scenarios *all, int (*parse)(const char *, ini_handler, void *),
		const char *from, const char *name)
{
	struct reading r = { .all = all };
	struct scenario **mine;
	int error;

	if (!all->last)
		all->last = &all->first;
	mine = all->last;
	error = parse(from, line_read, &r);
	if (error > 0)
		fprintf(stderr, "vm-bench: %s:%d: not understood\n", name, error);
	else if (error < 0)
		fprintf(stderr, "vm-bench: %s: can't be opened\n", name);
	return error ? -1 : parse_all(all, *mine, name);
}

/**
 * scenarios_load() - add the scenarios of one file
 * @all: where they go; a scenario may be "like" one that is already there
 * @path: an INI file
 *
 * Return: 0, or -1 after a complaint on stderr.
 */
int scenarios_load(struct scenarios *all, const char *path)
{
	return load(all, ini_parse, path, path);
}

/** scenarios_add() - the same with a text instead of a file */
int scenarios_add(struct scenarios *all, const char *text)
{
	return load(all, ini_parse_string, text, "the bench's own scenario");
}
