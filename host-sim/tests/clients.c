// SPDX-License-Identifier: GPL-2.0-only
/*
 * The simulator as a process: many guests, clients that behave badly, signals, its log.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <jansson.h>

#include "kselftest_harness.h"

#include "sim.h"

#define NEGOTIATE "{\"execute\": \"qmp_capabilities\"}\n"

FIXTURE(sim)
{
	struct peer peer;
	struct conn qmp;
	struct conn qtest;
};

FIXTURE_SETUP(sim)
{
	ASSERT_EQ(0, peer_init(&self->peer, sim_binary(), NULL));
	self->qmp.fd = -1;
	self->qtest.fd = -1;
	peer_arg(&self->peer, "--log");
	peer_arg(&self->peer, "%s/log", self->peer.inner);
}

FIXTURE_TEARDOWN(sim)
{
	conn_close(&self->qmp);
	conn_close(&self->qtest);
	peer_free(&self->peer);
}

static void listen_on(struct peer *peer, const char *option, const char *name)
{
	peer_arg(peer, "%s", option);
	peer_arg(peer, "%s/%s", peer->inner, name);
}

/* Connect and negotiate. */
static int monitor(struct conn *conn, struct peer *peer, const char *name)
{
	if (conn_open(conn, peer, name))
		return -1;
	free(conn_line(conn));
	if (conn_send(conn, NEGOTIATE, sizeof(NEGOTIATE) - 1))
		return -1;
	free(conn_line(conn));
	return 0;
}

static int say(struct conn *conn, const char *line)
{
	return conn_send(conn, line, strlen(line));
}

/* Does the next line hold @text? */
static bool hears(struct conn *conn, const char *text)
{
	char *line = conn_line(conn);
	bool found = strstr(line, text);

	if (!found)
		printf("# expected %s, heard %s\n", text, line);
	free(line);
	return found;
}

/* How many lines of the log hold @text; -1 if a line is no JSON object. */
static int count_in_log(struct peer *peer, const char *text)
{
	char line[1024];
	FILE *log = fdopen(openat(peer->dirfd, "log", O_RDONLY | O_CLOEXEC), "r");
	json_t *value;
	int n = 0;

	while (log && n >= 0 && fgets(line, sizeof(line), log)) {
		value = json_loads(line, 0, NULL);
		n = json_is_object(value) ? n + !!strstr(line, text) : -1;
		json_decref(value);
	}
	if (log)
		fclose(log);
	return n;
}

TEST_F(sim, sockets_are_private)
{
	struct stat st;

	listen_on(&self->peer, "--qmp", "q");
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_EQ(0, conn_open(&self->qmp, &self->peer, "q"));
	ASSERT_EQ(0, fstatat(self->peer.dirfd, "q", &st, 0));
	EXPECT_EQ(0600, st.st_mode & 0777);
}

TEST_F(sim, a_stale_socket_is_replaced)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/q", self->peer.dir);
	ASSERT_EQ(0, bind(fd, (struct sockaddr *)&address, sizeof(address)));
	close(fd);
	listen_on(&self->peer, "--qmp", "q");
	ASSERT_EQ(0, peer_start(&self->peer));
	EXPECT_EQ(0, monitor(&self->qmp, &self->peer, "q"));
}

TEST_F(sim, sigterm_leaves_nothing_but_the_log)
{
	int status;

	listen_on(&self->peer, "--qmp", "q");
	listen_on(&self->peer, "--qtest", "t");
	listen_on(&self->peer, "--guest", "g");
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_EQ(0, monitor(&self->qmp, &self->peer, "q"));
	kill(self->peer.pid, SIGTERM);
	EXPECT_TRUE(hears(&self->qmp, "\"SHUTDOWN\", \"data\": "
				      "{\"guest\": false, \"reason\": \"host-signal\"}"));
	ASSERT_EQ(0, peer_wait(&self->peer, &status));
	EXPECT_EQ(0, status);
	EXPECT_EQ(1, sim_count_files(self->peer.dir));
	EXPECT_EQ(1, count_in_log(&self->peer, "\"ready\""));
	EXPECT_EQ(1, count_in_log(&self->peer, "\"host-signal\""));
	EXPECT_EQ(1, count_in_log(&self->peer, "\"end\""));
}

