// SPDX-License-Identifier: GPL-2.0-only
/*
 * The QMP commands. Arguments are checked as QEMU's generated visitors check them: in the
 * schema's order, types before values, unexpected members last.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "qmp.h"

#define N(array) (sizeof(array) / sizeof(*(array)))

/**
 * struct choice - an argument that is one of several words
 * @name: the argument
 * @words: what it may be, ends with NULL
 */
struct choice {
	const char *name;
	const char *const *words;
};

static int find_word(const char *const *words, const char *word)
{
	int i;

	for (i = 0; words[i]; i++) {
		if (!strcmp(words[i], word))
			return i;
	}
	return -1;
}

/* The index of the word that @value is, or -1 with @error filled in. */
static int check_word(const char *name, json_t *value, const char *const *words,
		      struct qmp_error *error)
{
	int i;

	if (!json_is_string(value)) {
		qmp_fail(error, "GenericError", "Invalid parameter type for '%s', expected: string",
			 name);
		return -1;
	}
	i = find_word(words, json_string_value(value));
	if (i < 0) /* QEMU has no name for a list's element here, and says "null" */
		qmp_fail(error, "GenericError", "Parameter '%s' does not accept value '%s'",
			 strchr(name, '[') ? "null" : name, json_string_value(value));
	return i;
}

/* All @choices that are there into @found (-1: not there). False with @error filled in. */
static bool check_arguments(json_t *arguments, const struct choice *choices, size_t n, int *found,
			    struct qmp_error *error)
{
	const char *key;
	json_t *value;
	size_t i;

	for (i = 0; i < n; i++) {
		value = json_object_get(arguments, choices[i].name);
		found[i] = -1;
		if (!value)
			continue;
		found[i] = check_word(choices[i].name, value, choices[i].words, error);
		if (found[i] < 0)
			return false;
	}
	json_object_foreach(arguments, key, value) {
		for (i = 0; i < n && strcmp(key, choices[i].name); i++)
			;
		if (i < n)
			continue;
		qmp_fail(error, "GenericError", "Parameter '%s' is unexpected", key);
		return false;
	}
	return true;
}

static bool no_arguments(json_t *arguments, struct qmp_error *error)
{
	return check_arguments(arguments, NULL, 0, NULL, error);
}

static json_t *qmp_capabilities(struct qmp_session *qmp, json_t *arguments, struct qmp_error *error)
{
	static const char *const capabilities[] = { "oob", NULL };
	json_t *enable = json_object_get(arguments, "enable"), *others = json_copy(arguments);
	bool oob = false;
	char name[32];
	size_t i;

	if (enable && !json_is_array(enable))
		qmp_fail(error, "GenericError",
			 "Invalid parameter type for 'enable', expected: array");
	for (i = 0; i < json_array_size(enable) && !error->class; i++) {
		snprintf(name, sizeof(name), "enable[%zu]", i);
		oob |= check_word(name, json_array_get(enable, i), capabilities, error) == 0;
	}
	json_object_del(others, "enable");
	if (!error->class)
		no_arguments(others, error);
	json_decref(others);
	if (error->class)
		return NULL;

	if (qmp->negotiated)
		return qmp_fail(error, "CommandNotFound",
				"Capabilities negotiation is already complete, command ignored");
	qmp->negotiated = true;
	qmp->oob = oob;
	qmp->next = qmp->base.guest->monitors;
	qmp->base.guest->monitors = qmp;
	return NULL;
}

/** qmp_version() - what query-version and the greeting say */
json_t *qmp_version(const struct guest *guest)
{
	const struct compat *compat = guest->options->compat;

	return json_pack("{s:{s:i, s:i, s:i}, s:s}", "qemu", "major", compat->major, "minor",
			 compat->minor, "micro", compat->micro, "package", "pvpanic-sim");
}

static json_t *query_version(struct qmp_session *qmp, json_t *arguments, struct qmp_error *error)
{
	return no_arguments(arguments, error) ? qmp_version(qmp->base.guest) : NULL;
}

