// SPDX-License-Identifier: GPL-2.0-only
/*
 * The QMP commands. A new command is one function and one row of the table. The checks have the
 * order of QEMU's qapi/qmp-dispatch.c, so a request with several mistakes gets QEMU's error class.
 * The words of the errors are our own.
 */
#include <stdarg.h>
#include <string.h>

#include "actions.h"
#include "guest.h"
#include "qmp-commands.h"

#define N(array) (sizeof(array) / sizeof(*(array)))

/**
 * struct qmp_command - one command
 * @name: its name
 * @run: returns the reply; NULL is the empty success, {"return": {}}
 * @has_arguments: @run checks them; a command without is called only if none were given
 */
struct qmp_command {
	const char *name;
	json_t *(*run)(struct qmp_monitor *monitor, json_t *arguments);
	bool has_arguments;
};

/**
 * qmp_error() - a reply that says why not
 * @class: a QMP error class
 * @fmt: printf() format of the description
 */
json_t *qmp_error(const char *class, const char *fmt, ...)
{
	json_t *desc;
	va_list args;

	va_start(args, fmt);
	/* A name that was cut inside a character is no UTF-8, and jansson refuses it. */
	desc = json_vsprintf(fmt, args) ?: json_string("a name in the request is wrong");
	va_end(args);
	return json_pack("{s:{s:s, s:o}}", "error", "class", class, "desc", desc);
}

static json_t *success(json_t *value)
{
	return json_pack("{s:o}", "return", value);
}

/* The text of a JSON string, or NULL. No name or word here contains U+0000. */
static const char *word(const json_t *value)
{
	const char *s = json_string_value(value);

	return s && strlen(s) == json_string_length(value) ? s : NULL;
}

static json_t *qmp_capabilities(struct qmp_monitor *monitor, json_t *arguments)
{
	json_t *enable = NULL, *capability;
	json_error_t error;
	bool oob = false;
	size_t i;

	if (json_unpack_ex(arguments, &error, JSON_STRICT, "{s?o}", "enable", &enable))
		return qmp_error(GENERIC_ERROR, "%s", error.text);
	if (enable && !json_is_array(enable))
		return qmp_error(GENERIC_ERROR, "'enable' must be an array");
	json_array_foreach(enable, i, capability) {
		if (!word(capability) || strcmp(word(capability), "oob"))
			return qmp_error(GENERIC_ERROR, "the only capability is 'oob'");
		oob = true;
	}
	if (monitor->negotiated)
		return qmp_error(COMMAND_NOT_FOUND, "capabilities have already been negotiated");
	monitor->negotiated = true;
	monitor->oob = oob;
	return NULL;
}

/** qmp_version() - the version in the greeting and in query-version */
json_t *qmp_version(const struct guest *guest)
{
	const struct compat *compat = guest->options->compat;

	return json_pack("{s:{s:i, s:i, s:i}, s:s}", "qemu", "micro", compat->micro, "minor",
			 compat->minor, "major", compat->major, "package", "pvpanic-sim");
}

static json_t *query_version(struct qmp_monitor *monitor, json_t *arguments)
{
	(void)arguments;
	return success(qmp_version(monitor->guest));
}

static json_t *query_status(struct qmp_monitor *monitor, json_t *arguments)
{
	enum run_state state = monitor->guest->machine.state;
	bool singlestep = monitor->guest->options->compat->singlestep;

	(void)arguments;
	return success(json_pack("{s:s, s:o*, s:b}", "status", run_state_name(state), "singlestep",
				 singlestep ? json_false() : NULL, "running",
				 state == RUN_STATE_RUNNING));
}

static json_t *query_name(struct qmp_monitor *monitor, json_t *arguments)
{
	struct text name = { 0 };
	json_t *result;

	(void)arguments;
	text_expand(&name, monitor->guest->options->name, monitor->guest->index);
	result = json_pack("{s:s*}", "name", name.s);
	text_free(&name);
	return success(result);
}

static json_t *stop(struct qmp_monitor *monitor, json_t *arguments)
{
	(void)arguments;
	machine_stop(&monitor->guest->machine);
	return NULL;
}

static json_t *cont(struct qmp_monitor *monitor, json_t *arguments)
{
	const char *why_not = machine_cont(&monitor->guest->machine);

	(void)arguments;
	return why_not ? qmp_error(GENERIC_ERROR, "%s", why_not) : NULL;
}

static json_t *system_reset(struct qmp_monitor *monitor, json_t *arguments)
{
	(void)arguments;
	machine_reset(&monitor->guest->machine);
	return NULL;
}

static json_t *system_powerdown(struct qmp_monitor *monitor, json_t *arguments)
{
	(void)arguments;
	machine_powerdown(&monitor->guest->machine);
	return NULL;
}

