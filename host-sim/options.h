/* SPDX-License-Identifier: GPL-2.0-only */
/* What the command line says, in our spelling or in QEMU's. */
#ifndef HOST_SIM_OPTIONS_H
#define HOST_SIM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "machine.h"
#include "session.h"
#include "text.h"

#define OPTIONS_MAX_ENDPOINTS 16
#define OPTIONS_MAX_CHARDEVS  16
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
	int major, minor, micro;
	uint8_t events;
	bool singlestep;
};

/**
 * struct endpoint_spec - a socket that each guest has
 * @protocol: what is spoken on it
 * @path: its path, with %d for the guest's number
 * @server: listen there, or connect there as a client
 */
struct endpoint_spec {
	const struct protocol *protocol;
	char *path;
	bool server;
};

struct chardev {
	char *id;
	char *path;
	bool server;
	bool used;
};

struct options {
	struct endpoint_spec endpoints[OPTIONS_MAX_ENDPOINTS];
	unsigned int n_endpoints;
	uint16_t ioport;
	uint8_t events;
	struct machine_actions actions;
	bool autostart;
	unsigned int guests;
	char *name;
	char *log;
	char *qtest_log;
	const struct compat *compat;
	bool help;
	bool version;

	/* while parsing */
	struct text *error;
	struct chardev chardevs[OPTIONS_MAX_CHARDEVS];
	unsigned int n_chardevs;
	char *monitors[OPTIONS_MAX_ENDPOINTS];
	unsigned int n_monitors;
	bool events_given;
	bool audio_given;
	bool accel_qtest;
};

/* In the order of the enums in machine.h, each ends with NULL. */
extern const char *const panic_action_words[];
extern const char *const shutdown_action_words[];
extern const char *const reboot_action_words[];

int options_parse(struct options *options, int argc, char **argv, struct text *error);
void options_free(struct options *options);
void options_expand(struct text *out, const char *pattern, unsigned int guest);

/**
 * struct option_handler - one option
 * @name: with its dashes
 * @has_value: it takes a value
 * @take: 0, or -1 with options_error() called
 */
struct option_handler {
	const char *name;
	bool has_value;
	int (*take)(struct options *options, const char *name, const char *value);
};

/* Between options.c and options-qemu.c. */
extern const struct option_handler qemu_options[];
int options_finish_qemu(struct options *options);
int options_unix(struct options *options, const char *name, const char *value,
		 const struct protocol *protocol);
int options_error(struct options *options, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int options_number(struct options *options, const char *name, const char *value, unsigned long min,
		   unsigned long max, unsigned long *number);
int options_word(struct options *options, const char *name, const char *value,
		 const char *const *words);
int options_endpoint(struct options *options, const char *name, const struct protocol *protocol,
		     const char *path, bool server);
int options_set(struct options *options, const char *name, char **where, const char *value);

#endif
