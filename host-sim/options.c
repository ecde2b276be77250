// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line: our own options here, QEMU's spellings in options-qemu.c. Nothing is opened
 * or changed before the whole line is understood, and what isn't understood is an error.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "options.h"

const char *const panic_action_words[] = { "pause", "shutdown", "exit-failure", "none", NULL };
const char *const shutdown_action_words[] = { "poweroff", "pause", NULL };
const char *const reboot_action_words[] = { "reset", "shutdown", NULL };

/* The first is the default. */
static const struct compat compats[] = {
	{ "10.0", 10, 0, 0, PVPANIC_PANICKED | PVPANIC_CRASH_LOADED | PVPANIC_SHUTDOWN, false },
	{ "7.2", 7, 2, 0, PVPANIC_PANICKED | PVPANIC_CRASH_LOADED, true },
};

/** options_error() - say what is wrong with the command line; the first word counts */
int options_error(struct options *o, const char *fmt, ...)
{
	char message[1024];
	va_list args;

	if (o->error->len)
		return -1;
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	text_add(o->error, message, strlen(message));
	return -1;
}

/**
 * options_number() - read a number, decimal, octal or hex
 * @o: for the error
 * @name: the option's name
 * @value: the text
 * @min: least value allowed
 * @max: greatest value allowed
 * @number: the result
 */
int options_number(struct options *o, const char *name, const char *value, unsigned long min,
		   unsigned long max, unsigned long *number)
{
	char *end;

	errno = 0;
	*number = strtoul(value, &end, 0);
	if (errno || end == value || *end || strchr(value, '-') || *number < min || *number > max)
		return options_error(o, "%s: '%s' is not a number from %lu to %#lx", name, value,
				     min, max);
	return 0;
}

/** options_word() - the index of @value in @words, or -1 with an error that names them */
int options_word(struct options *o, const char *name, const char *value, const char *const *words)
{
	struct text list = { 0 };
	int i;

	for (i = 0; words[i]; i++) {
		if (!strcmp(words[i], value)) {
			text_free(&list);
			return i;
		}
		text_printf(&list, "%s%s", i ? ", " : "", words[i]);
	}
	options_error(o, "%s: '%s' is none of %s", name, value, list.s);
	text_free(&list);
	return -1;
}

/** options_set() - keep a copy of @value at @where, instead of what was there */
int options_set(struct options *o, const char *name, char **where, const char *value)
{
	if (!*value)
		return options_error(o, "%s: empty", name);
	free(*where);
	*where = strdup(value);
	return *where ? 0 : options_error(o, "out of memory");
}

/**
 * options_endpoint() - one more socket for each guest
 * @o: the options
 * @name: the option's name
 * @protocol: what is spoken there
 * @path: where
 * @server: listen, or connect
 */
int options_endpoint(struct options *o, const char *name, const struct protocol *protocol,
		     const char *path, bool server)
{
	struct endpoint_spec *spec = &o->endpoints[o->n_endpoints];

	if (o->n_endpoints == OPTIONS_MAX_ENDPOINTS)
		return options_error(o, "%s: more than %d sockets a guest", name,
				     OPTIONS_MAX_ENDPOINTS);
	if (options_set(o, name, &spec->path, path))
		return -1;
	spec->protocol = protocol;
	spec->server = server;
	o->n_endpoints++;
	return 0;
}

/* A plain path is listened on; "unix:" is QEMU's syntax, for QEMU takes two dashes as well. */
static int take_socket(struct options *o, const char *name, const char *value,
		       const struct protocol *protocol)
{
	if (!strncmp(value, "unix:", 5))
		return options_unix(o, name, value, protocol);
	return options_endpoint(o, name, protocol, value, true);
}

static int take_qmp(struct options *o, const char *name, const char *value)
{
	return take_socket(o, name, value, &qmp_protocol);
}

static int take_qtest(struct options *o, const char *name, const char *value)
{
	return take_socket(o, name, value, &qtest_protocol);
}

static int take_guest(struct options *o, const char *name, const char *value)
{
	return options_endpoint(o, name, &guest_link_protocol, value, true);
}

static int take_ioport(struct options *o, const char *name, const char *value)
{
	unsigned long port;

	if (options_number(o, name, value, 0, UINT16_MAX, &port))
		return -1;
	o->ioport = port;
	return 0;
}

static int take_events(struct options *o, const char *name, const char *value)
{
	unsigned long events;

	if (options_number(o, name, value, 0, UINT8_MAX, &events))
		return -1;
	o->events = events;
	o->events_given = true;
	return 0;
}

static int take_guests(struct options *o, const char *name, const char *value)
{
	unsigned long guests;

	if (options_number(o, name, value, 1, OPTIONS_MAX_GUESTS, &guests))
		return -1;
	o->guests = guests;
	return 0;
}

static int take_panic(struct options *o, const char *name, const char *value)
{
	int action = options_word(o, name, value, panic_action_words);

	if (action < 0)
		return -1;
	o->actions.panic = action;
	return 0;
}

