/* SPDX-License-Identifier: GPL-2.0-only */
/* Executes QMP requests. */
#ifndef HOST_SIM_QMP_COMMANDS_H
#define HOST_SIM_QMP_COMMANDS_H

#include <stdbool.h>

#include <jansson.h>

#define GENERIC_ERROR     "GenericError"
#define COMMAND_NOT_FOUND "CommandNotFound"

struct guest;

/**
 * struct qmp_monitor - one client of a guest's monitor, as its commands see it
 * @guest: the guest
 * @negotiated: "qmp_capabilities" was executed: commands and events from now on
 * @oob: it enabled out-of-band execution, which no command here supports
 */
struct qmp_monitor {
	struct guest *guest;
	bool negotiated;
	bool oob;
};

json_t *qmp_execute(struct qmp_monitor *monitor, json_t *request);
json_t *qmp_error(const char *class, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
json_t *qmp_version(const struct guest *guest);

#endif
