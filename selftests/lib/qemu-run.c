// SPDX-License-Identifier: GPL-2.0-only
/*
 * qemu-run SECONDS PROGRAM ARGUMENT...: runs a QEMU for a shell script, until QEMU ends. Prints
 * the name of each event of the monitor, one a line.
 *
 * The exit status is QEMU's, 128 and the number of the signal that ended QEMU, or 124 if QEMU
 * had to be ended after SECONDS.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <uv.h>

#include "qemu.h"

static struct qemu *qemu;
static int exit_status;

static void print_stderr(void *user, int stream, const char *line)
{
	(void)user;
	if (stream == QEMU_STDERR)
		fprintf(stderr, "%s\n", line);
}

static void print_event(void *user, const char *name, const json_t *data)
{
	(void)user;
	(void)data;
	printf("%s\n", name);
	fflush(stdout);
}

static void end_late(void *user)
{
	(void)user;
	exit_status = 124;
	qemu_end(qemu);
}

static void over(void *user, int status, int signal)
{
	(void)user;
	if (!exit_status)
		exit_status = signal ? 128 + signal : status;
}

int main(int argc, char **argv)
{
	static const struct qemu_ops ops = {
		.line = print_stderr,
		.event = print_event,
		.late = end_late,
		.over = over,
	};
	int i;

	if (argc < 3) {
		fprintf(stderr, "usage: qemu-run SECONDS PROGRAM ARGUMENT...\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);	/* a script that was killed leaves no QEMU */
	qemu = qemu_new(&ops, NULL, argv[2]);
	for (i = 3; i < argc; i++)
		qemu_arg(qemu, "%s", argv[i]);
	if (qemu_start(qemu, atoi(argv[1])))
		return 127;
	uv_run(uv_default_loop(), UV_RUN_DEFAULT);
	qemu_free(qemu);
	return exit_status;
}
