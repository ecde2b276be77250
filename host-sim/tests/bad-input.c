// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bad options end the simulator with one clear line on stderr, exit status 2, and no file left.
 * Bad bytes from a client are answered with QEMU's error class, or end the connection. They never
 * end the simulator, and never leak: ASan and LSan would change the exit status.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "kselftest_harness.h"

#include "peer.h"

#define MAX_ARGS 20

/* Is its stderr this one line? @text is a part of it. */
static bool says(struct peer *peer, const char *text)
{
	const char *line = peer->said ?: "";

	return strstr(line, text) && !strncmp(line, "pvpanic-sim: ", 13) &&
	       strcspn(line, "\n") == strlen(line) - 1;
}

/* In the arguments, @ stands for the test's own directory. */
FIXTURE(bad)
{
	struct peer peer;
};

FIXTURE_VARIANT(bad)
{
	const char *args[MAX_ARGS];
	const char *says;
	unsigned int descriptors;
};

#define BAD(name, text, limit, ...)                                         \
	FIXTURE_VARIANT_ADD(bad, name)                                      \
	{                                                                   \
		.args = { __VA_ARGS__ }, .says = text, .descriptors = limit \
	}

/* clang-format off */
BAD(nothing, "nothing to do: give --qmp, --qtest or --guest", 0, NULL);
BAD(unknown_option, "--frobnicate: unknown option", 0, "--qmp", "@/q", "--frobnicate");
BAD(unknown_short_option, "-x: unknown option", 0, "-x");
BAD(qemu_option, "-drive: unknown option", 0, "-qmp", "unix:@/q", "-drive", "file=x");
BAD(stray_word, "word: unknown argument", 0, "--qmp", "@/q", "word");
BAD(no_value, "--qmp needs a value", 0, "--qmp");
BAD(empty_path, "--qmp: empty", 0, "--qmp", "");
BAD(a_flag_with_a_value, "--help takes no value", 0, "--help=me");
BAD(too_many_sockets, "--qmp: more than 16 sockets a guest", 0, "--qmp=@/1", "--qmp=@/2",
	"--qmp=@/3", "--qmp=@/4", "--qmp=@/5", "--qmp=@/6", "--qmp=@/7", "--qmp=@/8", "--qmp=@/9",
	"--qmp=@/10", "--qmp=@/11", "--qmp=@/12", "--qmp=@/13", "--qmp=@/14", "--qmp=@/15",
	"--qmp=@/16", "--qmp=@/17");
BAD(abbreviation, "--iopo: unknown option", 0, "--qmp", "@/q", "--iopo", "1");
BAD(another_option_of_qemu, "-s: unknown option", 0, "-s", "-qmp", "unix:@/q,server=on");
BAD(two_commas, "-name: unknown part ''", 0, "--qmp", "@/q", "-name", "one,,two");
BAD(no_guests, "--guests: '0' is not a number from 1", 0, "--qmp", "@/q%d", "--guests", "0");
BAD(negative_guests, "--guests: '-1' is not a number", 0, "--qmp", "@/q%d", "--guests", "-1");
BAD(too_many_guests, "--guests: '9999999' is not", 0, "--qmp", "@/q%d", "--guests", "9999999");
BAD(one_path_for_all, "with --guests 2, each path needs a %d", 0, "--qmp", "@/q", "--guests", "2");
BAD(events, "--events: '0x100' is not a number from 0 to 0xff", 0, "--qmp", "@/q", "--events",
	"0x100");
BAD(events_text, "--events: 'all' is not", 0, "--qmp", "@/q", "--events", "all");
BAD(ioport, "--ioport: '0x10000' is not a number from 0 to 0xffff", 0, "--qmp", "@/q", "--ioport",
	"0x10000");
BAD(ioport_text, "--ioport: 'COM1' is not", 0, "--qmp", "@/q", "--ioport", "COM1");
BAD(ioport_empty, "--ioport: '' is not", 0, "--qmp", "@/q", "--ioport", "");
BAD(panic_action, "--panic: 'explode' is none of pause, shutdown, exit-failure, none", 0, "--qmp",
	"@/q", "--panic", "explode");
BAD(compat, "--compat: '2.0' is none of 7.2, 10.0", 0, "--qmp", "@/q", "--compat", "2.0");
BAD(path_too_long, "a socket's path has at most 107 bytes", 0, "--qmp",
	"@/123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890");
BAD(path_too_long_later, "a socket's path has at most 107 bytes", 0, "--guests", "1001", "--qmp",
	"@/%d56789012345678901234567890123456789012345678901234567890123456789012345678901234");
