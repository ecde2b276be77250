/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A host under test, QEMU or the simulator: start it, talk to it, wait for it. Every wait has a
 * deadline.
 */
#ifndef TESTS_PEER_H
#define TESTS_PEER_H

#include <stdbool.h>
#include <stdio.h>

#define PEER_TIMEOUT_S 20
#define PEER_LIFE_S    3600

/**
 * struct peer - a process and the directory of its sockets
 * @process: its arguments and its process, which selftests/lib/qemu.c runs
 * @running: from peer_start() to peer_wait()
 * @ended: its end was seen
 * @late: it did not end in time
 * @status: see peer_wait()
 * @said: its stderr, or NULL if it said nothing
 * @dir: the directory, as seen from here
 * @inner: the directory, as the process sees it
 * @dirfd: the directory, so that no socket's path is ever too long
 */
struct peer {
	struct qemu *process;
	bool running;
	bool ended;
	bool late;
	int status;
	char *said;
	char *dir;
	const char *inner;
	int dirfd;
};

/**
 * struct conn - a connection to one of its sockets
 * @in: for reading; NULL when there is no connection
 * @line: the line that was read last
 * @size: of @line
 */
struct conn {
	FILE *in;
	char *line;
	size_t size;
};

int peer_init(struct peer *peer, const char *binary, const char *root, unsigned int descriptors);
void peer_arg(struct peer *peer, const char *arg);
void peer_args(struct peer *peer, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int peer_start(struct peer *peer);
int peer_wait(struct peer *peer);
void peer_kill(struct peer *peer, int signal);
int peer_end(struct peer *peer);
void peer_free(struct peer *peer);
unsigned int peer_count_files(const struct peer *peer);
long peer_memory_kib(const struct peer *peer, const char *field);

int conn_open(struct conn *conn, struct peer *peer, const char *name);
int conn_send(struct conn *conn, const void *bytes, size_t len);
int conn_say(struct conn *conn, const char *line);
char *conn_line(struct conn *conn);
void conn_close(struct conn *conn);

double now_ms(void);

#endif