static json_t *quit(struct qmp_monitor *monitor, json_t *arguments)
{
	(void)arguments;
	machine_quit(&monitor->guest->machine);
	return NULL;
}

/* Either all of the actions are changed, or none. */
static json_t *set_action(struct qmp_monitor *monitor, json_t *arguments)
{
	struct machine_actions actions = monitor->guest->machine.actions;
	const char *name;
	json_t *value;

	json_object_foreach(arguments, name, value) {
		if (!word(value) || actions_set(&actions, name, word(value)))
			return qmp_error(GENERIC_ERROR, "there is no such action: '%.80s'", name);
	}
	monitor->guest->machine.actions = actions;
	return NULL;
}

/* The human monitor has no command here. Like QEMU's, it says so in text, not by a QMP error. */
static json_t *human_monitor_command(struct qmp_monitor *monitor, json_t *arguments)
{
	json_error_t error;
	const char *line, *end;
	int cpu;

	(void)monitor;
	if (json_unpack_ex(arguments, &error, JSON_STRICT, "{s:s, s?i}", "command-line", &line,
			   "cpu-index", &cpu))
		return qmp_error(GENERIC_ERROR, "%s", error.text);
	end = line + strspn(line, " ");
	if (!*end)
		return success(json_string(""));
	end += strcspn(end, " ");
	return success(json_sprintf("unknown command: '%.*s'\r\n", (int)(end - line), line));
}

static json_t *query_commands(struct qmp_monitor *monitor, json_t *arguments);

static const struct qmp_command commands[] = {
	{ "cont", cont, false },
	{ "human-monitor-command", human_monitor_command, true },
	{ "qmp_capabilities", qmp_capabilities, true },
	{ "query-commands", query_commands, false },
	{ "query-name", query_name, false },
	{ "query-status", query_status, false },
	{ "query-version", query_version, false },
	{ "quit", quit, false },
	{ "set-action", set_action, true },
	{ "stop", stop, false },
	{ "system_powerdown", system_powerdown, false },
	{ "system_reset", system_reset, false },
};

static json_t *query_commands(struct qmp_monitor *monitor, json_t *arguments)
{
	json_t *list = json_array();
	size_t i;

	(void)monitor;
	(void)arguments;
	for (i = 0; i < N(commands); i++)
		json_array_append_new(list, json_pack("{s:s}", "name", commands[i].name));
	return success(list);
}

static const struct qmp_command *find_command(const char *name)
{
	size_t i;

	for (i = 0; name && i < N(commands); i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

static json_t *execute(struct qmp_monitor *monitor, json_t *request)
{
	json_t *in_band = NULL, *oob = NULL, *arguments = NULL, *id, *reply;
	const struct qmp_command *command;
	json_error_t error;

	if (!json_is_object(request))
		return qmp_error(GENERIC_ERROR, "a request must be a JSON object");
	if (json_unpack_ex(request, &error, JSON_STRICT, "{s?o, s?o, s?o, s?o}", "execute",
			   &in_band, "exec-oob", &oob, "arguments", &arguments, "id", &id))
		return qmp_error(GENERIC_ERROR, "%s", error.text);
	if (oob && !monitor->oob)
		return qmp_error(GENERIC_ERROR, "the capability 'oob' is not enabled");
	if (!in_band == !oob || !json_is_string(in_band ?: oob))
		return qmp_error(GENERIC_ERROR, "'execute' must be there once, and be a string");
	if (arguments && !json_is_object(arguments))
		return qmp_error(GENERIC_ERROR, "'arguments' must be an object");

	command = find_command(word(in_band ?: oob));
	if (!monitor->negotiated && (!command || command->run != qmp_capabilities))
		return qmp_error(COMMAND_NOT_FOUND, "'qmp_capabilities' must be the first command");
	if (!command)
		return qmp_error(COMMAND_NOT_FOUND, "there is no command '%.80s'",
				 json_string_value(in_band ?: oob));
	if (oob)
		return qmp_error(GENERIC_ERROR, "'%s' cannot run out of band", command->name);
	if (!command->has_arguments && json_object_size(arguments))
		return qmp_error(GENERIC_ERROR, "'%s' takes no arguments", command->name);
	arguments = json_incref(arguments) ?: json_object();
	reply = command->run(monitor, arguments);
	json_decref(arguments);
	return reply;
}

/**
 * qmp_execute() - execute a request
 * @monitor: of the client that sent it
 * @request: any JSON value
 *
 * Return: the reply, with the request's id.
 */
json_t *qmp_execute(struct qmp_monitor *monitor, json_t *request)
{
	json_t *reply = execute(monitor, request) ?: json_pack("{s:{}}", "return");
	json_t *id = json_object_get(request, "id");

	if (id)
		json_object_set(reply, "id", id);
	return reply;
}
