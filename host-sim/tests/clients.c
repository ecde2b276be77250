// SPDX-License-Identifier: GPL-2.0-only
/*
 * The simulator as a process: many guests, clients that behave badly, signals, its log. Each test
 * ends the simulator, whose exit status is 0 only if ASan, UBSan and LSan found nothing.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <jansson.h>

#include "kselftest_harness.h"

#include "peer.h"

#define NEGOTIATE    "{\"execute\": \"qmp_capabilities\"}\n"
#define QUERY_STATUS "{\"execute\": \"query-status\"}\n"

/* Does the next line contain @text? */
static bool hears(struct conn *conn, const char *text)
{
	const char *line = conn_line(conn);

	if (strstr(line, text))
		return true;
	printf("# expected %s, heard %s\n", text, line);
	return false;
}

static bool asks(struct conn *conn, const char *line, const char *answer)
{
	return !conn_say(conn, line) && hears(conn, answer);
}

/* Connect to a QMP socket and negotiate. */
static bool monitors(struct conn *conn, struct peer *peer, const char *name)
{
	return !conn_open(conn, peer, name) && hears(conn, "{\"QMP\": ") &&
	       asks(conn, NEGOTIATE, "{\"return\": {}}");
}

/* How many lines of the log contain @text; -1 if a line is no JSON object. */
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

/* A simulator with the sockets q (QMP), t (qtest) and g (guest link). */
FIXTURE(sim)
{
	struct peer peer;
	struct conn qmp;
	struct conn qtest;
	struct conn other;
};

FIXTURE_SETUP(sim)
{
	ASSERT_EQ(0, peer_init(&self->peer, getenv("PVPANIC_SIM"), NULL, 0));
	peer_args(&self->peer, "--log @/log --qmp @/q --qtest @/t --guest @/g");
}

FIXTURE_TEARDOWN(sim)
{
	EXPECT_EQ(0, peer_end(&self->peer));
	conn_close(&self->qmp);
	conn_close(&self->qtest);
	conn_close(&self->other);
	peer_free(&self->peer);
}

TEST_F(sim, sockets_are_private)
{
	struct stat st;

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
	ASSERT_EQ(0, peer_start(&self->peer));
	EXPECT_TRUE(monitors(&self->qmp, &self->peer, "q"));
}

TEST_F(sim, sigterm_leaves_nothing_but_the_log)
{
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_TRUE(monitors(&self->qmp, &self->peer, "q"));
	EXPECT_EQ(0, peer_end(&self->peer));
	EXPECT_TRUE(hears(&self->qmp, "\"SHUTDOWN\", \"data\": "
				      "{\"guest\": false, \"reason\": \"host-signal\"}"));
	EXPECT_EQ(1, peer_count_files(&self->peer));
	EXPECT_EQ(1, count_in_log(&self->peer, "\"ready\""));
	EXPECT_EQ(1, count_in_log(&self->peer, "\"host-signal\""));
	EXPECT_EQ(1, count_in_log(&self->peer, "\"end\""));
}

/* It must not take away a socket that another process has put in its place. */
TEST_F(sim, a_socket_that_is_no_longer_ours_stays)
{
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_TRUE(monitors(&self->qmp, &self->peer, "q"));
	close(openat(self->peer.dirfd, "new", O_CREAT | O_WRONLY, 0600));
	ASSERT_EQ(0, renameat(self->peer.dirfd, "new", self->peer.dirfd, "q"));
	EXPECT_EQ(0, peer_end(&self->peer));
	EXPECT_EQ(0, faccessat(self->peer.dirfd, "q", F_OK, 0));
}

TEST_F(sim, other_spellings)
{
	peer_args(&self->peer, "--qmp=@/q2 --qtest unix:@/t2,server,nowait --ioport=1542");
	peer_args(&self->peer, "-action watchdog=debug,panic=none");
	peer_arg(&self->peer, "--name=vm%d, the first");
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_TRUE(monitors(&self->qmp, &self->peer, "q2"));
	EXPECT_TRUE(asks(&self->qmp, "{\"execute\": \"query-name\"}\n", "\"vm0, the first\""));
	EXPECT_TRUE(asks(&self->qmp, "{\"execute\": \"query-commands\"}\n",
			 "{\"name\": \"set-action\"}"));
	ASSERT_EQ(0, conn_open(&self->qtest, &self->peer, "t2"));
	EXPECT_TRUE(asks(&self->qtest, "inb 0x606\n", "OK 0x0007"));
	EXPECT_TRUE(asks(&self->qtest, "outb 0x606 1\n", "OK"));
	EXPECT_TRUE(hears(&self->qmp, "\"action\": \"run\""));
}

