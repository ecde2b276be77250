/* SPDX-License-Identifier: GPL-2.0-only */
/* The options of the command line, in our spelling or in QEMU's. */
#ifndef HOST_SIM_OPTIONS_H
#define HOST_SIM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "machine.h"
#include "text.h"

#define OPTIONS_MAX_ENDPOINTS 16
#define OPTIONS_MAX_GUESTS    1000000

/**
 * struct compat - a QEMU version that is spoken
 * @name: as on the command line
 * @major: as in query-version
 * @minor: likewise
 * @micro: likewise
 * @events: the pvpanic events that it knows, and the default of events=
 * @singlestep: query-status still has this member
 */
struct compat {
	const char *name;
	int major;
	int minor;
	int micro;
	uint8_t events;
	bool singlestep;
};

enum endpoint_protocol { ENDPOINT_QMP, ENDPOINT_QTEST, ENDPOINT_GUEST };

/**
 * struct endpoint_spec - a socket that each guest has
 * @protocol: what is spoken on it
 * @path: its path, with %d for the guest's number
 * @server: listen there, or connect there as a client
 * @chardev: its id if -chardev made it, else NULL
 * @used: a -mon names the chardev
 */
struct endpoint_spec {
	enum endpoint_protocol protocol;
	char *path;
	bool server;
	char *chardev;
	bool used;
};

struct options {
	struct endpoint_spec endpoints[OPTIONS_MAX_ENDPOINTS];
	unsigned int n_endpoints;
	unsigned int ioport;
	unsigned int events;
	struct machine_actions actions;
	unsigned int stopped;
	unsigned int guests;
	char *name;
	char *log;
	char *qtest_log;
	const struct compat *compat;
	unsigned int help;
	unsigned int version;

	/* while parsing */
	struct text *error;
	struct {
		char *id;
		char *path;
		char *mode;
		unsigned int server;
	} socket;
	char *monitors[OPTIONS_MAX_ENDPOINTS];
	unsigned int n_monitors;
	unsigned int audio_given;
	unsigned int accel_qtest;
};

int options_parse(struct options *options, int argc, char **argv, struct text *error);
void options_free(struct options *options);

#endif
