// SPDX-License-Identifier: GPL-2.0-only
/*
 * QMP as a protocol: greeting, requests, replies, events. qmp-commands.c executes a request and
 * makes the reply.
 */
#include <time.h>

#include "guest.h"
#include "json-scan.h"
#include "qmp-commands.h"
#include "qmp.h"

/**
 * struct qmp_session - one monitor's client
 * @base: the session
 * @scanner: finds the messages in its input
 * @monitor: what its commands change
 * @entry: in guest.monitors
 */
struct qmp_session {
	struct session base;
	struct json_scanner scanner;
	struct qmp_monitor monitor;
	LIST_ENTRY(qmp_session) entry;
};

static struct qmp_session *qmp_session(struct session *session)
{
	return (struct qmp_session *)session;
}

static int add_bytes(const char *bytes, size_t len, void *opaque)
{
	text_add(opaque, bytes, len);
	return 0;
}

static void print(struct text *out, json_t *message)
{
	json_dump_callback(message, add_bytes, out, JSON_ENSURE_ASCII);
	text_add(out, "\r\n", 2);
	json_decref(message);
}

static void qmp_send(struct qmp_session *qmp, json_t *message)
{
	struct text out = { 0 };

	print(&out, message);
	session_send(&qmp->base, out.s, out.len);
	text_free(&out);
}

static void qmp_message(void *opaque, json_t *request, const char *why)
{
	struct qmp_session *qmp = opaque;

	if (qmp->base.guest->machine.exited)
		return;
	qmp_send(qmp, request ? qmp_execute(&qmp->monitor, request) :
				qmp_error(GENERIC_ERROR, "%s", why));
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

	if (LIST_EMPTY(&guest->monitors))
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	print(&out, json_pack("{s:{s:I, s:i}, s:s, s:o*}", "timestamp", "seconds",
			      (json_int_t)now.tv_sec, "microseconds", (int)(now.tv_nsec / 1000),
			      "event", event->name, "data", event_data(event)));
	LIST_FOREACH(qmp, &guest->monitors, entry)
	{
		if (qmp->monitor.negotiated)
			session_send(&qmp->base, out.s, out.len);
	}
	text_free(&out);
}

static void qmp_open(struct session *session)
{
	struct qmp_session *qmp = qmp_session(session);

	json_scan_init(&qmp->scanner, qmp_message, qmp);
	qmp->monitor.guest = session->guest;
	LIST_INSERT_HEAD(&session->guest->monitors, qmp, entry);
	qmp_send(qmp, json_pack("{s:{s:o, s:[s]}}", "QMP", "version", qmp_version(session->guest),
				"capabilities", "oob"));
}

static void qmp_input(struct session *session, const char *bytes, size_t len)
{
	json_scan_feed(&qmp_session(session)->scanner, bytes, len);
}

static void qmp_close(struct session *session)
{
	struct qmp_session *qmp = qmp_session(session);

	LIST_REMOVE(qmp, entry);
	json_scan_free(&qmp->scanner);
}

const struct protocol qmp_protocol = {
	.name = "qmp",
	.size = sizeof(struct qmp_session),
	.open = qmp_open,
	.input = qmp_input,
	.close = qmp_close,
};