/* Bytes as real drivers write them: a rehearsal's 00 means nothing. */
TEST_F(sim, guest_link)
{
	peer_args(&self->peer, "--panic pause");
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_TRUE(monitors(&self->qmp, &self->peer, "q"));
	ASSERT_EQ(0, conn_open(&self->other, &self->peer, "g"));
	ASSERT_EQ(0, conn_send(&self->other, "\x00\x02\x01", 3));
	EXPECT_TRUE(hears(&self->qmp, "GUEST_CRASHLOADED"));
	EXPECT_TRUE(hears(&self->qmp, "GUEST_PANICKED\", \"data\": {\"action\": \"pause\"}"));
	EXPECT_TRUE(hears(&self->qmp, "STOP"));
	EXPECT_TRUE(asks(&self->qmp, QUERY_STATUS, "\"guest-panicked\""));
}

TEST_F(sim, the_guests_mistakes_are_logged)
{
	peer_args(&self->peer, "--events 1");
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_EQ(0, conn_open(&self->qtest, &self->peer, "t"));
	EXPECT_TRUE(asks(&self->qtest, "outb 0x505 0x82\n", "OK"));
	EXPECT_EQ(0, peer_end(&self->peer));
	EXPECT_EQ(1, count_in_log(&self->peer, "\"ignored-bits\": 130"));
	EXPECT_EQ(0, count_in_log(&self->peer, "GUEST_"));
}

/* A client that never reads loses its connection; the others lose no event and do not wait. */
TEST_F(sim, a_client_that_never_reads_is_dropped)
{
	int i;

	peer_args(&self->peer, "--panic none");
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_TRUE(monitors(&self->other, &self->peer, "q"));
	ASSERT_TRUE(monitors(&self->qmp, &self->peer, "q"));
	ASSERT_EQ(0, conn_open(&self->qtest, &self->peer, "t"));
	for (i = 0; i < 10000; i++) {
		ASSERT_TRUE(asks(&self->qtest, "outb 0x505 1\n", "OK"));
		ASSERT_TRUE(hears(&self->qmp, "GUEST_PANICKED"));
	}
	EXPECT_EQ(0, peer_end(&self->peer));
	EXPECT_EQ(1, count_in_log(&self->peer, "\"drop\""));
	EXPECT_EQ(1, count_in_log(&self->peer, "\"does not read\""));
}

TEST_F(sim, clients_of_one_monitor_share_it)
{
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_TRUE(monitors(&self->qmp, &self->peer, "q"));
	ASSERT_TRUE(monitors(&self->other, &self->peer, "q"));
	EXPECT_TRUE(asks(&self->other, "{\"execute\": \"stop\", \"id\": 9}\n", "STOP"));
	EXPECT_TRUE(hears(&self->other, "\"id\": 9"));
	EXPECT_TRUE(hears(&self->qmp, "STOP"));
}

/* The client whose command ended the guest hears the reply. Others are connected to it too. */
TEST_F(sim, quit_is_answered)
{
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_TRUE(monitors(&self->other, &self->peer, "q"));
	ASSERT_TRUE(monitors(&self->qmp, &self->peer, "q"));
	EXPECT_TRUE(asks(&self->qmp, "{\"execute\": \"quit\"}\n" QUERY_STATUS, "SHUTDOWN"));
	EXPECT_TRUE(hears(&self->qmp, "{\"return\": {}}"));
	EXPECT_TRUE(hears(&self->qmp, "EOF"));
	EXPECT_TRUE(hears(&self->other, "SHUTDOWN"));
	EXPECT_TRUE(hears(&self->other, "EOF"));
	EXPECT_EQ(0, peer_wait(&self->peer));
}

