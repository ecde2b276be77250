// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU's spellings, those that a test harness for a pvpanic guest passes: the sockets, the
 * device, what to do on panic; and those that describe a machine which isn't here, accepted so
 * that a harness needs no change. An unknown one, or an unknown part of a known one, is an error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define MAX_PARTS 16

/* "first,key=value,flag" taken apart; ",," stands for one comma, as in QEMU. */
struct parts {
	char *copy;
	const char *first;
	const char *keys[MAX_PARTS];
	const char *values[MAX_PARTS];
	int n;
};

static void parts_free(struct parts *p)
{
	free(p->copy);
}

/* Cut @s at the next single comma. Returns what follows, or NULL. */
static char *cut(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (s[0] == ',' && s[1] != ',') {
			*to = 0;
			return s + 1;
		}
		if (s[0] == ',')
			s++;
		*to++ = *s;
	}
	*to = 0;
	return NULL;
}

static int parts_parse(struct parts *p, struct options *o, const char *name, const char *value,
		       bool has_first)
{
	char *at, *next, *equals;

	*p = (struct parts){ .copy = strdup(value), .first = "" };
	for (at = p->copy; at; at = next) {
		next = cut(at);
		if (has_first && at == p->copy) {
			p->first = at;
			continue;
		}
		if (p->n == MAX_PARTS)
			return options_error(o, "%s %s: too many parts", name, value);
		equals = strchr(at, '=');
		if (equals)
			*equals = 0;
		p->keys[p->n] = at;
		p->values[p->n++] = equals ? equals + 1 : NULL;
	}
	return 0;
}

static int unknown_part(struct options *o, const char *name, const char *key)
{
	return options_error(o, "%s: unknown part '%s'", name, key);
}

static int parse_bool(struct options *o, const char *name, const char *value, bool *result)
{
	static const char *const words[] = { "off", "on", "no", "yes", "false", "true", NULL };
	int i = value ? options_word(o, name, value, words) : 1;

	if (i < 0)
		return -1;
	*result = i & 1;
	return 0;
}

/* The parts that describe a socket. 1 if @i is none of them. */
static int socket_part(struct options *o, const char *name, struct parts *p, int i, bool *server)
{
	bool ignored;

	if (!strcmp(p->keys[i], "server"))
		return parse_bool(o, name, p->values[i], server);
	if (!strcmp(p->keys[i], "wait"))
		return parse_bool(o, name, p->values[i], &ignored);
	if (!strcmp(p->keys[i], "nowait") && !p->values[i])
		return 0;
	return 1;
}

/**
 * options_unix() - the value of -qmp and -qtest: unix:PATH[,server=on][,wait=off]
 * @o: the options
 * @name: the option's name
 * @value: its value
 * @protocol: what is spoken there
 */
int options_unix(struct options *o, const char *name, const char *value,
		 const struct protocol *protocol)
{
	bool server = false;
	struct parts p;
	int i, err;

	err = parts_parse(&p, o, name, value, true);
	if (!err && strncmp(p.first, "unix:", 5))
		err = options_error(o, "%s %s: only unix:PATH is known", name, value);
	for (i = 0; !err && i < p.n; i++) {
		err = socket_part(o, name, &p, i, &server);
		if (err > 0)
			err = unknown_part(o, name, p.keys[i]);
	}
	if (!err)
		err = options_endpoint(o, name, protocol, p.first + 5, server);
	parts_free(&p);
	return err;
}

static int take_qmp(struct options *o, const char *name, const char *value)
{
	return options_unix(o, name, value, &qmp_protocol);
}

static int take_qtest(struct options *o, const char *name, const char *value)
{
	return options_unix(o, name, value, &qtest_protocol);
}

static int take_qtest_log(struct options *o, const char *name, const char *value)
{
	return options_set(o, name, &o->qtest_log, value);
}

static int chardev_part(struct options *o, struct chardev *dev, struct parts *p, int i)
{
	int err = socket_part(o, "-chardev", p, i, &dev->server);
	char **where;

	if (err <= 0)
		return err;
	if (!strcmp(p->keys[i], "id"))
		where = &dev->id;
	else if (!strcmp(p->keys[i], "path"))
		where = &dev->path;
	else
		return unknown_part(o, "-chardev", p->keys[i]);
	return options_set(o, "-chardev", where, p->values[i] ?: "");
}