BAD(missing_folder, "/nowhere/q: cannot listen: No such file or directory", 0, "--qmp",
	"@/nowhere/q");
BAD(second_socket_fails, "/nowhere/t: cannot listen", 0, "--qmp", "@/q", "--qtest", "@/nowhere/t");
BAD(log_in_missing_folder, "/nowhere/log: No such file or directory", 0, "--qmp", "@/q", "--log",
	"@/nowhere/log");
BAD(nobody_to_connect_to, "/q: cannot connect: No such file or directory", 0, "-qmp", "unix:@/q");
BAD(too_few_descriptors, "raise it (ulimit -Hn 2064", 100, "--guests", "1000", "--qmp", "@/q%d");
BAD(hardly_any_descriptors, "file descriptors and the limit is 20", 20, "--qmp", "@/q");
BAD(not_unix_either, "-guest /q: only unix:PATH is known", 0, "-guest", "/q");
BAD(not_unix, "-qmp tcp::4444: only unix:PATH is known", 0, "-qmp", "tcp::4444");
BAD(qmp_part, "-qmp: unknown part 'tls'", 0, "-qmp", "unix:@/q,tls=on");
BAD(server_neither, "server: 'maybe' is none of off, on", 0, "-qmp", "unix:@/q,server=maybe");
BAD(chardev_kind, "-chardev pty,id=c: only sockets are known", 0, "-chardev", "pty,id=c");
BAD(chardev_part, "-chardev: unknown part 'host'", 0, "-chardev", "socket,id=c,host=h");
BAD(chardev_without_path, "-chardev socket,id=c: needs id= and path=", 0, "-chardev",
	"socket,id=c");
BAD(mon_part, "-mon: unknown part 'pretty'", 0, "-mon", "chardev=c,mode=control,pretty=on");
BAD(name_part, "-name: unknown part 'colour'", 0, "-name", "vm,colour=red");
BAD(chardev_unused, "-chardev: nothing uses 'c'", 0, "--qmp", "@/q", "-chardev",
	"socket,id=c,path=@/c");
BAD(chardev_twice, "-mon: chardev 'c' is in use", 0, "-chardev", "socket,id=c,path=@/c", "-mon",
	"chardev=c,mode=control", "-mon", "chardev=c,mode=control");
BAD(mon_readline, "needs chardev=ID,mode=control", 0, "-mon", "chardev=c,mode=readline");
BAD(mon_nowhere, "-mon: there is no chardev 'c'", 0, "-mon", "chardev=c,mode=control");
BAD(other_device, "there is no device but pvpanic", 0, "--qmp", "@/q", "-device", "e1000");
BAD(device_part, "-device: unknown part 'bus'", 0, "--qmp", "@/q", "-device",
	"pvpanic,bus=isa");
BAD(device_flag, "-device: events needs a value", 0, "--qmp", "@/q", "-device",
	"pvpanic,events");
BAD(device_port, "ioport: '65536' is not a number from 0 to 0xffff", 0, "--qmp", "@/q", "-device",
	"pvpanic,ioport=65536");
BAD(device_events, "events: '256' is not a number from 0 to 0xff", 0, "--qmp", "@/q", "-device",
	"pvpanic,events=256");
BAD(action_part, "-action: unknown part 'boredom'", 0, "--qmp", "@/q", "-action", "boredom=none");
/* clang-format on */

FIXTURE_SETUP(bad)
{
	int i;

	ASSERT_EQ(0, peer_init(&self->peer, getenv("PVPANIC_SIM"), NULL, variant->descriptors));
	for (i = 0; variant->args[i]; i++)
		peer_args(&self->peer, "%s", variant->args[i]);
}

FIXTURE_TEARDOWN(bad)
{
	EXPECT_EQ(0, peer_count_files(&self->peer));
	peer_free(&self->peer);
}

TEST_F(bad, one_line_and_exit_2)
{
	ASSERT_EQ(0, peer_start(&self->peer));
	EXPECT_EQ(2, peer_wait(&self->peer));
	EXPECT_TRUE(says(&self->peer, variant->says));
}

FIXTURE(occupied)
{
	struct peer peer;
	char path[64];
};

FIXTURE_SETUP(occupied)
{
	ASSERT_EQ(0, peer_init(&self->peer, getenv("PVPANIC_SIM"), NULL, 0));
	peer_args(&self->peer, "--qmp @/q");
	snprintf(self->path, sizeof(self->path), "%s/q", self->peer.dir);
}

FIXTURE_TEARDOWN(occupied)
{
	peer_free(&self->peer);
}

