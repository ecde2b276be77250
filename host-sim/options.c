// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line: our own options, and those options of QEMU that a test harness of a pvpanic
 * guest passes, in QEMU's spelling. Nothing is opened before the whole line is understood. An
 * unknown option, or an unknown part of a known option, is an error.
 */
#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"
#include "device.h"
#include "options.h"

#define N(array)     (sizeof(array) / sizeof(*(array)))
#define FIELD(name)  offsetof(struct options, name)
#define UNSET_EVENTS (UINT8_MAX + 1)

/* The error is one line, because the first error ends the parsing. */
#define fail(options, ...) (text_printf((options)->error, __VA_ARGS__), -1)

/* The first is the default. */
static const struct compat compats[] = {
	{ "10.0", 10, 0, 0, PVPANIC_PANICKED | PVPANIC_CRASH_LOADED | PVPANIC_SHUTDOWN, false },
	{ "7.2", 7, 2, 0, PVPANIC_PANICKED | PVPANIC_CRASH_LOADED, true },
};

/* Where a name can be given: on the command line itself, or as a part of an option's value. */
enum place {
	TOP = 1,
	IN_SOCKET = 2,
	IN_CHARDEV = 4,
	IN_MON = 8,
	IN_DEVICE = 16,
	IN_ACTION = 32,
	IN_NAME = 64,
};

/**
 * struct given - an option or a part as it was given
 * @name: as it was typed
 * @value: NULL if it has none
 * @field: what the row names in struct options
 * @number: the row's
 */
struct given {
	const char *name;
	const char *value;
	void *field;
	unsigned long number;
};

/**
 * struct row - one option, or one part of an option's value
 * @name: without dashes
 * @places: enum place
 * @value: no_argument, required_argument or optional_argument, as in getopt.h
 * @take: 0, or -1 after fail()
 * @field: offset in struct options, if @take wants one
 * @number: the greatest number allowed, what a flag sets, or a protocol
 */
struct row {
	const char *name;
	unsigned char places;
	unsigned char value;
	int (*take)(struct options *o, const struct given *given);
	size_t field;
	unsigned long number;
};

static int take_parts(struct options *o, const char *option, enum place place, char *parts);

static int set_string(struct options *o, const char *name, char **where, const char *value)
{
	if (!*value)
		return fail(o, "%s: empty", name);
	free(*where);
	*where = strdup(value);
	return *where ? 0 : fail(o, "out of memory");
}

static int take_string(struct options *o, const struct given *given)
{
	return set_string(o, given->name, given->field, given->value);
}

static int take_number(struct options *o, const struct given *given)
{
	unsigned int *field = given->field;
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(given->value, &end, 0);
	if (errno || end == given->value || *end || strchr(given->value, '-') ||
	    number > given->number)
		return fail(o, "%s: '%s' is not a number from 0 to %#lx", given->name, given->value,
			    given->number);
	*field = number;
	return 0;
}

static int take_flag(struct options *o, const struct given *given)
{
	unsigned int *field = given->field;

	(void)o;
	*field = given->number;
	return 0;
}

static int ignore(struct options *o, const struct given *given)
{
	(void)o;
	(void)given;
	return 0;
}

static int take_compat(struct options *o, const struct given *given)
{
	size_t i;

	for (i = 0; i < N(compats); i++) {
		if (!strcmp(compats[i].name, given->value)) {
			o->compat = &compats[i];
			return 0;
		}
	}
	return fail(o, "%s: '%s' is none of 7.2, 10.0", given->name, given->value);
}

/* QEMU's own device tests pass -accel qtest, and since 8.1 -audio none with it: see check(). */
static int take_accel(struct options *o, const struct given *given)
{
	o->accel_qtest |= !strcmp(given->value, "qtest");
	return 0;
}

/* Both "--panic pause" and "-action panic=pause". */
static int take_action(struct options *o, const struct given *given)
{
	const char *name = given->name + strspn(given->name, "-");
	const char *const *words = actions_words(name);

	if (!actions_set(&o->actions, name, given->value))
		return 0;
	text_printf(o->error, "%s: '%s' is none of %s", given->name, given->value, *words);
	while (*++words)
		text_printf(o->error, ", %s", *words);
	return -1;
}

static int take_actions(struct options *o, const struct given *given)
{
	char *parts = strdupa(given->value);

	return take_parts(o, given->name, IN_ACTION, parts);
}