static int take_chardev(struct options *o, const char *name, const char *value)
{
	struct chardev *dev = &o->chardevs[o->n_chardevs];
	struct parts p;
	int i, err;

	if (o->n_chardevs == OPTIONS_MAX_CHARDEVS)
		return options_error(o, "%s: too many", name);
	o->n_chardevs++;
	err = parts_parse(&p, o, name, value, true);
	if (!err && strcmp(p.first, "socket"))
		err = options_error(o, "%s %s: only sockets are known", name, value);
	for (i = 0; !err && i < p.n; i++)
		err = chardev_part(o, dev, &p, i);
	if (!err && (!dev->id || !dev->path))
		err = options_error(o, "%s %s: needs id= and path=", name, value);
	parts_free(&p);
	return err;
}

static int take_mon(struct options *o, const char *name, const char *value)
{
	const char *mode = "", *chardev = NULL;
	struct parts p;
	int i, err;

	if (o->n_monitors == OPTIONS_MAX_ENDPOINTS)
		return options_error(o, "%s: too many", name);
	err = parts_parse(&p, o, name, value, !strchr(value, '='));
	for (i = 0; !err && i < p.n; i++) {
		if (!strcmp(p.keys[i], "chardev") && p.values[i])
			chardev = p.values[i];
		else if (!strcmp(p.keys[i], "mode") && p.values[i])
			mode = p.values[i];
		else
			err = unknown_part(o, name, p.keys[i]);
	}
	if (!err && (!chardev || strcmp(mode, "control")))
		err = options_error(o, "%s %s: needs chardev=ID,mode=control", name, value);
	if (!err)
		err = options_set(o, name, &o->monitors[o->n_monitors], chardev);
	if (!err)
		o->n_monitors++;
	parts_free(&p);
	return err;
}

static int device_part(struct options *o, struct parts *p, int i)
{
	unsigned long number;

	if (!p->values[i])
		return unknown_part(o, "-device pvpanic", p->keys[i]);
	if (!strcmp(p->keys[i], "id"))
		return 0;
	if (!strcmp(p->keys[i], "ioport")) {
		if (options_number(o, "ioport", p->values[i], 0, UINT16_MAX, &number))
			return -1;
		o->ioport = number;
		return 0;
	}
	if (!strcmp(p->keys[i], "events")) {
		if (options_number(o, "events", p->values[i], 0, UINT8_MAX, &number))
			return -1;
		o->events = number;
		o->events_given = true;
		return 0;
	}
	return unknown_part(o, "-device pvpanic", p->keys[i]);
}

static int take_device(struct options *o, const char *name, const char *value)
{
	struct parts p;
	int i, err;

	err = parts_parse(&p, o, name, value, true);
	if (!err && strcmp(p.first, "pvpanic"))
		err = options_error(o, "%s %s: there is no device but pvpanic", name, value);
	for (i = 0; !err && i < p.n; i++)
		err = device_part(o, &p, i);
	parts_free(&p);
	return err;
}

static int action_part(struct options *o, struct parts *p, int i)
{
	static const char *const watchdog_words[] = { "reset", "shutdown", "poweroff", "inject-nmi",
						      "pause", "debug",    "none",     NULL };
	const char *key = p->keys[i], *value = p->values[i] ?: "";
	int word;

	if (!strcmp(key, "panic")) {
		word = options_word(o, key, value, panic_action_words);
		if (word >= 0)
			o->actions.panic = word;
	} else if (!strcmp(key, "shutdown")) {
		word = options_word(o, key, value, shutdown_action_words);
		if (word >= 0)
			o->actions.shutdown = word;
	} else if (!strcmp(key, "reboot")) {
		word = options_word(o, key, value, reboot_action_words);
		if (word >= 0)
			o->actions.reboot = word;
	} else if (!strcmp(key, "watchdog")) {
		word = options_word(o, key, value, watchdog_words);
	} else {
		return unknown_part(o, "-action", key);
	}
	return word < 0 ? -1 : 0;
}

