// SPDX-License-Identifier: GPL-2.0-only
/*
 * QMP as a protocol: greeting, negotiation, requests, replies, events. What the commands do is in
 * qmp-commands.c. The order of checks, and so which of several mistakes is reported, is that of
 * QEMU's qapi/qmp-dispatch.c.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "guest.h"
#include "qmp.h"

static const char generic_error[] = "GenericError";
static const char command_not_found[] = "CommandNotFound";

static struct qmp_session *qmp_session(struct session *session)
{
	return (struct qmp_session *)session;
}

static void qmp_send(struct qmp_session *qmp, json_t *message)
{
	struct text out = { 0 };

	json_write(&out, message);
	text_add(&out, "\r\n", 2);
	session_send(&qmp->base, out.s, out.len);
	text_free(&out);
	json_decref(message);
}

/**
 * qmp_fail() - note why a command fails
 * @error: where
 * @class: QMP error class
 * @fmt: printf() format of the description
 *
 * Return: NULL, so that a command can return it.
 */
json_t *qmp_fail(struct qmp_error *error, const char *class, const char *fmt, ...)
{
	char desc[2048];
	va_list args;

	va_start(args, fmt);
	vsnprintf(desc, sizeof(desc), fmt, args);
	va_end(args);
	error->class = class;
	text_free(&error->desc);
	text_add(&error->desc, desc, strlen(desc));
	return NULL;
}

/* Is @request a request at all? Sets @name to the member that names the command. */
static bool check_request(json_t *request, bool oob, const char **name, struct qmp_error *error)
{
	struct json_member *members;
	size_t i, n;

	*name = NULL;
	members = json_members(request, &n);
	for (i = 0; i < n && !error->class; i++) {
		const char *key = members[i].key;

		if (!strcmp(key, "execute") || (oob && !strcmp(key, "exec-oob"))) {
			if (!json_is_string(members[i].value))
				qmp_fail(error, generic_error,
					 "QMP input member '%s' must be a string", key);
			else if (*name)
				qmp_fail(error, generic_error,
					 "QMP input member '%s' clashes with '%s'", key, *name);
			*name = key;
		} else if (!strcmp(key, "arguments")) {
			if (!json_is_object(members[i].value))
				qmp_fail(error, generic_error,
					 "QMP input member 'arguments' must be an object");
		} else if (strcmp(key, "id")) {
			qmp_fail(error, generic_error, "QMP input member '%s' is unexpected", key);
		}
	}
	free(members);
	if (!error->class && !*name)
		qmp_fail(error, generic_error, "QMP input lacks member 'execute'");
	return !error->class;
}

static json_t *run_request(struct qmp_session *qmp, json_t *request, struct qmp_error *error)
{
	const struct qmp_command *command;
	const char *member, *name;
	json_t *arguments, *result;

	if (!check_request(request, qmp->oob, &member, error))
		return NULL;
	name = json_string_value(json_object_get(request, member));
	command = qmp_find_command(name);
	if (!qmp->negotiated && (!command || strcmp(name, "qmp_capabilities")))
		return qmp_fail(error, command_not_found,
				"Expecting capabilities negotiation with 'qmp_capabilities'");
	if (!command)
		return qmp_fail(error, command_not_found, "The command %s has not been found",
				name);
	if (!strcmp(member, "exec-oob"))
		return qmp_fail(error, generic_error, "The command %s does not support OOB", name);

	arguments = json_incref(json_object_get(request, "arguments")) ?: json_object();
	result = command->run(qmp, arguments, error);
	json_decref(arguments);
	if (!result && !error->class)
		result = json_object();
	return result;
}

static void qmp_message(void *opaque, json_t *request, const char *parse_error)
{
	struct qmp_session *qmp = opaque;
	struct qmp_error error = { 0 };
	json_t *result = NULL, *reply, *id;

	if (qmp->base.guest->machine.exited)
		return;

	if (parse_error)
		qmp_fail(&error, generic_error, "%s", parse_error);
	else if (!json_is_object(request))
		qmp_fail(&error, generic_error, "QMP input must be a JSON object");
	else
		result = run_request(qmp, request, &error);

	if (result)
		reply = json_pack("{s:o}", "return", result);
	else
		reply = json_pack("{s:{s:s}}", "error", "class", error.class);
	if (!result)
		json_object_set_new_nocheck(json_object_get(reply, "error"), "desc",
					    json_string_nocheck(error.desc.s));
	id = json_object_get(request, "id");
	if (id)
		json_object_set(reply, "id", id);
	qmp_send(qmp, reply);
	text_free(&error.desc);
}

static json_t *event_data(const struct machine_event *event)
{
	if (event->action)
		return json_pack("{s:s}", "action", event->action);
	if (event->cause != CAUSE_NONE)
		return json_pack("{s:b, s:s}", "guest", cause_is_guest(event->cause), "reason",
				 cause_name(event->cause));
	return NULL;
}

/**
 * qmp_broadcast() - tell all monitors of a guest what happened
 * @guest: the guest
 * @event: the event; its timestamp is now
 */
void qmp_broadcast(struct guest *guest, const struct machine_event *event)
{
	struct qmp_session *qmp;
	struct timespec now;
	struct text out = { 0 };
	json_t *message;

	if (!guest->monitors)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	message = json_pack("{s:s, s:{s:I, s:i}, s:o*}", "event", event->name, "timestamp",
			    "seconds", (json_int_t)now.tv_sec, "microseconds",
			    (int)(now.tv_nsec / 1000), "data", event_data(event));
	json_write(&out, message);
	text_add(&out, "\r\n", 2);
	for (qmp = guest->monitors; qmp; qmp = qmp->next)
		session_send(&qmp->base, out.s, out.len);
	text_free(&out);
	json_decref(message);
}

static void qmp_open(struct session *session)
{
	struct qmp_session *qmp = qmp_session(session);

	json_reader_init(&qmp->reader, qmp_message, qmp);
	qmp_send(qmp, json_pack("{s:{s:o, s:[s]}}", "QMP", "version", qmp_version(session->guest),
				"capabilities", "oob"));
}

static void qmp_input(struct session *session, const char *bytes, size_t len)
{
	json_reader_feed(&qmp_session(session)->reader, bytes, len);
}

static void qmp_close(struct session *session)
{
	struct qmp_session *qmp = qmp_session(session), **link = &session->guest->monitors;

	json_reader_free(&qmp->reader);
	for (; *link; link = &(*link)->next) {
		if (*link == qmp) {
			*link = qmp->next;
			return;
		}
	}
}

const struct protocol qmp_protocol = {
	.name = "qmp",
	.size = sizeof(struct qmp_session),
	.open = qmp_open,
	.input = qmp_input,
	.close = qmp_close,
};