static int take_device(struct options *o, const struct given *given)
{
	char *parts = strdupa(given->value), *driver = strsep(&parts, ",");

	if (strcmp(driver, "pvpanic"))
		return fail(o, "%s %s: there is no device but pvpanic", given->name, given->value);
	return take_parts(o, given->name, IN_DEVICE, parts);
}

/* Our own spelling has two dashes and a plain value; QEMU's values have a syntax of their own. */
static bool is_ours(const struct given *given)
{
	return !strncmp(given->name, "--", 2);
}

/* -name NAME, or guest=NAME among parts that name processes and threads. */
static int take_name(struct options *o, const struct given *given)
{
	char *parts = strdupa(given->value), *name = parts;

	if (is_ours(given))
		return take_string(o, given);
	if (strcspn(name, ",") <= strcspn(name, "=")) {
		strsep(&parts, ",");
		if (set_string(o, given->name, &o->name, name))
			return -1;
	}
	return take_parts(o, given->name, IN_NAME, parts);
}

static int add_endpoint(struct options *o, const char *name, enum endpoint_protocol protocol)
{
	if (o->n_endpoints == OPTIONS_MAX_ENDPOINTS)
		return fail(o, "%s: more than %d sockets a guest", name, OPTIONS_MAX_ENDPOINTS);
	o->endpoints[o->n_endpoints++] = (struct endpoint_spec){
		.protocol = protocol,
		.path = o->socket.path,
		.server = o->socket.server,
		.chardev = o->socket.id,
	};
	o->socket.path = NULL;
	o->socket.id = NULL;
	return 0;
}

/* The simulator listens on a plain path. QEMU's value is unix:PATH and parts. */
static int take_socket(struct options *o, const struct given *given)
{
	bool is_unix = !strncmp(given->value, "unix:", 5);
	char *parts = NULL, *path = strdupa(given->value);

	if (!is_unix && !is_ours(given))
		return fail(o, "%s %s: only unix:PATH is known", given->name, given->value);
	if (is_unix) {
		parts = path + 5;
		path = strsep(&parts, ",");
	}
	o->socket.server = !is_unix;
	if (set_string(o, given->name, &o->socket.path, path) ||
	    take_parts(o, given->name, IN_SOCKET, parts))
		return -1;
	return add_endpoint(o, given->name, given->number);
}

static int take_server(struct options *o, const struct given *given)
{
	o->socket.server = !given->value || !strcmp(given->value, "on");
	if (!o->socket.server && strcmp(given->value, "off"))
		return fail(o, "%s: '%s' is none of off, on", given->name, given->value);
	return 0;
}

static int take_chardev(struct options *o, const struct given *given)
{
	char *parts = strdupa(given->value), *kind = strsep(&parts, ",");

	if (strcmp(kind, "socket"))
		return fail(o, "%s %s: only sockets are known", given->name, given->value);
	o->socket.server = false;
	if (take_parts(o, given->name, IN_CHARDEV, parts))
		return -1;
	if (!o->socket.id || !o->socket.path)
		return fail(o, "%s %s: needs id= and path=", given->name, given->value);
	return add_endpoint(o, given->name, ENDPOINT_QMP);
}

static int take_mon(struct options *o, const struct given *given)
{
	char *parts = strdupa(given->value);

	if (take_parts(o, given->name, IN_MON, parts))
		return -1;
	if (!o->socket.id || !o->socket.mode || strcmp(o->socket.mode, "control"))
		return fail(o, "%s %s: needs chardev=ID,mode=control", given->name, given->value);
	if (o->n_monitors == OPTIONS_MAX_ENDPOINTS)
		return fail(o, "%s: too many", given->name);
	o->monitors[o->n_monitors++] = o->socket.id;
	o->socket.id = NULL;
	free(o->socket.mode);
	o->socket.mode = NULL;
	return 0;
}