static int take_action(struct options *o, const char *name, const char *value)
{
	struct parts p;
	int i, err;

	err = parts_parse(&p, o, name, value, false);
	for (i = 0; !err && i < p.n; i++)
		err = action_part(o, &p, i);
	parts_free(&p);
	return err;
}

/* -name NAME, or guest=NAME among other parts that name processes and threads. */
static int take_name(struct options *o, const char *name, const char *value)
{
	struct parts p;
	int i, err;

	err = parts_parse(&p, o, name, value, strncmp(value, "guest=", 6));
	if (!err && *p.first)
		err = options_set(o, name, &o->name, p.first);
	for (i = 0; !err && i < p.n; i++) {
		if (!strcmp(p.keys[i], "guest") && p.values[i])
			err = options_set(o, name, &o->name, p.values[i]);
		else if (strcmp(p.keys[i], "debug-threads") && strcmp(p.keys[i], "process"))
			err = unknown_part(o, name, p.keys[i]);
	}
	parts_free(&p);
	return err;
}

static int take_no_shutdown(struct options *o, const char *name, const char *value)
{
	(void)name;
	(void)value;
	o->actions.shutdown = SHUTDOWN_PAUSE;
	return 0;
}

static int take_no_reboot(struct options *o, const char *name, const char *value)
{
	(void)name;
	(void)value;
	o->actions.reboot = REBOOT_SHUTDOWN;
	return 0;
}

static int take_stopped(struct options *o, const char *name, const char *value)
{
	(void)name;
	(void)value;
	o->autostart = false;
	return 0;
}

/* QEMU's own device tests pass -accel qtest, and since 8.1 -audio none beside it: see compat. */
static int take_accel(struct options *o, const char *name, const char *value)
{
	(void)name;
	o->accel_qtest |= !strcmp(value, "qtest");
	return 0;
}

static int take_audio(struct options *o, const char *name, const char *value)
{
	(void)name;
	(void)value;
	o->audio_given = true;
	return 0;
}

static int ignore(struct options *o, const char *name, const char *value)
{
	(void)o;
	(void)name;
	(void)value;
	return 0;
}

const struct option_handler qemu_options[] = {
	{ "-qmp", true, take_qmp },
	{ "-qtest", true, take_qtest },
	{ "-qtest-log", true, take_qtest_log },
	{ "-chardev", true, take_chardev },
	{ "-mon", true, take_mon },
	{ "-device", true, take_device },
	{ "-action", true, take_action },
	{ "-no-shutdown", false, take_no_shutdown },
	{ "-no-reboot", false, take_no_reboot },
	{ "-S", false, take_stopped },
	{ "-name", true, take_name },
	{ "-accel", true, take_accel },
	{ "-audio", true, take_audio },
	{ "-machine", true, ignore },
	{ "-M", true, ignore },
	{ "-display", true, ignore },
	{ "-nodefaults", false, ignore },
	{ "-m", true, ignore },
	{ "-smp", true, ignore },
	{ "-cpu", true, ignore },
	{ NULL, false, NULL },
};

static struct chardev *find_chardev(struct options *o, const char *id)
{
	unsigned int i;

	for (i = 0; i < o->n_chardevs; i++) {
		if (!strcmp(o->chardevs[i].id, id))
			return &o->chardevs[i];
	}
	return NULL;
}

/** options_finish_qemu() - bring -mon and -chardev together, once all are read */
int options_finish_qemu(struct options *o)
{
	struct chardev *dev;
	unsigned int i;

	for (i = 0; i < o->n_monitors; i++) {
		dev = find_chardev(o, o->monitors[i]);
		if (!dev)
			return options_error(o, "-mon: there is no chardev '%s'", o->monitors[i]);
		if (dev->used)
			return options_error(o, "-mon: chardev '%s' is in use", dev->id);
		dev->used = true;
		if (options_endpoint(o, "-mon", &qmp_protocol, dev->path, dev->server))
			return -1;
	}
	for (i = 0; i < o->n_chardevs; i++) {
		if (!o->chardevs[i].used)
			return options_error(o, "-chardev: nothing uses '%s'", o->chardevs[i].id);
	}
	return 0;
}
