// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm-bench: boots real guests, has them panic, and judges by what the host saw.
 */
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "bench.h"

static const char usage[] =
"usage: vm-bench --kernel DIR [options] SCENARIO.ini...\n"
"  --kernel DIR       a kernel as scripts/kernel.sh lays it out; may be repeated\n"
"  --qemu PROGRAM     qemu-system-x86_64\n"
"  --firmware FILE    QEMU's -bios; kernels are then started packed, for not every firmware\n"
"                     follows the PVH note\n"
"  --firmware-of N    this firmware for one in N scenarios, for another one at the next turn\n"
"  --accel NAME       tcg; another one is used if a guest boots with it\n"
"  --machine NAME     pc, q35 or all; else as each scenario asks\n"
"  --only GLOB        jobs (\"6.1 pc/1 NAME\") or scenarios (NAME) that fit\n"
"  --param NAME=VALUE a module parameter for every scenario; may be repeated\n"
"  --cmdline TEXT     for the command line of every guest that is not to report anything\n"
"  --driver NAME      ours, or in-tree for comparison\n"
"  --guests LIST      on these in place of what each asks for, such as \"pc/1 q35/4\"\n"
"  --ways             only scenarios that are a way to die (way = ...), each way once\n"
"  --repeat N         each job N times\n"
"  --jobs N           guests at once; one more than there are cores\n"
"  --build DIR        where firmware variants and initramfs lie\n"
"  --logs DIR         keep each guest's story there\n"
"  --in-turn          each scenario on one of its guests a kernel, on another one for the next\n"
"                     kernel; those in-turn = one-kernel, and also-params, on one of them only\n"
"  --each             in turn, but leaving none out: all on each kernel, and those that\n"
"                     are never in turn; not also-params\n"
"  --turn N           begin the turns at the Nth\n"
"  --one-thread       under tcg, a guest's CPUs take turns on one thread of the host, unless the\n"
"                     scenario is of CPUs at the same time (parallel); half the work\n"
"  --copies           guests of one command line are booted once; the others begin as copies\n"
"  --narrate          tell what happens in words, with times, in place of KTAP\n"
"  --list             print the jobs' names, run nothing\n"
"  --list-ways        print the ways to die and how many there are, run nothing\n";

enum { O_KERNEL = 1, O_QEMU, O_ACCEL, O_MACHINE, O_ONLY, O_PARAM, O_CMDLINE, O_DRIVER, O_REPEAT,
       O_JOBS, O_BUILD, O_LOGS, O_LIST, O_NARRATE, O_IN_TURN, O_ONE_THREAD, O_GUESTS, O_WAYS,
       O_LIST_WAYS, O_FIRMWARE, O_FIRMWARE_OF, O_EACH, O_TURN, O_COPIES, O_HELP };

static const struct option long_options[] = {
	{ "kernel", required_argument, NULL, O_KERNEL },
	{ "qemu", required_argument, NULL, O_QEMU },
	{ "accel", required_argument, NULL, O_ACCEL },
	{ "firmware", required_argument, NULL, O_FIRMWARE },
	{ "firmware-of", required_argument, NULL, O_FIRMWARE_OF },
	{ "machine", required_argument, NULL, O_MACHINE },
	{ "only", required_argument, NULL, O_ONLY },
	{ "param", required_argument, NULL, O_PARAM },
	{ "cmdline", required_argument, NULL, O_CMDLINE },
	{ "driver", required_argument, NULL, O_DRIVER },
	{ "guests", required_argument, NULL, O_GUESTS },
	{ "ways", no_argument, NULL, O_WAYS },
	{ "list-ways", no_argument, NULL, O_LIST_WAYS },
	{ "repeat", required_argument, NULL, O_REPEAT },
	{ "jobs", required_argument, NULL, O_JOBS },
	{ "build", required_argument, NULL, O_BUILD },
	{ "logs", required_argument, NULL, O_LOGS },
	{ "list", no_argument, NULL, O_LIST },
	{ "in-turn", no_argument, NULL, O_IN_TURN },
	{ "each", no_argument, NULL, O_EACH },
	{ "turn", required_argument, NULL, O_TURN },
	{ "one-thread", no_argument, NULL, O_ONE_THREAD },
	{ "copies", no_argument, NULL, O_COPIES },
	{ "narrate", no_argument, NULL, O_NARRATE },
	{ "help", no_argument, NULL, O_HELP },
	{ 0 },
};