TEST_F(occupied, a_live_socket_is_left_alone)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strcpy(address.sun_path, self->path);
	ASSERT_EQ(0, bind(fd, (struct sockaddr *)&address, sizeof(address)));
	ASSERT_EQ(0, listen(fd, 4));
	ASSERT_EQ(0, peer_start(&self->peer));
	EXPECT_EQ(2, peer_wait(&self->peer));
	EXPECT_TRUE(says(&self->peer, "another process serves this socket"));
	EXPECT_EQ(0, connect(client, (struct sockaddr *)&address, sizeof(address)));
	close(client);
	close(fd);
}

TEST_F(occupied, a_file_is_left_alone)
{
	FILE *file = fopen(self->path, "w");
	struct stat st;

	ASSERT_NE(NULL, file);
	fputs("precious", file);
	fclose(file);
	ASSERT_EQ(0, peer_start(&self->peer));
	EXPECT_EQ(2, peer_wait(&self->peer));
	EXPECT_TRUE(says(&self->peer, "exists and is no socket"));
	ASSERT_EQ(0, stat(self->path, &st));
	EXPECT_EQ(8, st.st_size);
}

/* One simulator with all three kinds of sockets. */
FIXTURE(bytes)
{
	struct peer peer;
	struct conn conn;
};

#define NEGOTIATE "{\"execute\": \"qmp_capabilities\"}"
#define STATUS    "{\"execute\": \"query-status\", \"id\": \"after\"}"
#define ANY       -1

/*
 * @head, then @times @middle, then @tail. NULL as @middle is all 256 bytes. @errors replies are
 * errors. ANY is one or more, and the connection may end.
 */
FIXTURE_VARIANT(bytes)
{
	const char *head;
	const char *middle;
	unsigned int times;
	const char *tail;
	int errors;
};

#define BYTES(name, ...)                 \
	FIXTURE_VARIANT_ADD(bytes, name) \
	{                                \
		__VA_ARGS__              \
	}

/* clang-format off */
BYTES(several_in_one_packet, "", "[] ", 100, "{}\n", 101);
BYTES(deep_arrays, "", "[", 1025, "\n", 1);
BYTES(deep_objects, "", "{\"a\":", 1025, "\n", 3);
BYTES(deep_then_closed, "", "[", 1025, "]]]]\n", 5);
BYTES(huge_word, "", "abcdefgh", 1 << 18, "\n", 1);
BYTES(huge_string, "{\"execute\": \"", "abcdefgh", 1 << 18, "\"}\n", ANY);
BYTES(huge_object, "{\"a\": 0", ", \"abc\": [1]", 1 << 17, "}\n", ANY);
BYTES(huge_number, "[", "1234567890", 1000, "]\n", 1);
BYTES(long_command, "{\"execute\": \"", "abcdefgh", 10000, "\"}\n", 1);
BYTES(long_argument, "{\"execute\": \"set-action\", \"arguments\": {\"", "\xc3\xa9", 1000, "\": 1}}\n", 1);
BYTES(binary, "", NULL, 1, "\n", ANY);
BYTES(binary_again_and_again, "", NULL, 100, "\n", ANY);
BYTES(control_characters, "", "\x01\x02", 100, "\n", 200);
BYTES(bad_utf8, "{\"execute\": \"", "\xc3\x28", 1, "\"}\n", 1);
BYTES(cut_utf8, "{\"execute\": \"", "\xe2\x82", 1, "\"}\n", 1);
BYTES(cut_by_a_newline, "", "{\"execute\": \"que\n", 10, "", 10);
BYTES(nul_in_a_command, "{\"execute\": \"", "stop\\u0000", 1, "\"}\n", 1);
BYTES(nul_in_a_name, "{\"", "execute\\u0000", 1, "\": \"stop\"}\n", 1);
/* clang-format on */

FIXTURE_SETUP(bytes)
{
	ASSERT_EQ(0, peer_init(&self->peer, getenv("PVPANIC_SIM"), NULL, 0));
	peer_args(&self->peer, "--qmp @/q --panic none");
	ASSERT_EQ(0, peer_start(&self->peer));
	ASSERT_EQ(0, conn_open(&self->conn, &self->peer, "q"));
}

FIXTURE_TEARDOWN(bytes)
{
	EXPECT_EQ(0, peer_end(&self->peer));
	conn_close(&self->conn);
	peer_free(&self->peer);
}