/* QEMU's own device tests: they listen, the host connects, and is called qemu-system-*. */
FIXTURE(harness)
{
	struct peer peer;
	struct conn qtest;
	struct conn qmp;
};

FIXTURE_VARIANT(harness)
{
	const char *audio;
	const char *reads;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(harness, of_qemu_7_2) { .audio = "", .reads = "OK 0x0003" };
FIXTURE_VARIANT_ADD(harness, of_qemu_10) { .audio = " -audio none", .reads = "OK 0x0007" };
/* clang-format on */

static int listen_at(struct peer *peer, const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s", peer->dir, name);
	unlink(address.sun_path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 1))
		return -1;
	return fd;
}

static void accept_at(struct conn *conn, int listener)
{
	*conn = (struct conn){ .in = fdopen(accept(listener, NULL, NULL), "r") };
	close(listener);
}

static bool start_harness(FIXTURE_DATA(harness) *self, const char *audio, const char *action)
{
	char path[64];
	int qtest, qmp;

	if (peer_init(&self->peer, "@/qemu-system-x86_64", NULL, 0))
		return false;
	snprintf(path, sizeof(path), "%s/qemu-system-x86_64", self->peer.dir);
	peer_args(&self->peer,
		  "-qtest unix:@/t -qtest-log /dev/null -chardev socket,path=@/q,id=c0");
	peer_args(&self->peer, "-mon chardev=c0,mode=control -display none%s", audio);
	peer_args(&self->peer, "-device pvpanic -action %s -accel qtest", action);
	qtest = listen_at(&self->peer, "t");
	qmp = listen_at(&self->peer, "q");
	if (symlink(getenv("PVPANIC_SIM"), path) || peer_start(&self->peer))
		return false;
	accept_at(&self->qtest, qtest);
	accept_at(&self->qmp, qmp);
	return hears(&self->qmp, "{\"QMP\": ") && asks(&self->qmp, NEGOTIATE, "{\"return\": {}}");
}

static void end_harness(FIXTURE_DATA(harness) *self)
{
	conn_close(&self->qtest);
	conn_close(&self->qmp);
	peer_free(&self->peer);
}

FIXTURE_SETUP(harness)
{
}

FIXTURE_TEARDOWN(harness)
{
}

/* SIGTERM comes as soon as the harness saw the last event: that must not change the exit status. */
TEST_F(harness, sigterm_while_it_ends)
{
	int i;

	for (i = 0; i < 40; i++) {
		ASSERT_TRUE(start_harness(self, variant->audio, "panic=shutdown"));
		EXPECT_TRUE(asks(&self->qtest, "outb 0x505 0x1\n", "OK"));
		EXPECT_TRUE(hears(&self->qmp, "GUEST_PANICKED"));
		EXPECT_TRUE(hears(&self->qmp, "STOP"));
		EXPECT_TRUE(hears(&self->qmp, "SHUTDOWN"));
		ASSERT_EQ(0, peer_end(&self->peer));
		end_harness(self);
	}
}

TEST_F(harness, device_test)
{
	ASSERT_TRUE(start_harness(self, variant->audio, "panic=pause"));
	EXPECT_TRUE(asks(&self->qtest, "endianness\n", "OK little"));
	EXPECT_TRUE(asks(&self->qtest, "inb 0x505\n", variant->reads));
	EXPECT_TRUE(asks(&self->qtest, "outb 0x505 0x1\n", "OK"));
	EXPECT_TRUE(hears(&self->qmp, "\"GUEST_PANICKED\", \"data\": {\"action\": \"pause\"}"));
	EXPECT_EQ(0, peer_end(&self->peer));
	end_harness(self);
}

/* QEMU goes on when nobody is connected any more, and so does the simulator. */
TEST_F(harness, goes_on_without_clients)
{
	double deadline = now_ms() + PEER_TIMEOUT_S * 1000;

	ASSERT_TRUE(start_harness(self, variant->audio, "panic=shutdown --log @/log"));
	conn_close(&self->qtest);
	conn_close(&self->qmp);
	while (count_in_log(&self->peer, "\"disconnect\"") < 2 && now_ms() < deadline)
		usleep(1000);
	peer_kill(&self->peer, SIGUSR1);
	EXPECT_EQ(0, peer_wait(&self->peer));
	EXPECT_EQ(1, count_in_log(&self->peer, "\"what\": \"storm\""));
	EXPECT_EQ(1, count_in_log(&self->peer, "\"GUEST_PANICKED\""));
	end_harness(self);
}

