// SPDX-License-Identifier: GPL-2.0-only
/*
 * pvpanic-sim: a host with a pvpanic device and no virtual machine, for tests of drivers, guest
 * images and management software.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "log.h"
#include "qtest.h"
#include "../drivers/version.h"

#define EXIT_USAGE 2

static const char help[] =
	"usage: pvpanic-sim --qmp PATH [--qtest PATH] [--guest PATH] [OPTION]...\n"
	"\n"
	"A host with a pvpanic device and no virtual machine. See pvpanic-sim(1).\n"
	"\n"
	"  --qmp PATH       listen for QMP clients on this Unix socket\n"
	"  --qtest PATH     listen for qtest clients\n"
	"  --guest PATH     listen for a real guest's writes to the port\n"
	"  --guests N       simulate N guests; %d in a path is the guest's number, from 0\n"
	"  --name NAME      the guest's name in query-name\n"
	"  --ioport N       the device's port (default 0x505)\n"
	"  --events MASK    the events that the device recognises (default: the compat's, 7 or 3)\n"
	"  --panic ACTION   pause, shutdown (default), exit-failure or none\n"
	"  --compat VERSION the QEMU to resemble: 10.0 (default) or 7.2\n"
	"  --log FILE       append what happens, one JSON object a line\n"
	"\n"
	"SIGUSR1 panics all guests at once, SIGTERM ends them.\n"
	"QEMU's spellings are understood as well: -qmp, -qtest, -qtest-log, -chardev, -mon,\n"
	"-device pvpanic, -action, -no-shutdown, -no-reboot, -S, -name; accepted and ignored:\n"
	"-machine, -M, -accel, -display, -audio, -nodefaults, -m, -smp, -cpu.\n";

static int fail(const char *why)
{
	fprintf(stderr, "pvpanic-sim: %s\n", why);
	return EXIT_USAGE;
}

static int open_logs(const struct options *options, struct text *error)
{
	int err;

	if (options->log) {
		err = log_open(options->log);
		if (err) {
			text_printf(error, "%s: %s", options->log, strerror(err));
			return -1;
		}
	}
	if (options->qtest_log) {
		err = qtest_log_open(options->qtest_log);
		if (err) {
			text_printf(error, "%s: %s", options->qtest_log, strerror(err));
			return -1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct options options;
	struct text error = { 0 };
	int status = 0;

	if (options_parse(&options, argc, argv, &error))
		goto out;
	if (options.help || options.version) {
		fputs(options.help ? help : "pvpanic-sim " PVPANIC_GUEST_VERSION "\n", stdout);
		goto out;
	}
	if (open_logs(&options, &error))
		goto out;
	status = host_run(&options, &error);
	log_process("end", options.guests);
out:
	log_close();
	qtest_log_close();
	options_free(&options);
	if (error.len)
		status = fail(error.s);
	text_free(&error);
	return status;
}