static const struct row rows[] = {
	/* Ours; QEMU has some of them too. */
	{ "qmp", TOP, required_argument, take_socket, 0, ENDPOINT_QMP },
	{ "qtest", TOP, required_argument, take_socket, 0, ENDPOINT_QTEST },
	{ "guest", TOP, required_argument, take_socket, 0, ENDPOINT_GUEST },
	{ "guests", TOP, required_argument, take_number, FIELD(guests), OPTIONS_MAX_GUESTS },
	{ "name", TOP, required_argument, take_name, FIELD(name), 0 },
	{ "ioport", TOP | IN_DEVICE, required_argument, take_number, FIELD(ioport), UINT16_MAX },
	{ "events", TOP | IN_DEVICE, required_argument, take_number, FIELD(events), UINT8_MAX },
	{ "panic", TOP | IN_ACTION, required_argument, take_action, 0, 0 },
	{ "compat", TOP, required_argument, take_compat, 0, 0 },
	{ "log", TOP, required_argument, take_string, FIELD(log), 0 },
	{ "help", TOP, no_argument, take_flag, FIELD(help), true },
	{ "version", TOP, no_argument, take_flag, FIELD(version), true },
	/* QEMU's */
	{ "qtest-log", TOP, required_argument, take_string, FIELD(qtest_log), 0 },
	{ "chardev", TOP, required_argument, take_chardev, 0, 0 },
	{ "id", IN_CHARDEV, required_argument, take_string, FIELD(socket.id), 0 },
	{ "path", IN_CHARDEV, required_argument, take_string, FIELD(socket.path), 0 },
	{ "server", IN_CHARDEV | IN_SOCKET, optional_argument, take_server, 0, 0 },
	{ "wait", IN_CHARDEV | IN_SOCKET, optional_argument, ignore, 0, 0 },
	{ "nowait", IN_CHARDEV | IN_SOCKET, no_argument, ignore, 0, 0 },
	{ "mon", TOP, required_argument, take_mon, 0, 0 },
	{ "chardev", IN_MON, required_argument, take_string, FIELD(socket.id), 0 },
	{ "mode", IN_MON, required_argument, take_string, FIELD(socket.mode), 0 },
	{ "device", TOP, required_argument, take_device, 0, 0 },
	{ "id", IN_DEVICE, required_argument, ignore, 0, 0 },
	{ "action", TOP, required_argument, take_actions, 0, 0 },
	{ "shutdown", IN_ACTION, required_argument, take_action, 0, 0 },
	{ "reboot", IN_ACTION, required_argument, take_action, 0, 0 },
	{ "watchdog", IN_ACTION, required_argument, take_action, 0, 0 },
	{ "no-shutdown", TOP, no_argument, take_flag, FIELD(actions.shutdown), SHUTDOWN_PAUSE },
	{ "no-reboot", TOP, no_argument, take_flag, FIELD(actions.reboot), REBOOT_SHUTDOWN },
	{ "S", TOP, no_argument, take_flag, FIELD(stopped), true },
	{ "guest", IN_NAME, required_argument, take_string, FIELD(name), 0 },
	{ "process", IN_NAME, required_argument, ignore, 0, 0 },
	{ "debug-threads", IN_NAME, required_argument, ignore, 0, 0 },
	{ "accel", TOP, required_argument, take_accel, 0, 0 },
	{ "audio", TOP, required_argument, take_flag, FIELD(audio_given), true },
	/* Accepted and ignored, because they describe a machine that is not here. */
	{ "machine", TOP, required_argument, ignore, 0, 0 },
	{ "M", TOP, required_argument, ignore, 0, 0 },
	{ "display", TOP, required_argument, ignore, 0, 0 },
	{ "nodefaults", TOP, no_argument, ignore, 0, 0 },
	{ "m", TOP, required_argument, ignore, 0, 0 },
	{ "smp", TOP, required_argument, ignore, 0, 0 },
	{ "cpu", TOP, required_argument, ignore, 0, 0 },
};

static int take_row(struct options *o, const struct row *row, const char *name, const char *value)
{
	struct given given = { name, value, (char *)o + row->field, row->number };

	return row->take(o, &given);
}

/* "key=value,flag", each of them a row of this place. @parts is changed; NULL has no parts. */
static int take_parts(struct options *o, const char *option, enum place place, char *parts)
{
	const struct row *found[N(rows)], *row;
	char *tokens[N(rows) + 1], *value;
	size_t i, n = 0;
	int token;

	for (i = 0; i < N(rows); i++) {
		if (rows[i].places & place) {
			tokens[n] = (char *)rows[i].name;
			found[n++] = &rows[i];
		}
	}
	tokens[n] = NULL;
	while (parts && *parts) {
		token = getsubopt(&parts, tokens, &value);
		if (token < 0)
			return fail(o, "%s: unknown part '%.*s'", option, (int)strcspn(value, "="),
				    value);
		row = found[token];
		if (row->value == (value ? no_argument : required_argument))
			return fail(o, "%s: %s %s value", option, row->name,
				    value ? "takes no" : "needs a");
		if (take_row(o, row, row->name, value))
			return -1;
	}
	return 0;
}

