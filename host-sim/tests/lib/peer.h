/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A host under test, QEMU or the simulator: started, spoken to, waited for. Whatever is waited
 * for has a deadline, and nothing is waited for by sleeping.
 */
#ifndef TESTS_PEER_H
#define TESTS_PEER_H

#include <stdbool.h>
#include <sys/types.h>

#include "text.h"

#define PEER_TIMEOUT_MS 20000
#define PEER_MAX_ARGS   64

/**
 * struct peer - a process and the directory of its sockets
 * @pid: 0 when it isn't running
 * @root: chroot it runs in, or NULL
 * @dir: the directory, as seen from here
 * @inner: the directory, as the process sees it
 * @dirfd: the directory, so that no socket's path is ever too long
 * @descriptors: limit that it runs under, 0 for none; see limit_descriptors()
 * @argv: arguments so far
 */
struct peer {
	pid_t pid;
	const char *root;
	char *dir;
	const char *inner;
	int dirfd;
	unsigned int descriptors;
	char *argv[PEER_MAX_ARGS];
	unsigned int argc;
};

/**
 * struct conn - a connection to one of its sockets
 * @fd: -1 when there is none
 * @in: received, not yet taken
 */
struct conn {
	int fd;
	struct text in;
};

int peer_init(struct peer *peer, const char *binary, const char *root);
void peer_arg(struct peer *peer, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int peer_start(struct peer *peer);
int peer_wait(struct peer *peer, int *status);
void peer_free(struct peer *peer);
long peer_memory_kib(const struct peer *peer, const char *field);

int conn_open(struct conn *conn, struct peer *peer, const char *name);
int conn_send(struct conn *conn, const void *bytes, size_t len);
char *conn_line(struct conn *conn);
void conn_close(struct conn *conn);

double now_ms(void);
void limit_descriptors(unsigned int n);

#endif
