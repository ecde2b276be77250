// SPDX-License-Identifier: GPL-2.0-only
/* A host under test; see peer.h. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/capability.h>

#include "peer.h"

/** now_ms() - milliseconds of CLOCK_MONOTONIC */
double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/**
 * peer_init() - a host that isn't started yet
 * @peer: filled in
 * @binary: what to run; arguments follow by peer_arg()
 * @root: chroot to run it in, or NULL
 *
 * Return: 0, or -1 with errno.
 */
int peer_init(struct peer *peer, const char *binary, const char *root)
{
	const char *tmp = getenv("TMPDIR");

	*peer = (struct peer){ .root = root, .dirfd = -1 };
	if (!tmp || root)
		tmp = "/tmp";
	if (asprintf(&peer->dir, "%s%s/pvpanic-test-XXXXXX", root ?: "", tmp) < 0)
		return -1;
	if (!mkdtemp(peer->dir))
		return -1;
	peer->inner = peer->dir + strlen(root ?: "");
	peer->dirfd = open(peer->dir, O_DIRECTORY | O_CLOEXEC);
	peer_arg(peer, "%s", binary);
	return peer->dirfd < 0 ? -1 : 0;
}

/** peer_arg() - one more argument */
void peer_arg(struct peer *peer, const char *fmt, ...)
{
	va_list args;

	if (peer->argc == PEER_MAX_ARGS - 1)
		abort();
	va_start(args, fmt);
	if (vasprintf(&peer->argv[peer->argc++], fmt, args) < 0)
		abort();
	va_end(args);
}

/**
 * limit_descriptors() - for a child: not more than @n descriptors, and no way to raise it
 *
 * Root could raise the hard limit again, but not without the capability.
 */
void limit_descriptors(unsigned int n)
{
	struct rlimit limit = { n, n };

	prctl(PR_CAPBSET_DROP, CAP_SYS_RESOURCE, 0, 0, 0);
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void exec_peer(struct peer *peer, pid_t parent)
{
	/* A test that dies must not leave hosts behind. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	if (peer->root && (chroot(peer->root) || chdir("/"))) {
		perror(peer->root);
		_exit(127);
	}
	if (peer->descriptors)
		limit_descriptors(peer->descriptors);
	execvp(peer->argv[0], peer->argv);
	perror(peer->argv[0]);
	_exit(127);
}

/** peer_start() - run it */
int peer_start(struct peer *peer)
{
	pid_t parent = getpid();

	peer->pid = fork();
	if (!peer->pid)
		exec_peer(peer, parent);
	return peer->pid < 0 ? -1 : 0;
}

/**
 * peer_wait() - wait until it ends
 * @peer: the host
 * @status: its exit status, or 128 and the signal's number
 *
 * Return: 0, or -1 when it didn't end in time; it is killed then.
 */
int peer_wait(struct peer *peer, int *status)
{
	double deadline = now_ms() + PEER_TIMEOUT_MS;
	struct timespec pause = { .tv_nsec = 1000000 };
	int raw, err = 0;
	pid_t pid;

	while (!(pid = waitpid(peer->pid, &raw, WNOHANG)) && now_ms() < deadline)
		nanosleep(&pause, NULL);
	if (!pid) {
		kill(peer->pid, SIGKILL);
		waitpid(peer->pid, &raw, 0);
		err = -1;
	}
	peer->pid = 0;
	*status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
	return err;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/** peer_free() - end it, if it still runs, and remove its directory */
void peer_free(struct peer *peer)
{
	int status;
	unsigned int i;

	if (peer->pid) {
		kill(peer->pid, SIGTERM);
		peer_wait(peer, &status);
	}
	if (peer->dirfd >= 0) {
		close(peer->dirfd);
		nftw(peer->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	}
	for (i = 0; i < peer->argc; i++)
		free(peer->argv[i]);
	free(peer->dir);
}

/**
 * peer_memory_kib() - what /proc says of its memory
 * @peer: the host
 * @field: "VmRSS:", or a field of smaps_rollup as "Pss:"
 *
 * Return: KiB, or -1.
 */
long peer_memory_kib(const struct peer *peer, const char *field)
{
	char path[64], line[256];
	long kib = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", peer->pid,
		 strncmp(field, "Vm", 2) ? "smaps_rollup" : "status");
	file = fopen(path, "re");
	while (file && kib < 0 && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, field, strlen(field)))
			kib = atol(line + strlen(field));
	}
	if (file)
		fclose(file);
	return kib;
}

static bool has_died(struct peer *peer)
{
	siginfo_t info = { 0 };

	return !waitid(P_PID, peer->pid, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid;
}

/**
 * conn_open() - connect to a socket of the host, as soon as it is there
 * @conn: filled in
 * @peer: the host, started
 * @name: the socket's name in its directory
 *
 * Return: 0, or -1 when the host died or the socket didn't appear in time.
 */
int conn_open(struct conn *conn, struct peer *peer, const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	double deadline = now_ms() + PEER_TIMEOUT_MS;
	struct timespec pause = { .tv_nsec = 500000 };

	*conn = (struct conn){ .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s", peer->dirfd,
		 name);
	while (connect(conn->fd, (struct sockaddr *)&address, sizeof(address))) {
		if (now_ms() > deadline || has_died(peer)) {
			conn_close(conn);
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	return 0;
}

/** conn_send() - send all; 0 or -1 */
int conn_send(struct conn *conn, const void *bytes, size_t len)
{
	return send(conn->fd, bytes, len, MSG_NOSIGNAL) == (ssize_t)len ? 0 : -1;
}

/* 1: something came. 0: end of file. -1: nothing in time. */
static int receive(struct conn *conn)
{
	struct pollfd fd = { .fd = conn->fd, .events = POLLIN };
	char buf[65536];
	ssize_t len;

	if (conn->fd < 0)
		return 0;
	if (poll(&fd, 1, PEER_TIMEOUT_MS) <= 0)
		return -1;
	len = recv(conn->fd, buf, sizeof(buf), 0);
	/* A host that ends with our last words unread resets the connection: an end as well. */
	if (len <= 0)
		return 0;
	text_add(&conn->in, buf, len);
	return 1;
}

/**
 * conn_line() - the next line, without its line end
 *
 * Return: the line, to be freed; "EOF" at the end; "TIMEOUT" when nothing came.
 */
char *conn_line(struct conn *conn)
{
	char *newline, *line;
	size_t len;
	int got;

	while (!conn->in.len || !memchr(conn->in.s, '\n', conn->in.len)) {
		got = receive(conn);
		if (got <= 0)
			return strdup(got ? "TIMEOUT" : "EOF");
	}
	newline = memchr(conn->in.s, '\n', conn->in.len);
	len = newline - conn->in.s;
	line = strndup(conn->in.s, len);
	text_drop(&conn->in, len + 1);
	return line;
}

/** conn_close() - disconnect */
void conn_close(struct conn *conn)
{
	if (conn->fd >= 0)
		close(conn->fd);
	conn->fd = -1;
	text_free(&conn->in);
}