/* The values of options, apart from the '?' and the ':' that getopt_long_only() returns too. */
#define FIRST_VAL 256

static int take_word(struct options *o, int argc, char **argv, const struct option *table)
{
	const char *word = argv[optind ?: 1], *name = strndupa(word, strcspn(word, "="));
	const struct row *row;
	int val;

	val = getopt_long_only(argc, argv, "+:", table, NULL);
	if (val == -1)
		return fail(o, "%s: unknown argument", word);
	if (val == '?' && !optopt)
		return fail(o, "%s: unknown option", word);
	if (val < FIRST_VAL)
		return fail(o, "%s %s value", name, val == '?' ? "takes no" : "needs a");
	row = &rows[val - FIRST_VAL];
	/* getopt also takes "-s" for "-smp", but QEMU's own -s is another option. */
	if (strcmp(name + strspn(name, "-"), row->name))
		return fail(o, "%s: unknown option", word);
	return take_row(o, row, name, optarg);
}

static int take_words(struct options *o, int argc, char **argv)
{
	struct option table[N(rows) + 1] = { 0 };
	size_t i, n = 0;

	for (i = 0; i < N(rows); i++) {
		if (rows[i].places & TOP)
			table[n++] =
				(struct option){ rows[i].name, rows[i].value, NULL, FIRST_VAL + i };
	}
	opterr = 0;
	for (optind = 0; (optind ?: 1) < argc && !o->help && !o->version;) {
		if (take_word(o, argc, argv, table))
			return -1;
	}
	return 0;
}

/* Each -mon is on a -chardev, given before or after it. */
static int join_monitors(struct options *o)
{
	struct endpoint_spec *spec, *end = o->endpoints + o->n_endpoints;
	unsigned int i;

	for (i = 0; i < o->n_monitors; i++) {
		for (spec = o->endpoints; spec < end; spec++) {
			if (spec->chardev && !strcmp(spec->chardev, o->monitors[i]))
				break;
		}
		if (spec == end)
			return fail(o, "-mon: there is no chardev '%s'", o->monitors[i]);
		if (spec->used)
			return fail(o, "-mon: chardev '%s' is in use", spec->chardev);
		spec->used = true;
	}
	for (spec = o->endpoints; spec < end; spec++) {
		if (spec->chardev && !spec->used)
			return fail(o, "-chardev: nothing uses '%s'", spec->chardev);
	}
	return 0;
}

static int check(struct options *o)
{
	unsigned int i;

	if (join_monitors(o))
		return -1;
	if (!o->compat)
		o->compat = &compats[o->accel_qtest && !o->audio_given];
	if (o->events == UNSET_EVENTS)
		o->events = o->compat->events;
	if (!o->guests)
		return fail(o, "--guests: '0' is not a number from 1");
	if (!o->n_endpoints)
		return fail(o, "nothing to do: give --qmp, --qtest or --guest (see --help)");
	for (i = 0; i < o->n_endpoints; i++) {
		if (o->guests > 1 && !strstr(o->endpoints[i].path, "%d"))
			return fail(o, "%s: with --guests %u, each path needs a %%d",
				    o->endpoints[i].path, o->guests);
	}
	if (!o->name && o->guests > 1)
		return set_string(o, "--name", &o->name, "guest-%d");
	return 0;
}

/**
 * options_parse() - understand a command line
 * @o: filled in; to be freed in any case
 * @argc: as main()'s
 * @argv: as main()'s
 * @error: one line without a newline, if there is an error
 *
 * Return: 0 or -1.
 */
int options_parse(struct options *o, int argc, char **argv, struct text *error)
{
	*o = (struct options){
		.ioport = PVPANIC_PORT,
		.events = UNSET_EVENTS,
		.actions = { PANIC_SHUTDOWN, SHUTDOWN_POWEROFF, REBOOT_RESET },
		.guests = 1,
		.error = error,
	};
	if (take_words(o, argc, argv))
		return -1;
	return o->help || o->version ? 0 : check(o);
}

/** options_free() - give back what options_parse() took */
void options_free(struct options *o)
{
	unsigned int i;

	for (i = 0; i < OPTIONS_MAX_ENDPOINTS; i++) {
		free(o->endpoints[i].path);
		free(o->endpoints[i].chardev);
		free(o->monitors[i]);
	}
	free(o->socket.id);
	free(o->socket.path);
	free(o->socket.mode);
	free(o->name);
	free(o->log);
	free(o->qtest_log);
}
