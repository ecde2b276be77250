// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scenarios as data: INI files in which a section is one way to die.
 *
 * The fields are described in scenarios/README. A line that continues a value
 * (it starts with white space) is added to it, so lists stay readable. An
 * unknown field, a scenario that expects nothing, and a pattern that doesn't
 * compile are errors here, before a guest is booted.
 */
#include <errno.h>
#include <ini.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static const char *const names[FIELDS] = {
	[F_WHY] = "why",
	[F_LIKE] = "like",
	[F_DEVICE] = "device",
	[F_QEMU_ARGS] = "qemu-args",
	[F_GUESTS] = "guests",
	[F_KERNELS] = "kernels",
	[F_DRIVERS] = "drivers",
	[F_CMDLINE] = "cmdline",
	[F_IMAGE] = "image",
	[F_BEFORE_LOAD] = "before-load",
	[F_PARAMS] = "params",
	[F_ALSO_PARAMS] = "also-params",
	[F_BEFORE] = "before",
	[F_TRIGGER] = "trigger",
	[F_PANIC_ACTION] = "panic-action",
	[F_EXPECT_LOAD] = "expect-load",
	[F_EXPECT_PORT] = "expect-port",
	[F_EXPECT_REGION] = "expect-region",
	[F_EXPECT_EITHER] = "expect-either",
	[F_EXPECT_EVENTS] = "expect-events",
	[F_EXPECT_FATE] = "expect-fate",
	[F_EXPECT_MEMORY] = "expect-memory",
	[F_EXPECT_LOG] = "expect-log",
	[F_REFUSE_LOG] = "refuse-log",
	[F_ALLOW_LOG] = "allow-log",
	[F_EXPECT_SAY] = "expect-say",
	[F_PARALLEL] = "parallel",
	[F_IN_TURN] = "in-turn",
	[F_WAY] = "way",
	[F_CPUS] = "cpus",
	[F_CONSOLE] = "console",
	[F_KDUMP] = "kdump",
	[F_CRASH_RUN] = "crash-run",
	[F_TIMEOUT] = "timeout",
	[F_BOOTS] = "boots",
	[F_MUST_FAIL] = "must-fail",
};

static const char *const defaults[FIELDS] = {
	[F_DEVICE] = "pvpanic",
	[F_QEMU_ARGS] = "",
	[F_GUESTS] = "pc/1",
	[F_CMDLINE] = "",
	[F_IMAGE] = "vmlinux",
	[F_BEFORE_LOAD] = "",
	[F_PARAMS] = "",
	[F_ALSO_PARAMS] = "",
	[F_BEFORE] = "",
	[F_TRIGGER] = "none",
	[F_PANIC_ACTION] = "pause",
	[F_EXPECT_LOAD] = "works",
	[F_PARALLEL] = "no",
	[F_IN_TURN] = "yes",
	[F_CPUS] = "1",
	[F_CONSOLE] = "read",
	[F_KDUMP] = "no",
	[F_CRASH_RUN] = "",
	[F_TIMEOUT] = "60",
	[F_BOOTS] = "3",
};

static const char *const fates[] = { "paused", "reboots", "poweroff", "killed", "runs", "halts",
				     "crash-kernel", "new-kernel" };

struct loading {
	struct scenarios *all;
	struct scenario *now;
	const char *path;
};

/**
 * scenario_get() - the text of a field, or its default
 * Return: NULL where neither is given.
 */
const char *scenario_get(const struct scenario *s, enum field f)
{
	return s->field[f] ? s->field[f] : defaults[f];
}

bool scenario_is(const struct scenario *s, enum field f, const char *word)
{
	const char *text = scenario_get(s, f);

	return text && !strcmp(text, word);
}

bool scenario_has_device(const struct scenario *s)
{
	return !scenario_is(s, F_DEVICE, "none");
}

/* A firmware variant comes with ports that the bench can read; QEMU's own device does not. */
bool scenario_has_ports(const struct scenario *s)
{
	return scenario_has_device(s) && !scenario_is(s, F_DEVICE, "pvpanic");
}

/* A crash kernel is loaded before the trigger. */
bool scenario_has_kdump(const struct scenario *s)
{
	return scenario_is(s, F_KDUMP, "yes");
}

static struct scenario *find(const struct scenarios *all, const char *name)
{
	struct scenario *s;

	for (s = all->first; s; s = s->next)
		if (!strcmp(s->name, name))
			return s;
	return NULL;
}

/* libinih adds the line's number, for it knows that. */
static int complain(const struct loading *l, const char *what, const char *which)
{
	fprintf(stderr, "%s: %s: %s\n", l->path, what, which);
	return 0;
}

static struct scenario *add(struct scenarios *all, const char *name)
{
	struct scenario *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->name = format("%s", name);
	*all->last = s;
	all->last = &s->next;
	return s;
}

static int inherit(struct loading *l, const char *from)
{
	const struct scenario *parent = find(l->all, from);
	int f;

	if (!parent || parent == l->now)
		return complain(l, "like: no such scenario before this one", from);
	for (f = 0; f < FIELDS; f++)
		if (parent->field[f] && !l->now->field[f] && f != F_WAY)
			l->now->field[f] = format("%s", parent->field[f]);
	return 1;
}