static int take_compat(struct options *o, const char *name, const char *value)
{
	size_t i;

	for (i = 0; i < sizeof(compats) / sizeof(*compats); i++) {
		if (!strcmp(compats[i].name, value)) {
			o->compat = &compats[i];
			return 0;
		}
	}
	return options_error(o, "%s: '%s' is none of 7.2, 10.0", name, value);
}

static int take_log(struct options *o, const char *name, const char *value)
{
	return options_set(o, name, &o->log, value);
}

static int take_name(struct options *o, const char *name, const char *value)
{
	return options_set(o, name, &o->name, value);
}

static int take_help(struct options *o, const char *name, const char *value)
{
	(void)name;
	(void)value;
	o->help = true;
	return 0;
}

static int take_version(struct options *o, const char *name, const char *value)
{
	(void)name;
	(void)value;
	o->version = true;
	return 0;
}

static const struct option_handler our_options[] = {
	{ "--qmp", true, take_qmp },
	{ "--qtest", true, take_qtest },
	{ "--guest", true, take_guest },
	{ "--ioport", true, take_ioport },
	{ "--events", true, take_events },
	{ "--panic", true, take_panic },
	{ "--guests", true, take_guests },
	{ "--name", true, take_name },
	{ "--log", true, take_log },
	{ "--compat", true, take_compat },
	{ "--help", false, take_help },
	{ "--version", false, take_version },
	{ NULL, false, NULL },
};

static const struct option_handler *find(const struct option_handler *handlers, const char *name,
					 size_t len)
{
	for (; handlers->name; handlers++) {
		if (strlen(handlers->name) == len && !strncmp(handlers->name, name, len))
			return handlers;
	}
	return NULL;
}

/* One option, and its value if that is the next word. Returns words used, or -1. */
static int take_option(struct options *o, char **argv)
{
	const char *word = argv[0], *equals = strchr(word, '='), *value = NULL;
	const struct option_handler *handler;

	handler = find(our_options, word, strlen(word)) ?: find(qemu_options, word, strlen(word));
	if (!handler && equals) {
		handler = find(our_options, word, equals - word);
		value = equals + 1;
	}
	if (!handler)
		return options_error(o, "%s: unknown %s", word,
				     word[0] == '-' ? "option" : "argument");
	if (!handler->has_value && value)
		return options_error(o, "%s takes no value", handler->name);
	if (handler->has_value && !value) {
		value = argv[1];
		if (!value)
			return options_error(o, "%s needs a value", handler->name);
		return handler->take(o, handler->name, value) ? -1 : 2;
	}
	return handler->take(o, handler->name, value) ? -1 : 1;
}

static int check(struct options *o)
{
	unsigned int i;

	if (options_finish_qemu(o))
		return -1;
	if (!o->events_given)
		o->events = o->compat->events;
	if (!o->n_endpoints)
		return options_error(o, "nothing to do: "
					"give --qmp, --qtest or --guest (see --help)");
	for (i = 0; i < o->n_endpoints; i++) {
		if (o->guests > 1 && !strstr(o->endpoints[i].path, "%d"))
			return options_error(o, "%s: with --guests %u, each path needs a %%d",
					     o->endpoints[i].path, o->guests);
	}
	if (!o->name && o->guests > 1)
		return options_set(o, "--name", &o->name, "guest-%d");
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
	int i = 1, used;

	*o = (struct options){
		.ioport = PVPANIC_PORT,
		.actions = { PANIC_SHUTDOWN, SHUTDOWN_POWEROFF, REBOOT_RESET },
		.autostart = true,
		.guests = 1,
		.error = error,
	};
	while (i < argc) {
		used = take_option(o, argv + i);
		if (used < 0)
			return -1;
		i += used;
		if (o->help || o->version)
			return 0;
	}
	if (!o->compat)
		o->compat = &compats[o->accel_qtest && !o->audio_given];
	return check(o);
}

/** options_free() - give back what options_parse() took */
void options_free(struct options *o)
{
	unsigned int i;

	for (i = 0; i < OPTIONS_MAX_ENDPOINTS; i++) {
		free(o->endpoints[i].path);
		free(o->monitors[i]);
	}
	for (i = 0; i < OPTIONS_MAX_CHARDEVS; i++) {
		free(o->chardevs[i].id);
		free(o->chardevs[i].path);
	}
	free(o->name);
	free(o->log);
	free(o->qtest_log);
}

/**
 * options_expand() - a pattern with the guest's number for its first %d
 * @out: the result is appended here
 * @pattern: a path or name; NULL is empty
 * @guest: the number
 */
void options_expand(struct text *out, const char *pattern, unsigned int guest)
{
	const char *mark = pattern ? strstr(pattern, "%d") : NULL;

	if (mark)
		text_printf(out, "%.*s%u%s", (int)(mark - pattern), pattern, guest, mark + 2);
	else if (pattern)
		text_printf(out, "%s", pattern);
}
