// SPDX-License-Identifier: GPL-2.0-only
/* A host under test; see peer.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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
 * @binary: what to run; arguments follow by peer_args()
 * @root: chroot to run it in, or NULL
 *
 * Return: 0, or -1 with errno.
 */
int peer_init(struct peer *peer, const char *binary, const char *root)
{
	const char *tmp = getenv("TMPDIR");

	*peer = (struct peer){ .root = root, .dirfd = -1, .err = -1 };
	if (!tmp || root)
		tmp = "/tmp";
	if (asprintf(&peer->dir, "%s%s/pvpanic-test-XXXXXX", root ?: "", tmp) < 0)
		return -1;
	if (!mkdtemp(peer->dir))
		return -1;
	peer->inner = peer->dir + strlen(root ?: "");
	peer->dirfd = open(peer->dir, O_DIRECTORY | O_CLOEXEC);
	peer_arg(peer, binary);
	return peer->dirfd < 0 ? -1 : 0;
}

/** peer_arg() - one more argument */
void peer_arg(struct peer *peer, const char *arg)
{
	if (peer->argc == PEER_MAX_ARGS - 1)
		abort();
	peer->argv[peer->argc++] = strdup(arg);
}

/** peer_args() - more arguments, one a word; "@" stands for the host's directory */
void peer_args(struct peer *peer, const char *fmt, ...)
{
	char *words, *rest, *word, *at, *arg;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&words, fmt, args) < 0)
		abort();
	va_end(args);
	for (rest = words; (word = strsep(&rest, " "));) {
		at = strchr(word, '@');
		if (asprintf(&arg, "%.*s%s%s", (int)strcspn(word, "@"), word, at ? peer->inner : "",
			     at ? at + 1 : "") < 0)
			abort();
		peer_arg(peer, arg);
		free(arg);
	}
	free(words);
}

/* Root could raise the hard limit again, but not without the capability. */
static void limit_descriptors(unsigned int n)
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
	if (peer->err >= 0)
		dup2(peer->err, STDERR_FILENO);
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
	if (peer->pid < 0)
		return -1;
	peer->pidfd = syscall(SYS_pidfd_open, peer->pid, 0);
	return peer->pidfd < 0 ? -1 : 0;
}

static bool has_ended(const struct peer *peer, int timeout_us)
{
	struct timespec timeout = { timeout_us / 1000000, timeout_us % 1000000 * 1000 };
	struct pollfd fd = { .fd = peer->pidfd, .events = POLLIN };

	return ppoll(&fd, 1, &timeout, NULL) > 0;
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
	bool ended = has_ended(peer, PEER_TIMEOUT_S * 1000000);
	int status;

	if (!ended)
		kill(peer->pid, SIGKILL);
	waitpid(peer->pid, &status, 0);
	close(peer->pidfd);
	peer->pid = 0;
	if (!ended)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/** peer_end() - have it end by SIGTERM, if it still runs; peer_wait()'s result, or 0 */
int peer_end(struct peer *peer)
{
	if (!peer->pid)
		return 0;
	kill(peer->pid, SIGTERM);
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
	unsigned int i;

	peer_end(peer);
	if (peer->dirfd >= 0) {
		close(peer->dirfd);
		nftw(peer->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	}
	for (i = 0; i < peer->argc; i++)
		free(peer->argv[i]);
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

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", peer->pid);
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
		if (has_ended(peer, 200) || now_ms() > deadline) {
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