static json_t *query_status(struct qmp_session *qmp, json_t *arguments, struct qmp_error *error)
{
	const struct guest *guest = qmp->base.guest;
	enum run_state state = guest->machine.state;
	json_t *status;

	if (!no_arguments(arguments, error))
		return NULL;
	/* The schema's order: it shows where two members share a bucket, see json-write.c. */
	status = json_pack("{s:b}", "running", state == RUN_STATE_RUNNING);
	if (guest->options->compat->singlestep)
		json_object_set_new(status, "singlestep", json_false());
	json_object_set_new(status, "status", json_string(run_state_name(state)));
	return status;
}

static json_t *query_name(struct qmp_session *qmp, json_t *arguments, struct qmp_error *error)
{
	const struct guest *guest = qmp->base.guest;
	struct text name = { 0 };
	json_t *result;

	if (!no_arguments(arguments, error))
		return NULL;
	options_expand(&name, guest->options->name, guest->index);
	result = json_pack("{s:s*}", "name", name.len ? name.s : NULL);
	text_free(&name);
	return result;
}

static json_t *stop(struct qmp_session *qmp, json_t *arguments, struct qmp_error *error)
{
	if (no_arguments(arguments, error))
		machine_stop(&qmp->base.guest->machine);
	return NULL;
}

static json_t *cont(struct qmp_session *qmp, json_t *arguments, struct qmp_error *error)
{
	const char *why_not;

	if (!no_arguments(arguments, error))
		return NULL;
	why_not = machine_cont(&qmp->base.guest->machine);
	if (why_not)
		qmp_fail(error, "GenericError", "%s", why_not);
	return NULL;
}

static json_t *system_reset(struct qmp_session *qmp, json_t *arguments, struct qmp_error *error)
{
	if (no_arguments(arguments, error))
		machine_reset(&qmp->base.guest->machine);
	return NULL;
}

static json_t *system_powerdown(struct qmp_session *qmp, json_t *arguments, struct qmp_error *error)
{
	if (no_arguments(arguments, error))
		machine_powerdown(&qmp->base.guest->machine);
	return NULL;
}

static json_t *quit(struct qmp_session *qmp, json_t *arguments, struct qmp_error *error)
{
	if (no_arguments(arguments, error))
		machine_quit(&qmp->base.guest->machine);
	return NULL;
}

static json_t *set_action(struct qmp_session *qmp, json_t *arguments, struct qmp_error *error)
{
	static const char *const watchdog_words[] = { "reset", "shutdown", "poweroff",   "pause",
						      "debug", "none",     "inject-nmi", NULL };
	static const struct choice choices[] = {
		{ "reboot", reboot_action_words },
		{ "shutdown", shutdown_action_words },
		{ "panic", panic_action_words },
		{ "watchdog", watchdog_words }, /* there is none; QEMU takes it all the same */
	};
	struct machine_actions *actions = &qmp->base.guest->machine.actions;
	int found[N(choices)];

	if (!check_arguments(arguments, choices, N(choices), found, error))
		return NULL;
	if (found[0] >= 0)
		actions->reboot = found[0];
	if (found[1] >= 0)
		actions->shutdown = found[1];
	if (found[2] >= 0)
		actions->panic = found[2];
	return NULL;
}

static json_t *query_commands(struct qmp_session *qmp, json_t *arguments, struct qmp_error *error);

static const struct qmp_command commands[] = {
	{ "cont", cont },
	{ "qmp_capabilities", qmp_capabilities },
	{ "query-commands", query_commands },
	{ "query-name", query_name },
	{ "query-status", query_status },
	{ "query-version", query_version },
	{ "quit", quit },
	{ "set-action", set_action },
	{ "stop", stop },
	{ "system_powerdown", system_powerdown },
	{ "system_reset", system_reset },
};

static json_t *query_commands(struct qmp_session *qmp, json_t *arguments, struct qmp_error *error)
{
	json_t *list;
	size_t i;

	(void)qmp;
	if (!no_arguments(arguments, error))
		return NULL;
	list = json_array();
	for (i = 0; i < N(commands); i++)
		json_array_append_new(list, json_pack("{s:s}", "name", commands[i].name));
	return list;
}

/** qmp_find_command() - the command of that name, or NULL */
const struct qmp_command *qmp_find_command(const char *name)
{
	size_t i;

	for (i = 0; i < N(commands); i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}