#define GUESTS 100

FIXTURE(many)
{
	struct peer peer;
	struct conn conns[GUESTS];
};

FIXTURE_VARIANT(many)
{
	unsigned int descriptors;
};

FIXTURE_VARIANT_ADD(many, unlimited){ .descriptors = 0 };
/* Two for each guest, and 64 for everything else. */
FIXTURE_VARIANT_ADD(many, few_descriptors){ .descriptors = 2 * GUESTS + 64 };

FIXTURE_SETUP(many)
{
	unsigned int i;
	char name[16];

	ASSERT_EQ(0, peer_init(&self->peer, getenv("PVPANIC_SIM"), NULL, variant->descriptors));
	peer_args(&self->peer, "--log @/log --qmp @/q%%d --guests %d", GUESTS);
	ASSERT_EQ(0, peer_start(&self->peer));
	for (i = 0; i < GUESTS; i++) {
		snprintf(name, sizeof(name), "q%u", i);
		ASSERT_TRUE(monitors(&self->conns[i], &self->peer, name));
	}
}

FIXTURE_TEARDOWN(many)
{
	unsigned int i;

	EXPECT_EQ(0, peer_end(&self->peer));
	for (i = 0; i < GUESTS; i++)
		conn_close(&self->conns[i]);
	EXPECT_EQ(1, peer_count_files(&self->peer));
	peer_free(&self->peer);
}

TEST_F(many, a_storm_panics_all)
{
	unsigned int i;

	peer_kill(&self->peer, SIGUSR1);
	for (i = 0; i < GUESTS; i++) {
		ASSERT_TRUE(hears(&self->conns[i], "GUEST_PANICKED"));
		ASSERT_TRUE(hears(&self->conns[i], "STOP"));
		ASSERT_TRUE(hears(&self->conns[i], "SHUTDOWN"));
		ASSERT_TRUE(hears(&self->conns[i], "EOF"));
	}
	/* No guest is left, so the process ends by itself. */
	EXPECT_EQ(0, peer_wait(&self->peer));
	EXPECT_EQ(GUESTS, count_in_log(&self->peer, "\"GUEST_PANICKED\""));
}

TEST_F(many, guests_are_apart)
{
	struct conn *first = &self->conns[0], *last = &self->conns[GUESTS - 1];

	EXPECT_TRUE(asks(last, "{\"execute\": \"query-name\"}\n", "\"guest-99\""));
	EXPECT_TRUE(asks(first, "{\"execute\": \"quit\"}\n", "SHUTDOWN"));
	EXPECT_TRUE(hears(first, "{\"return\": {}}"));
	EXPECT_TRUE(hears(first, "EOF"));
	EXPECT_TRUE(asks(last, QUERY_STATUS, "\"running\""));
	EXPECT_EQ(GUESTS, peer_count_files(&self->peer));
	EXPECT_EQ(0, peer_end(&self->peer));
	EXPECT_TRUE(hears(last, "host-signal"));
}

/* With more clients than descriptors, the connected clients are not affected. */
TEST_F(many, clients_without_a_descriptor_are_refused)
{
	struct conn extra[GUESTS] = { 0 };
	unsigned int i, greeted = 0;

	for (i = 0; i < GUESTS; i++) {
		ASSERT_EQ(0, conn_open(&extra[i], &self->peer, "q0"));
		greeted += !!strstr(conn_line(&extra[i]), "\"QMP\"");
	}
	EXPECT_EQ(!variant->descriptors, greeted == GUESTS);
	for (i = 0; i < GUESTS; i++) {
		EXPECT_TRUE(asks(&self->conns[i], QUERY_STATUS, "\"running\""));
		conn_close(&extra[i]);
	}
}

TEST_HARNESS_MAIN