/* A child sends, because the replies may fill the socket before all is sent. */
static void send_bytes(struct conn *conn, const FIXTURE_VARIANT(bytes) * variant)
{
	char *bytes;
	size_t len;
	FILE *out = open_memstream(&bytes, &len);
	unsigned int i, c;

	fputs(NEGOTIATE, out);
	fputs(variant->head, out);
	for (i = 0; i < variant->times; i++) {
		for (c = 0; !variant->middle && c < 256; c++)
			fputc(c, out);
		fputs(variant->middle ?: "", out);
	}
	fprintf(out, "%s%s", variant->tail, STATUS);
	fclose(out);
	if (!fork()) {
		conn_send(conn, bytes, len);
		_exit(0);
	}
	free(bytes);
}

TEST_F(bytes, get_errors)
{
	const char *line;
	int errors = 0;

	send_bytes(&self->conn, variant);
	ASSERT_NE(NULL, strstr(conn_line(&self->conn), "\"QMP\""));
	ASSERT_NE(NULL, strstr(conn_line(&self->conn), "{\"return\": {}}"));
	for (;;) {
		line = conn_line(&self->conn);
		if (!strstr(line, "{\"error\": {\"class\": \""))
			break;
		errors++;
	}
	if (variant->errors != ANY)
		EXPECT_EQ(variant->errors, errors);
	EXPECT_LE(1, errors);
	EXPECT_TRUE(strstr(line, "\"after\"") || (variant->errors == ANY && !strcmp(line, "EOF")));
	conn_close(&self->conn);

	/* The simulator still serves another client. */
	ASSERT_EQ(0, conn_open(&self->conn, &self->peer, "q"));
	EXPECT_NE(NULL, strstr(conn_line(&self->conn), "\"QMP\""));
}

FIXTURE(clients)
{
	struct peer peer;
	struct conn conn;
};

FIXTURE_SETUP(clients)
{
	ASSERT_EQ(0, peer_init(&self->peer, getenv("PVPANIC_SIM"), NULL, 0));
	peer_args(&self->peer,
		  "--qmp @/q --qtest @/t --guest @/g -action panic=none,shutdown=pause");
	ASSERT_EQ(0, peer_start(&self->peer));
}

FIXTURE_TEARDOWN(clients)
{
	EXPECT_EQ(0, peer_end(&self->peer));
	conn_close(&self->conn);
	peer_free(&self->peer);
}

/* The client disconnects inside a message, once for each place to cut it. */
TEST_F(clients, truncated_messages)
{
	static const char message[] = "{\"execute\": 'a\\\"b', \"id\": [1, -2.5e3, {\"x\": true}]}";
	size_t cut;

	for (cut = 0; cut < sizeof(message); cut++) {
		ASSERT_EQ(0, conn_open(&self->conn, &self->peer, "q"));
		ASSERT_EQ(0, conn_send(&self->conn, message, cut));
		conn_close(&self->conn);
	}
	ASSERT_EQ(0, conn_open(&self->conn, &self->peer, "q"));
	EXPECT_NE(NULL, strstr(conn_line(&self->conn), "\"QMP\""));
}

/* QEMU aborts at some of these. One client's mistake must not end the other guests. */
TEST_F(clients, qtest_nonsense_is_answered)
{
	static const char *const lines[] = {
		/* clang-format off */
		"outb\n", "outb 0x505\n", "outb x 1\n", "outb 0x505 one\n",
		"outb 0x10000 1\n", "inb\n", "inb 0x505x\n", "inl -1\n", "\n", "  \n",
		"readb 0x1000\n", "clock_step 1 2 3 4 5 6 7 8 9\n", "\xff\xfe\x01\n",
		/* clang-format on */
	};
	size_t i;

	ASSERT_EQ(0, conn_open(&self->conn, &self->peer, "t"));
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		ASSERT_EQ(0, conn_say(&self->conn, lines[i]));
		EXPECT_NE(NULL, strstr(conn_line(&self->conn), "FAIL "));
	}
	ASSERT_EQ(0, conn_say(&self->conn, "inb 0x505\n"));
	EXPECT_STREQ("OK 0x0007", conn_line(&self->conn));
}

TEST_F(clients, an_endless_line_is_cut_off)
{
	static char line[200000];

	memset(line, 'x', sizeof(line));
	ASSERT_EQ(0, conn_open(&self->conn, &self->peer, "t"));
	conn_send(&self->conn, line, sizeof(line));
	EXPECT_STREQ("EOF", conn_line(&self->conn));
}

TEST_F(clients, the_guest_link_takes_any_byte)
{
	static char bytes[100000];
	unsigned int i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = i;
	ASSERT_EQ(0, conn_open(&self->conn, &self->peer, "g"));
	EXPECT_EQ(0, conn_send(&self->conn, bytes, sizeof(bytes)));
}

TEST_HARNESS_MAIN