/* It must not take away a socket that another process has put in its place. */
TEST_F(sim, a_socket_that_is_no_longer_ours_stays)
{
	int status, fd;

	listen_on(&self->peer, "--qmp", "q");
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_EQ(0, monitor(&self->qmp, &self->peer, "q"));
	fd = openat(self->peer.dirfd, "new", O_CREAT | O_WRONLY, 0600);
	close(fd);
	ASSERT_EQ(0, renameat(self->peer.dirfd, "new", self->peer.dirfd, "q"));
	kill(self->peer.pid, SIGTERM);
	ASSERT_EQ(0, peer_wait(&self->peer, &status));
	EXPECT_EQ(0, faccessat(self->peer.dirfd, "q", F_OK, 0));
}

TEST_F(sim, other_spellings)
{
	char *line;

	peer_arg(&self->peer, "--qmp=%s/q", self->peer.inner);
	peer_arg(&self->peer, "--qtest");
	peer_arg(&self->peer, "unix:%s/t,server,nowait", self->peer.inner);
	peer_arg(&self->peer, "--name=vm%%d, the first");
	peer_arg(&self->peer, "--ioport=1542");
	peer_arg(&self->peer, "-action");
	peer_arg(&self->peer, "watchdog=debug,panic=none");
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_EQ(0, monitor(&self->qmp, &self->peer, "q"));
	say(&self->qmp, "{\"execute\": \"query-name\"}\n");
	EXPECT_TRUE(hears(&self->qmp, "\"vm0, the first\""));
	say(&self->qmp, "{\"execute\": \"query-commands\"}\n");
	line = conn_line(&self->qmp);
	EXPECT_NE(NULL, strstr(line, "{\"name\": \"set-action\"}"));
	free(line);
	ASSERT_EQ(0, conn_open(&self->qtest, &self->peer, "t"));
	say(&self->qtest, "inb 0x606\n");
	EXPECT_TRUE(hears(&self->qtest, "OK 0x0007"));
	say(&self->qtest, "outb 0x606 1\n");
	EXPECT_TRUE(hears(&self->qmp, "\"action\": \"run\""));
}

/* What real drivers write: a rehearsal's 00 means nothing, the rest goes to the device. */
TEST_F(sim, guest_link)
{
	listen_on(&self->peer, "--qmp", "q");
	listen_on(&self->peer, "--guest", "g");
	peer_arg(&self->peer, "--panic");
	peer_arg(&self->peer, "pause");
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_EQ(0, monitor(&self->qmp, &self->peer, "q"));
	ASSERT_EQ(0, conn_open(&self->qtest, &self->peer, "g"));
	ASSERT_EQ(0, conn_send(&self->qtest, "\x00\x02\x01", 3));
	EXPECT_TRUE(hears(&self->qmp, "GUEST_CRASHLOADED"));
	EXPECT_TRUE(hears(&self->qmp, "GUEST_PANICKED\", \"data\": {\"action\": \"pause\"}"));
	EXPECT_TRUE(hears(&self->qmp, "STOP"));
	EXPECT_EQ(0, say(&self->qmp, "{\"execute\": \"query-status\"}\n"));
	EXPECT_TRUE(hears(&self->qmp, "\"guest-panicked\""));
}

TEST_F(sim, the_guests_mistakes_are_logged)
{
	int status;

	listen_on(&self->peer, "--qtest", "t");
	peer_arg(&self->peer, "--events");
	peer_arg(&self->peer, "1");
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_EQ(0, conn_open(&self->qtest, &self->peer, "t"));
	say(&self->qtest, "outb 0x505 0x82\n");
	EXPECT_TRUE(hears(&self->qtest, "OK"));
	kill(self->peer.pid, SIGTERM);
	ASSERT_EQ(0, peer_wait(&self->peer, &status));
	EXPECT_EQ(1, count_in_log(&self->peer, "\"ignored-bits\": 130"));
	EXPECT_EQ(0, count_in_log(&self->peer, "GUEST_"));
}