static int handler(void *user, const char *section, const char *name, const char *value)
{
	/* libinih calls again with the same name for a continued line. */
	static const char *last_section;
	static int last_field = -1;
	struct loading *l = user;
	char *longer;
	int f;

	if (!l->now || strcmp(l->now->name, section)) {
		if (find(l->all, section))
			return complain(l, "this scenario exists already", section);
		l->now = add(l->all, section);
	}
	for (f = 0; f < FIELDS; f++)
		if (!strcmp(names[f], name))
			break;
	if (f == FIELDS)
		return complain(l, "no such field", name);
	if (f == F_LIKE && !inherit(l, value))
		return 0;
	if (l->now->name == last_section && f == last_field) {
		longer = format("%s\n%s", l->now->field[f], value);
		free(l->now->field[f]);
		l->now->field[f] = longer;
		return 1;
	}
	last_section = l->now->name;
	last_field = f;
	free(l->now->field[f]);
	l->now->field[f] = format("%s", value);
	return 1;
}

static bool fates_known(const char *text)
{
	struct words w = { 0 };
	size_t i, k;

	words_split(&w, text, " \t\n");
	for (i = 0; i < w.n; i++) {
		for (k = 0; k < sizeof(fates) / sizeof(*fates); k++)
			if (!strcmp(w.v[i], fates[k]))
				break;
		if (k == sizeof(fates) / sizeof(*fates))
			break;
	}
	k = w.n && i == w.n;
	words_free(&w);
	return k;
}

static const char *fault_in(const struct scenario *s, const struct scenarios *all)
{
	static const enum field patterns[] = { F_EXPECT_LOG, F_REFUSE_LOG, F_ALLOW_LOG,
					       F_MUST_FAIL };
	const struct scenario *other;
	regex_t regex;
	size_t i;

	if (!scenario_get(s, F_WHY))
		return "a scenario must say why it is there (why = ...)";
	if (!scenario_get(s, F_EXPECT_FATE) || !fates_known(scenario_get(s, F_EXPECT_FATE)))
		return "expect-fate is missing, or has a word that is no fate";
	if (!scenario_has_ports(s) &&
	    (scenario_get(s, F_EXPECT_PORT) || scenario_get(s, F_EXPECT_REGION)))
		return "bytes can only be expected of a firmware variant (device = ...)";
	if (scenario_has_ports(s) &&
	    (!scenario_get(s, F_EXPECT_PORT) || !scenario_get(s, F_EXPECT_REGION)))
		return "a firmware variant needs expect-port and expect-region";
	if (!scenario_is(s, F_IMAGE, "vmlinux") && !scenario_is(s, F_IMAGE, "vmlinuz"))
		return "image is vmlinux or vmlinuz";
	if (!scenario_is(s, F_IN_TURN, "yes") && !scenario_is(s, F_IN_TURN, "one-kernel") &&
	    !scenario_is(s, F_IN_TURN, "never"))
		return "in-turn is yes, one-kernel or never";
	if (!scenario_has_ports(s) && !scenario_get(s, F_EXPECT_EVENTS))
		return "expect-events is missing (it can be none)";
	for (other = all->first; s->field[F_WAY] && other != s; other = other->next)
		if (other->field[F_WAY] && !strcmp(other->field[F_WAY], s->field[F_WAY]))
			return "an earlier scenario has the same way (way = ...)";
	for (i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		const char *text = scenario_get(s, patterns[i]);

		if (!text)
			continue;
		if (regcomp(&regex, text, REG_EXTENDED | REG_NOSUB | REG_NEWLINE))
			return "not a regular expression";
		regfree(&regex);
	}
	return NULL;
}

/**
 * scenarios_load() - add the scenarios of one file
 * @all: where they go; a scenario may be "like" one that is already there
 * @path: INI file
 *
 * Return: 0, or -1 after a complaint on stderr.
 */
int scenarios_load(struct scenarios *all, const char *path)
{
	struct loading l = { .all = all, .path = path };
	struct scenario **mine;
	const char *fault;
	int error;

	if (!all->last)
		all->last = &all->first;
	mine = all->last;
	error = ini_parse(path, handler, &l);
	if (error > 0)
		fprintf(stderr, "%s:%d: not understood\n", path, error);
	else if (error < 0)
		fprintf(stderr, "%s: can't be opened\n", path);
	if (error)
		return -1;
	for (; *mine; mine = &(*mine)->next) {
		fault = fault_in(*mine, all);
		if (fault) {
			fprintf(stderr, "%s: [%s]: %s\n", path, (*mine)->name, fault);
			return -1;
		}
	}
	return 0;
}

/**
 * scenarios_list_ways() - the ways to die, a line each: scenario, tab, way
 * Return: how many there are.
 */
int scenarios_list_ways(const struct scenarios *all)
{
	const struct scenario *s;
	int n = 0;

	for (s = all->first; s; s = s->next) {
		if (!s->field[F_WAY])
			continue;
		printf("%s\t%s\n", s->name, s->field[F_WAY]);
		n++;
	}
	return n;
}
