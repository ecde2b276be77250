/* SPDX-License-Identifier: GPL-2.0-only */
/* QMP, the QEMU Machine Protocol: the part of it that has to do with a panicking guest. */
#ifndef HOST_SIM_QMP_H
#define HOST_SIM_QMP_H

#include <stdbool.h>

#include "json.h"
#include "session.h"

struct guest;
struct machine_event;

/**
 * struct qmp_session - one monitor's client
 * @base: the session
 * @reader: cuts its input into messages
 * @negotiated: "qmp_capabilities" was executed: commands and events from now on
 * @oob: it enabled out-of-band execution (no command here can make use of it)
 * @next: in guest.monitors
 */
struct qmp_session {
	struct session base;
	struct json_reader reader;
	bool negotiated;
	bool oob;
	struct qmp_session *next;
};

/**
 * struct qmp_error - why a command failed
 * @class: a QMP error class
 * @desc: QEMU's words
 */
struct qmp_error {
	const char *class;
	struct text desc;
};

void qmp_broadcast(struct guest *guest, const struct machine_event *event);

/* qmp-commands.c */
struct qmp_command {
	const char *name;
	json_t *(*run)(struct qmp_session *session, json_t *arguments, struct qmp_error *error);
};

const struct qmp_command *qmp_find_command(const char *name);
json_t *qmp_version(const struct guest *guest);
json_t *qmp_fail(struct qmp_error *error, const char *class, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
