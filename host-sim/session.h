/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One client of one guest, whatever it speaks. The protocols (qmp.c, qtest.c, guest-link.c) get
 * bytes and send bytes. They know no socket, so the fuzzers can drive them too.
 */
#ifndef HOST_SIM_SESSION_H
#define HOST_SIM_SESSION_H

#include <stddef.h>

struct guest;
struct session;

/**
 * struct protocol - how to talk to a client
 * @name: as in the log
 * @size: of the protocol's session, which begins with a struct session
 * @open: the client is there
 * @input: it sent @len bytes
 * @close: it is gone, or will be; nothing can be sent any more
 */
struct protocol {
	const char *name;
	size_t size;
	void (*open)(struct session *session);
	void (*input)(struct session *session, const char *bytes, size_t len);
	void (*close)(struct session *session);
};

struct session {
	const struct protocol *protocol;
	struct guest *guest;
};

/* client.c implements these two; the fuzzers have their own. */

/** session_send() - send bytes to the client; never waits */
void session_send(struct session *session, const void *bytes, size_t len);

/** session_drop() - disconnect the client later; @why goes to the log */
void session_drop(struct session *session, const char *why);

#endif
