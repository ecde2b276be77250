// SPDX-License-Identifier: GPL-2.0-only
/*
 * What cannot work ends with one clear line on stderr, exit status 2, and nothing left behind.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "kselftest_harness.h"

#include "sim.h"

#define MAX_ARGS 20

/* In the arguments, @ stands for the test's own directory. */
FIXTURE(bad)
{
	char dir[32];
	char *args[MAX_ARGS + 1];
	struct outcome outcome;
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
BAD(too_many_parts, "-action a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q: too many parts", 0, "-action",
	"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q");
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
BAD(fails_in_a_thread, "cannot listen: No such file", 200, "--guests", "100", "--qmp", "@/q%d",
	"--qtest", "@/nowhere/t%d");
BAD(not_unix, "-qmp tcp::4444: only unix:PATH is known", 0, "-qmp", "tcp::4444");
BAD(qmp_part, "-qmp: unknown part 'tls'", 0, "-qmp", "unix:@/q,tls=on");
BAD(server_neither, "-qmp: 'maybe' is none of off, on", 0, "-qmp", "unix:@/q,server=maybe");
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
BAD(device_part, "-device pvpanic: unknown part 'bus'", 0, "--qmp", "@/q", "-device",
	"pvpanic,bus=isa");
BAD(device_flag, "-device pvpanic: unknown part 'events'", 0, "--qmp", "@/q", "-device",
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

	strcpy(self->dir, "/tmp/pvpanic-bad-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	for (i = 0; i < MAX_ARGS && variant->args[i]; i++) {
		const char *arg = variant->args[i], *mark = strchr(arg, '@');

		if (mark)
			asprintf(&self->args[i], "%.*s%s%s", (int)(mark - arg), arg, self->dir,
				 mark + 1);
		else
			self->args[i] = strdup(arg);
	}
}

FIXTURE_TEARDOWN(bad)
{
	int i;

	for (i = 0; i < MAX_ARGS; i++)
		free(self->args[i]);
	text_free(&self->outcome.err);
	/* Fails, and the test with it, when something was left behind. */
	EXPECT_EQ(0, rmdir(self->dir));
}

TEST_F(bad, one_line_and_exit_2)
{
	sim_run(&self->outcome, variant->descriptors, self->args);
	TH_LOG("%.*s", (int)strcspn(self->outcome.err.s, "\n"), self->outcome.err.s);
	EXPECT_EQ(2, self->outcome.status);
	EXPECT_EQ(0, strncmp(self->outcome.err.s, "pvpanic-sim: ", 13));
	EXPECT_NE(NULL, strstr(self->outcome.err.s, variant->says));
	EXPECT_EQ(self->outcome.err.len - 1, strcspn(self->outcome.err.s, "\n"));
}

FIXTURE(occupied)
{
	char dir[32];
	char path[64];
	struct sockaddr_un address;
	struct outcome outcome;
};

FIXTURE_SETUP(occupied)
{
	strcpy(self->dir, "/tmp/pvpanic-bad-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	snprintf(self->path, sizeof(self->path), "%s/q", self->dir);
	self->address.sun_family = AF_UNIX;
	strcpy(self->address.sun_path, self->path);
}

FIXTURE_TEARDOWN(occupied)
{
	text_free(&self->outcome.err);
	unlink(self->path);
	EXPECT_EQ(0, rmdir(self->dir));
}

TEST_F(occupied, a_live_socket_is_left_alone)
{
	char *args[] = { "--qmp", self->path, NULL };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr *address = (struct sockaddr *)&self->address;

	ASSERT_EQ(0, bind(fd, address, sizeof(self->address)));
	ASSERT_EQ(0, listen(fd, 4));
	sim_run(&self->outcome, 0, args);
	EXPECT_EQ(2, self->outcome.status);
	EXPECT_NE(NULL, strstr(self->outcome.err.s, "another process serves this socket"));
	EXPECT_EQ(0, connect(client, address, sizeof(self->address)));
	close(client);
	close(fd);
}

TEST_F(occupied, a_file_is_left_alone)
{
	char *args[] = { "--qmp", self->path, NULL };
	FILE *file = fopen(self->path, "w");
	struct stat st;

	ASSERT_NE(NULL, file);
	fputs("precious", file);
	fclose(file);
	sim_run(&self->outcome, 0, args);
	EXPECT_EQ(2, self->outcome.status);
	EXPECT_NE(NULL, strstr(self->outcome.err.s, "exists and is no socket"));
	ASSERT_EQ(0, stat(self->path, &st));
	EXPECT_EQ(8, st.st_size);
}

TEST_HARNESS_MAIN