static int bad(const char *what, const char *value)
{
	fprintf(stderr, "vm-bench: %s: %s\n%s", what, value, usage);
	return -1;
}

static int set(struct options *opt, int option, char *value)
{
	switch (option) {
	case O_KERNEL:
		words_add(&opt->kernels, value);
		return 0;
	case O_QEMU:
		opt->qemu = value;
		return 0;
	case O_ACCEL:
		opt->accel = value;
		return 0;
	case O_FIRMWARE:
		opt->firmware = value;
		return 0;
	case O_FIRMWARE_OF:
		opt->firmware_of = atoi(value);
		return opt->firmware_of > 0 ? 0 : bad("--firmware-of wants a number above 0", value);
	case O_MACHINE:
		opt->machine = value;
		if (strcmp(value, "pc") && strcmp(value, "q35") && strcmp(value, "all"))
			return bad("--machine is pc, q35 or all", value);
		return 0;
	case O_ONLY:
		opt->only = value;
		return 0;
	case O_PARAM:
		words_add(&opt->params, value);
		return 0;
	case O_CMDLINE:
		opt->cmdline = value;
		return 0;
	case O_DRIVER:
		opt->driver = value;
		if (strcmp(value, "ours") && strcmp(value, "in-tree"))
			return bad("--driver is ours or in-tree", value);
		return 0;
	case O_GUESTS:
		opt->guests = value;
		return 0;
	case O_WAYS:
		opt->ways = true;
		return 0;
	case O_LIST_WAYS:
		opt->list_ways = true;
		return 0;
	case O_REPEAT:
		opt->repeat = atoi(value);
		return opt->repeat > 0 ? 0 : bad("--repeat wants a number above 0", value);
	case O_JOBS:
		opt->jobs = atoi(value);
		return opt->jobs > 0 ? 0 : bad("--jobs wants a number above 0", value);
	case O_BUILD:
		opt->build = value;
		return 0;
	case O_LOGS:
		opt->logs = value;
		return 0;
	case O_LIST:
		opt->list = true;
		return 0;
	case O_IN_TURN:
		opt->in_turn = true;
		return 0;
	case O_EACH:
		opt->in_turn = opt->each = true;
		return 0;
	case O_TURN:
		opt->turn = atoi(value);
		return opt->turn >= 0 ? 0 : bad("--turn wants a number", value);
	case O_ONE_THREAD:
		opt->one_thread = true;
		return 0;
	case O_COPIES:
		opt->copies = true;
		return 0;
	case O_NARRATE:
		opt->narrate = true;
		return 0;
	case O_HELP:
		printf("%s", usage);
		exit(0);
	default:
		fprintf(stderr, "%s", usage);
		return -1;
	}
}

/* The program lies in build/selftests/vm/; what it needs lies under build/. */
static const char *build_dir(void)
{
	static char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	int up;

	for (up = 0, path[n > 0 ? n : 0] = '\0'; up < 3 && strrchr(path, '/'); up++)
		*strrchr(path, '/') = '\0';
	return path;
}

static void on_signal(uv_signal_t *handle, int signum)
{
	(void)handle;
	plan_stop(signum);
}

static void watch(uv_signal_t *handle, int signum)
{
	uv_signal_init(uv_default_loop(), handle);
	uv_signal_start(handle, on_signal, signum);
	uv_unref((uv_handle_t *)handle);
}

int main(int argc, char **argv)
{
	struct options opt = {
		.qemu = "qemu-system-x86_64",
		.accel = "tcg",
		.driver = "ours",
		.build = build_dir(),
		.jobs = sysconf(_SC_NPROCESSORS_ONLN) + 1,	/* a guest often waits */
		.repeat = 1,
		.firmware_of = 1,
	};
	struct scenarios all = { 0 };
	uv_signal_t interrupted, terminated;
	int option, i;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		if (set(&opt, option, optarg))
			return 2;
	if ((!opt.kernels.n && !opt.list_ways) || optind == argc)
		return bad("there must be a kernel and a file of scenarios", "") ? 2 : 0;
	for (i = optind; i < argc; i++)
		if (scenarios_load(&all, argv[i]))
			return 2;
	if (opt.list_ways) {
		printf("%d ways\n", scenarios_list_ways(&all));
		return 0;
	}
	signal(SIGPIPE, SIG_IGN);
	watch(&interrupted, SIGINT);
	watch(&terminated, SIGTERM);
	prctl(PR_SET_PDEATHSIG, SIGTERM);	/* a script that was killed leaves no guests */
	return plan_run(&opt, &all);
}
