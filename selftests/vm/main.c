// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm-bench boots real guests, makes them panic, and judges by what the host saw.
 *
 * Read in this order: scenario.h (what a scenario is), plan.c (which guests are booted for
 * it), guest.c (one guest's way), judge.c (the verdict). fields.c has the table of the
 * fields, boot.c QEMU's command line, run.c and report.c the rest of the work.
 */
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <uv.h>

#include "job.h"
#include "run.h"

static const char *text_option(void *member, const char *value)
{
	*(const char **)member = value;
	return NULL;
}

static const char *flag_option(void *member, const char *value)
{
	(void)value;
	*(bool *)member = true;
	return NULL;
}

static const char *number_option(void *member, const char *value)
{
	*(int *)member = atoi(value);
	return *(int *)member > 0 ? NULL : "not a number above 0";
}

static const char *list_option(void *member, const char *value)
{
	words_add(member, value);
	return NULL;
}

static const char *regex_option(void *member, const char *value)
{
	return regex_parse(member, value);
}

#define MEMBER(member) offsetof(struct options, member)

static const struct {
	const char *name;
	const char *value;	/* as the usage calls it, NULL for a flag */
	const char *(*parse)(void *member, const char *value);
	size_t member;
	const char *doc;
} table[] = {
	{ "kernel", "DIR", list_option, MEMBER(kernels),
	  "a kernel, as scripts/kernel.sh lays it out; may be repeated" },
	{ "quick", NULL, flag_option, MEMBER(quick),
	  "the quick tier: each scenario on one guest a kernel; without it, all guests" },
	{ "only", "GLOB", text_option, MEMBER(only),
	  "jobs (\"6.1 pc/1 NAME\") or scenarios (NAME) that fit" },
	{ "qemu", "PROGRAM", text_option, MEMBER(qemu[ARCH_X86]), "qemu-system-x86_64" },
	{ "qemu-arm64", "PROGRAM", text_option, MEMBER(qemu[ARCH_ARM64]), "qemu-system-aarch64" },
	{ "firmware", "FILE", text_option, MEMBER(firmware[ARCH_X86]), "QEMU's -bios" },
	{ "firmware-arm64", "FILE", text_option, MEMBER(firmware[ARCH_ARM64]), "QEMU's -bios" },
	{ "accel", "NAME", text_option, MEMBER(accel),
	  "tcg; another one is used if a guest boots with it" },
	{ "cmdline", "TEXT", text_option, MEMBER(cmdline),
	  "for the kernel of every guest that is not to report anything" },
	{ "module", "FILE", text_option, MEMBER(module),
	  "a build of pvpanic-guest.ko that each guest has instead of its own" },
	{ "must-fail", "REGEX", regex_option, MEMBER(must_fail),
	  "every guest has to fail, for a reason that fits, as by the field must-fail" },
	{ "repeat", "N", number_option, MEMBER(repeat), "each job N times" },
	{ "jobs", "N", number_option, MEMBER(jobs), "guests at once; one more than there are cores" },
	{ "build", "DIR", text_option, MEMBER(build), "where firmware variants and initramfs are" },
	{ "logs", "DIR", text_option, MEMBER(logs), "keep each guest's trace there" },
	{ "results", "FILE", text_option, MEMBER(results),
	  "append a line for each kernel, transport and firmware at the end of the run" },
	{ "results-of", "COMMAND", text_option, MEMBER(results_of),
	  "the command that these lines name, such as \"make check-matrix\"" },
	{ "narrate", NULL, flag_option, MEMBER(narrate), "tell in words what happens, not KTAP" },
	{ "list", NULL, flag_option, MEMBER(list), "print the jobs' names, run nothing" },
	{ "fields", NULL, flag_option, MEMBER(fields), "print what a scenario may have, run nothing" },
};

enum { OPTIONS = sizeof(table) / sizeof(*table), HELP = OPTIONS };

static void usage(FILE *to)
{
	char name[32];
	int i;

	fprintf(to, "usage: vm-bench --kernel DIR [options] SCENARIO.ini...\n");
	for (i = 0; i < OPTIONS; i++) {
		snprintf(name, sizeof(name), "--%s %s", table[i].name,
			 table[i].value ? table[i].value : "");
		fprintf(to, "  %-19s %s\n", name, table[i].doc);
	}
}

static int complain(const char *what, const char *which)
{
	fprintf(stderr, "vm-bench: %s%s\n", which, what);
	return -1;
}

/* Return: 0, or -1 after a complaint. */
static int read_options(struct options *opt, int argc, char **argv)
{
	struct option names[OPTIONS + 2] = { 0 };
	const char *wrong;
	int i;

	for (i = 0; i < OPTIONS; i++)
		names[i] = (struct option){ table[i].name, table[i].value ? required_argument :
					    no_argument, NULL, i };
	names[HELP] = (struct option){ "help", no_argument, NULL, HELP };
	while ((i = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (i == HELP) {
			usage(stdout);
			exit(0);
		}
		if (i == '?') {
			usage(stderr);
			return -1;
		}
		wrong = table[i].parse((char *)opt + table[i].member, optarg);
		if (wrong)
			return complain(wrong, format("--%s %s: ", table[i].name, optarg));
	}
	if (!opt->fields && (!opt->kernels.n || optind == argc)) {
		usage(stderr);
		return complain("there must be a kernel and a file of scenarios", "");
	}
	if (opt->results && (!opt->results_of || opt->only || opt->module))
		return complain("needs --results-of, and neither --only nor --module", "--results ");
	return 0;
}

/* The program is in build/selftests/vm/, and what it needs is below build/. */
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
	run_stop(signum);
}

static void watch(uv_signal_t *handle, int signum)
{
	uv_signal_init(uv_default_loop(), handle);
	uv_signal_start(handle, on_signal, signum);
	uv_unref((uv_handle_t *)handle);
}

static struct kernel *find_kernels(const struct options *opt)
{
	struct kernel *kernels = checked(calloc(opt->kernels.n, sizeof(*kernels)));
	size_t i;

	for (i = 0; i < opt->kernels.n; i++) {
		if (kernel_find(&kernels[i], opt->kernels.v[i], opt->build))
			exit(2);
		if (opt->module && !opt->list &&
		    kernel_replace_module(&kernels[i], opt->module, opt->build))
			exit(2);
	}
	return kernels;
}

/*
 * An accelerator is trusted if it has booted a guest, and not because it is there:
 * /dev/kvm can exist and open, and lose every guest in its decompressor.
 */
static void try_accelerator(struct options *opt, const struct kernel *kernel)
{
	static const char trial[] =
		"[trial]\nwhy = does a guest come up?\ndevice = none\ndriver = none\n"
		"expect-events = none\nexpect-outcome = runs\ntimeout = 10\nguests = pc/1 virt/1\n";
	struct scenarios own = { 0 };

	if (!strcmp(opt->accel, "tcg") || scenarios_add(&own, trial))
		return;
	if (run_trial(plan_job(opt, own.first, kernel, own.first->guests[kernel->arch].v, false)))
		return;
	fprintf(stderr, "vm-bench: no guest boots with --accel %s, so tcg is used\n", opt->accel);
	opt->accel = "tcg";
}

int main(int argc, char **argv)
{
	struct options opt = {
		.qemu = { "qemu-system-x86_64", "qemu-system-aarch64" },
		.accel = "tcg",
		.build = build_dir(),
		.jobs = sysconf(_SC_NPROCESSORS_ONLN) + 1,	/* a guest often waits */
		.repeat = 1,
	};
	struct scenarios all = { 0 };
	uv_signal_t interrupted, terminated;
	struct kernel *kernels;
	struct job *jobs;

	if (read_options(&opt, argc, argv))
		return 2;
	if (opt.fields) {
		fields_print();
		return 0;
	}
	for (; optind < argc; optind++)
		if (scenarios_load(&all, argv[optind]))
			return 2;
	signal(SIGPIPE, SIG_IGN);
	watch(&interrupted, SIGINT);
	watch(&terminated, SIGTERM);
	prctl(PR_SET_PDEATHSIG, SIGTERM);	/* a script that was killed leaves no guests */
	kernels = find_kernels(&opt);
	if (!opt.list)
		try_accelerator(&opt, &kernels[0]);
	jobs = plan_jobs(&opt, &all, kernels);
	if (!jobs) {
		printf("1..0 # SKIP no scenario fits what was asked for\n");
		fprintf(stderr, "vm-bench: no scenario fits; without --only, --list prints what there is\n");
		return 2;
	}
	for (; opt.list && jobs; jobs = jobs->next)
		printf("%s\n", jobs->name);
	return opt.list ? 0 : run_jobs(&opt, jobs);
}