/* QEMU aborts at some of these; one client's slip must not end everybody's simulator. */
TEST_F(sim, qtest_nonsense_is_answered)
{
	static const char *const lines[] = {
		/* clang-format off */
		"outb\n", "outb 0x505\n", "outb x 1\n", "outb 0x505 one\n",
		"outb 0x10000 1\n", "inb\n", "inb 0x505x\n", "inl -1\n", "\n", "  \n",
		"readb 0x1000\n", "clock_step 1 2 3 4 5 6 7 8 9\n",
		/* clang-format on */
	};
	size_t i;

	listen_on(&self->peer, "--qtest", "t");
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_EQ(0, conn_open(&self->qtest, &self->peer, "t"));
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		ASSERT_EQ(0, say(&self->qtest, lines[i]));
		EXPECT_TRUE(hears(&self->qtest, "FAIL "));
	}
	say(&self->qtest, "inb 0x505\n");
	EXPECT_TRUE(hears(&self->qtest, "OK 0x0007"));
}

TEST_F(sim, an_endless_line_is_cut_off)
{
	static char line[200000];
	int status;

	memset(line, 'x', sizeof(line));
	listen_on(&self->peer, "--qtest", "t");
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_EQ(0, conn_open(&self->qtest, &self->peer, "t"));
	conn_send(&self->qtest, line, sizeof(line));
	EXPECT_TRUE(hears(&self->qtest, "EOF"));
	kill(self->peer.pid, SIGTERM);
	ASSERT_EQ(0, peer_wait(&self->peer, &status));
	EXPECT_EQ(1, count_in_log(&self->peer, "\"line too long\""));
}

/* A client that never reads loses its connection; the others lose no event and don't wait. */
TEST_F(sim, a_client_that_never_reads_is_dropped)
{
	struct conn deaf;
	int i, events, status;

	listen_on(&self->peer, "--qmp", "q");
	listen_on(&self->peer, "--qtest", "t");
	peer_arg(&self->peer, "--panic");
	peer_arg(&self->peer, "none");
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_EQ(0, monitor(&deaf, &self->peer, "q"));
	ASSERT_EQ(0, monitor(&self->qmp, &self->peer, "q"));
	ASSERT_EQ(0, conn_open(&self->qtest, &self->peer, "t"));
	events = 10000;
	for (i = 0; i < events; i++) {
		ASSERT_EQ(0, say(&self->qtest, "outb 0x505 1\n"));
		ASSERT_TRUE(hears(&self->qtest, "OK"));
		ASSERT_TRUE(hears(&self->qmp, "GUEST_PANICKED"));
	}
	conn_close(&deaf);
	kill(self->peer.pid, SIGTERM);
	ASSERT_EQ(0, peer_wait(&self->peer, &status));
	EXPECT_EQ(1, count_in_log(&self->peer, "\"drop\""));
	EXPECT_EQ(1, count_in_log(&self->peer, "\"does not read\""));
}

TEST_F(sim, clients_of_one_monitor_share_it)
{
	struct conn other;

	listen_on(&self->peer, "--qmp", "q");
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_EQ(0, monitor(&self->qmp, &self->peer, "q"));
	ASSERT_EQ(0, monitor(&other, &self->peer, "q"));
	EXPECT_EQ(0, say(&other, "{\"execute\": \"stop\", \"id\": 9}\n"));
	EXPECT_TRUE(hears(&other, "STOP"));
	EXPECT_TRUE(hears(&other, "\"id\": 9"));
	EXPECT_TRUE(hears(&self->qmp, "STOP"));
	conn_close(&other);
}

/* QEMU's own device tests: they listen, the host connects, and is called qemu-system-*. */
FIXTURE(harness)
{
	char dir[32];
	char path[3][64];
	int listener[2];
	struct conn conn[2];
	pid_t pid;
};

