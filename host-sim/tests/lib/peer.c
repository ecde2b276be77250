// SPDX-License-Identifier: GPL-2.0-only
/* A host under test; see peer.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "peer.h"
#include "qemu.h"

/** now_ms() - milliseconds of CLOCK_MONOTONIC */
double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void take_stderr(void *user, int stream, const char *line)
{
	struct peer *peer = user;
	char *said;

	if (stream != QEMU_STDERR)
		return;
	fprintf(stderr, "# %s\n", line);
	if (asprintf(&said, "%s%s\n", peer->said ?: "", line) < 0)
		abort();
	free(peer->said);
	peer->said = said;
}

static void take_end(void *user, int status, int signal)
{
	struct peer *peer = user;

	peer->ended = true;
	peer->status = peer->late ? -1 : signal ? 128 + signal : status;
}

static void kill_late(void *user)
{
	struct peer *peer = user;

	peer->late = true;
	qemu_end(peer->process);
}

/*
 * libuv learns by SIGCHLD that the process has ended. Outside of its loop the signal is blocked,
 * because it would interrupt a read from a socket.
 */
static void run_loop(uv_run_mode mode)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_UNBLOCK, &child, NULL);
	uv_run(uv_default_loop(), mode);
	sigprocmask(SIG_BLOCK, &child, NULL);
}

/**
 * peer_init() - a host that isn't started yet
 * @peer: filled in
 * @binary: what to run, "@" standing for the host's directory; arguments follow by peer_args()
 * @root: chroot to run it in, or NULL
 * @descriptors: hard limit of file descriptors that it runs under, 0 for none
 *
 * Return: 0, or -1 with errno.
 */
int peer_init(struct peer *peer, const char *binary, const char *root, unsigned int descriptors)
{
	static const struct qemu_ops ops = {
		.line = take_stderr,
		.late = kill_late,
		.over = take_end,
	};
	const char *tmp = getenv("TMPDIR");

	*peer = (struct peer){ .dirfd = -1, .process = qemu_new_plain(&ops, peer) };
	if (!tmp || root)
		tmp = "/tmp";
	if (asprintf(&peer->dir, "%s%s/pvpanic-test-XXXXXX", root ?: "", tmp) < 0)
		return -1;
	if (!mkdtemp(peer->dir))
		return -1;
	peer->inner = peer->dir + strlen(root ?: "");
	peer->dirfd = open(peer->dir, O_DIRECTORY | O_CLOEXEC);
	/* Root could raise the hard limit again, but not without the capability. */
	if (descriptors)
		qemu_args(peer->process,
			  "setpriv --bounding-set=-sys_resource -- "
			  "prlimit --nofile=%u:%u",
			  descriptors, descriptors);
	if (root)
		qemu_args(peer->process, "chroot %s", root);
	peer_args(peer, "%s", binary);
	return peer->dirfd < 0 ? -1 : 0;
}

/** peer_arg() - one more argument */
void peer_arg(struct peer *peer, const char *arg)
{
	qemu_arg(peer->process, "%s", arg);
}

/** peer_args() - more arguments, one a word; "@" stands for the host's directory */
void peer_args(struct peer *peer, const char *fmt, ...)
{
	char *words, *rest, *word, *at;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&words, fmt, args) < 0)
		abort();
	va_end(args);
	for (rest = words; (word = strsep(&rest, " "));) {
		at = strchr(word, '@');
		qemu_arg(peer->process, "%.*s%s%s", (int)strcspn(word, "@"), word,
			 at ? peer->inner : "", at ? at + 1 : "");
	}
	free(words);
}

/** peer_start() - run it */
int peer_start(struct peer *peer)
{
	if (qemu_start(peer->process, PEER_LIFE_S))
		return -1;
	peer->running = true;
	run_loop(UV_RUN_NOWAIT);
	return 0;
}

/**
 * peer_wait() - wait until it ends
 * @peer: the host
 *
 * Return: its exit status, 128 and the signal's number, or -1 when it did not end in time and
 * had to be killed.
 */
int peer_wait(struct peer *peer)
{
	qemu_deadline(peer->process, PEER_TIMEOUT_S);
	while (!peer->ended)
		run_loop(UV_RUN_ONCE);
	peer->running = false;
	return peer->status;
}

/** peer_kill() - send it a signal */
void peer_kill(struct peer *peer, int signal)
{
	qemu_kill(peer->process, signal);
}

/** peer_end() - have it end by SIGTERM, if it still runs; peer_wait()'s result, or 0 */
int peer_end(struct peer *peer)
{
	if (!peer->running)
		return 0;
	peer_kill(peer, SIGTERM);
	return peer_wait(peer);
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
	peer_end(peer);
	if (peer->dirfd >= 0) {
		close(peer->dirfd);
		nftw(peer->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	}
	qemu_free(peer->process);
	free(peer->said);
	free(peer->dir);
}

/** peer_count_files() - how many entries its directory has; . and .. do not count */
unsigned int peer_count_files(const struct peer *peer)
{
	struct dirent **entries;
	int i, n = scandir(peer->dir, &entries, NULL, NULL);

	for (i = 0; i < n; i++)
		free(entries[i]);
	free(entries);
	return n - 2;
}

/**
 * peer_memory_kib() - its memory
 * @peer: the host
 * @field: "Rss:", "Pss:" or another field of smaps_rollup
 *
 * Return: KiB, or -1.
 */
long peer_memory_kib(const struct peer *peer, const char *field)
{
	char path[64], line[256];
	long kib = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", qemu_pid(peer->process));
	file = fopen(path, "re");
	while (file && kib < 0 && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, field, strlen(field)))
			kib = atol(line + strlen(field));
	}
	if (file)
		fclose(file);
	return kib;
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
	double deadline = now_ms() + PEER_TIMEOUT_S * 1000;
	struct timeval timeout = { .tv_sec = PEER_TIMEOUT_S };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*conn = (struct conn){ 0 };
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s", peer->dirfd,
		 name);
	while (connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		usleep(200);
		run_loop(UV_RUN_NOWAIT);
		if (peer->ended || now_ms() > deadline) {
			close(fd);
			return -1;
		}
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	conn->in = fdopen(fd, "r");
	return conn->in ? 0 : -1;
}

/** conn_send() - send all; 0 or -1 */
int conn_send(struct conn *conn, const void *bytes, size_t len)
{
	return send(fileno(conn->in), bytes, len, MSG_NOSIGNAL) == (ssize_t)len ? 0 : -1;
}

/** conn_say() - send a string */
int conn_say(struct conn *conn, const char *line)
{
	return conn_send(conn, line, strlen(line));
}

/**
 * conn_line() - the next line, without its newline
 *
 * Return: the line, until the next call; "EOF" at the end; "TIMEOUT" when nothing came. A host
 * that ends with our last words unread resets the connection, which is an end as well.
 */
char *conn_line(struct conn *conn)
{
	ssize_t len = -1;

	errno = 0;
	if (conn->in)
		len = getline(&conn->line, &conn->size, conn->in);
	if (len > 0 && conn->line[len - 1] == '\n') {
		conn->line[len - 1] = 0;
		return conn->line;
	}
	free(conn->line);
	conn->line = strdup(errno == EAGAIN ? "TIMEOUT" : "EOF");
	conn->size = strlen(conn->line) + 1;
	return conn->line;
}

/** conn_close() - disconnect */
void conn_close(struct conn *conn)
{
	if (conn->in)
		fclose(conn->in);
	free(conn->line);
	*conn = (struct conn){ 0 };
}