FIXTURE_VARIANT(harness)
{
	const char *audio[3];
	const char *reads;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(harness, of_qemu_7_2) { .audio = { NULL }, .reads = "OK 0x0003" };
FIXTURE_VARIANT_ADD(harness, of_qemu_10) {
	.audio = { "-audio", "none", NULL }, .reads = "OK 0x0007"
};
/* clang-format on */

FIXTURE_SETUP(harness)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int i;

	strcpy(self->dir, "/tmp/pvpanic-sim-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	for (i = 0; i < 2; i++) {
		snprintf(self->path[i], sizeof(self->path[i]), "%s/%d", self->dir, i);
		strcpy(address.sun_path, self->path[i]);
		self->listener[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		ASSERT_EQ(0, bind(self->listener[i], (struct sockaddr *)&address, sizeof(address)));
		ASSERT_EQ(0, listen(self->listener[i], 1));
	}
	snprintf(self->path[2], sizeof(self->path[2]), "%s/qemu-system-x86_64", self->dir);
	ASSERT_EQ(0, symlink(sim_binary(), self->path[2]));
}

FIXTURE_TEARDOWN(harness)
{
	int i;

	for (i = 0; i < 3; i++)
		unlink(self->path[i]);
	EXPECT_EQ(0, rmdir(self->dir));
}

static void exec_as_harness(char *const paths[3], const char *const *audio, char *action)
{
	char *argv[] = {
		/* clang-format off */
		paths[2], "-qtest", NULL, "-qtest-log", "/dev/null", "-chardev", NULL,
		"-mon", "chardev=char0,mode=control", "-display", "none", "-device", "pvpanic",
		"-action", action, "-accel", "qtest", (char *)audio[0],
		(char *)(audio[0] ? audio[1] : NULL), NULL
		/* clang-format on */
	};

	if (asprintf(&argv[2], "unix:%s", paths[0]) > 0 &&
	    asprintf(&argv[6], "socket,path=%s,id=char0", paths[1]) > 0)
		execv(argv[0], argv);
	_exit(127);
}

static void start_as_harness(FIXTURE_DATA(harness) *self, const char *const *audio, char *action)
{
	char *paths[] = { self->path[0], self->path[1], self->path[2] };
	int i;

	self->pid = fork();
	if (!self->pid)
		exec_as_harness(paths, audio, action);
	for (i = 0; i < 2; i++)
		self->conn[i] = (struct conn){ .fd = accept(self->listener[i], NULL, NULL) };
}

/* SIGTERM comes as soon as the harness saw the host's last words: no other status for that. */
TEST_F(harness, sigterm_while_it_ends)
{
	int i, raw;

	for (i = 0; i < 40; i++) {
		start_as_harness(self, variant->audio, "panic=shutdown");
		EXPECT_TRUE(hears(&self->conn[1], "{\"QMP\": "));
		say(&self->conn[1], NEGOTIATE);
		EXPECT_TRUE(hears(&self->conn[1], "{\"return\": {}}"));
		say(&self->conn[0], "outb 0x505 0x1\n");
		EXPECT_TRUE(hears(&self->conn[0], "OK"));
		EXPECT_TRUE(hears(&self->conn[1], "GUEST_PANICKED"));
		EXPECT_TRUE(hears(&self->conn[1], "STOP"));
		EXPECT_TRUE(hears(&self->conn[1], "SHUTDOWN"));
		kill(self->pid, SIGTERM);
		ASSERT_EQ(self->pid, waitpid(self->pid, &raw, 0));
		ASSERT_EQ(0, raw);
		conn_close(&self->conn[0]);
		conn_close(&self->conn[1]);
	}
}

TEST_F(harness, device_test)
{
	int raw;

	start_as_harness(self, variant->audio, "panic=pause");
	say(&self->conn[0], "endianness\n");
	EXPECT_TRUE(hears(&self->conn[0], "OK little"));
	EXPECT_TRUE(hears(&self->conn[1], "{\"QMP\": "));
	say(&self->conn[1], NEGOTIATE);
	EXPECT_TRUE(hears(&self->conn[1], "{\"return\": {}}"));
	say(&self->conn[0], "inb 0x505\n");
	EXPECT_TRUE(hears(&self->conn[0], variant->reads));
	say(&self->conn[0], "outb 0x505 0x1\n");
	EXPECT_TRUE(hears(&self->conn[0], "OK"));
	EXPECT_TRUE(hears(&self->conn[1], "\"GUEST_PANICKED\", \"data\": {\"action\": \"pause\"}"));
	kill(self->pid, SIGTERM);
	ASSERT_EQ(self->pid, waitpid(self->pid, &raw, 0));
	EXPECT_EQ(0, raw);
	conn_close(&self->conn[0]);
	conn_close(&self->conn[1]);
}

FIXTURE(many)
{
	struct peer peer;
	struct conn *conns;
};

FIXTURE_VARIANT(many)
{
	unsigned int guests;
	unsigned int descriptors;
};

FIXTURE_VARIANT_ADD(many, one_thread){ .guests = 100, .descriptors = 0 };
/* 100 guests need 200 descriptors and some: spread over threads of 144 each. */
FIXTURE_VARIANT_ADD(many, two_threads){ .guests = 100, .descriptors = 208 };
FIXTURE_VARIANT_ADD(many, four_threads){ .guests = 100, .descriptors = 120 };

FIXTURE_SETUP(many)
{
	unsigned int i;
	char name[16];

	self->conns = calloc(variant->guests, sizeof(*self->conns));
	ASSERT_EQ(0, peer_init(&self->peer, sim_binary(), NULL));
	peer_arg(&self->peer, "--log");
	peer_arg(&self->peer, "%s/log", self->peer.inner);
	listen_on(&self->peer, "--qmp", "q%d");
	peer_arg(&self->peer, "--guests");
	peer_arg(&self->peer, "%u", variant->guests);
	self->peer.descriptors = variant->descriptors;
	ASSERT_EQ(0, peer_start(&self->peer));
	for (i = 0; i < variant->guests; i++) {
		snprintf(name, sizeof(name), "q%u", i);
		ASSERT_EQ(0, monitor(&self->conns[i], &self->peer, name));
	}
}

FIXTURE_TEARDOWN(many)
{
	unsigned int i;

	for (i = 0; i < variant->guests; i++)
		conn_close(&self->conns[i]);
	free(self->conns);
	peer_free(&self->peer);
}

TEST_F(many, a_storm_panics_all)
{
	unsigned int i;
	int status;

	kill(self->peer.pid, SIGUSR1);
	for (i = 0; i < variant->guests; i++) {
		ASSERT_TRUE(hears(&self->conns[i], "GUEST_PANICKED"));
		ASSERT_TRUE(hears(&self->conns[i], "STOP"));
		ASSERT_TRUE(hears(&self->conns[i], "SHUTDOWN"));
		ASSERT_TRUE(hears(&self->conns[i], "EOF"));
	}
	/* Nobody is left: the process ends by itself. */
	ASSERT_EQ(0, peer_wait(&self->peer, &status));
	EXPECT_EQ(0, status);
	EXPECT_EQ(1, sim_count_files(self->peer.dir));
	EXPECT_EQ(variant->guests, count_in_log(&self->peer, "\"GUEST_PANICKED\""));
}

TEST_F(many, guests_are_apart)
{
	struct conn *last = &self->conns[variant->guests - 1];
	int status;

	say(last, "{\"execute\": \"query-name\"}\n");
	EXPECT_TRUE(hears(last, "\"guest-99\""));
	say(&self->conns[0], "{\"execute\": \"quit\"}\n");
	EXPECT_TRUE(hears(&self->conns[0], "SHUTDOWN"));
	EXPECT_TRUE(hears(&self->conns[0], "{\"return\": {}}"));
	EXPECT_TRUE(hears(&self->conns[0], "EOF"));
	say(last, "{\"execute\": \"query-status\"}\n");
	EXPECT_TRUE(hears(last, "\"running\""));
	EXPECT_EQ(variant->guests, sim_count_files(self->peer.dir));
	kill(self->peer.pid, SIGTERM);
	EXPECT_TRUE(hears(last, "host-signal"));
	ASSERT_EQ(0, peer_wait(&self->peer, &status));
	EXPECT_EQ(0, status);
	EXPECT_EQ(1, sim_count_files(self->peer.dir));
}

TEST_HARNESS_MAIN
