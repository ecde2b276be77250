// SPDX-License-Identifier: GPL-2.0-only
/*
 * From scenarios to jobs, and as many guests at once as there are cores.
 *
 * Not every scenario runs on every machine with every number of CPUs: each says
 * where (guests = pc/1 q35/4), so that all combinations occur and none is paid
 * for twice. --machine asks for more.
 */
#define _GNU_SOURCE
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

static struct job *first_job, **last_job = &first_job, *next_job;
static struct guest *guests;
static const struct options *options;
static int jobs, done, alive, stopped;

static int read_word(const char *dir, const char *file, char word[128])
{
	char *path = format("%s/%s", dir, file);
	FILE *f = fopen(path, "r");
	int got = f ? fscanf(f, "%127s", word) : 0;

	if (f)
		fclose(f);
	free(path);
	return got == 1 ? 0 : -1;
}

static char *first_readable(char *one, char *other)
{
	char *found = !access(one, R_OK) ? one : !access(other, R_OK) ? other : NULL;

	if (found != one)
		free(one);
	if (found != other)
		free(other);
	return found;
}

static char *read_text(const char *dir, const char *file)
{
	char *path = format("%s/%s", dir, file), *text = NULL;
	size_t room = 0;
	FILE *f = fopen(path, "r");

	/* Up to the first NUL, of which a text has none. */
	if (f && getdelim(&text, &room, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	if (f)
		fclose(f);
	free(path);
	return text;
}

/* What a kernel's configuration says of it; one that comes without is taken for Debian's. */
static void kernel_configured(struct kernel *k)
{
	static const char *const slow[] = { "\nCONFIG_KASAN=y\n", "\nCONFIG_PROVE_LOCKING=y\n",
					    "\nCONFIG_DEBUG_KMEMLEAK=y\n", "\nCONFIG_KCSAN=y\n" };
	char *config = read_text(k->dir, "config");
	size_t i;

	k->patience = 1;
	if (!config)
		return;
	k->port_only = strstr(config, "\nCONFIG_PREEMPT_RT=y\n") ||
		       !strstr(config, "\nCONFIG_PREEMPT_COUNT=y\n") ||
		       !strstr(config, "\nCONFIG_KPROBES=y\n");
	for (i = 0; i < sizeof(slow) / sizeof(*slow); i++)
		if (strstr(config, slow[i]))
			k->patience += 2;
	free(config);
}

static int kernel_replace_module(struct kernel *k, const struct options *opt)
{
	k->initramfs = initramfs_with_module(k->initramfs, opt->module, opt->build);
	if (k->initramfs && !access(k->kdump_initramfs, R_OK))
		k->kdump_initramfs = initramfs_with_module(k->kdump_initramfs, opt->module,
							   opt->build);
	return k->initramfs && k->kdump_initramfs ? 0 : -1;
}

static int kernel_find(struct kernel *k, const char *dir, const struct options *opt)
{
	char release[128];
	const char *slash = strrchr(dir, '/');

	k->dir = format("%s", dir);
	k->key = format("%s", slash ? slash + 1 : dir);
	if (read_word(dir, "release", release)) {
		fprintf(stderr, "vm-bench: %s: no kernel there (no file 'release')\n", dir);
		return -1;
	}
	k->release = format("%s", release);
	kernel_configured(k);
	k->image = first_readable(format("%s/vmlinux", dir), format("%s/vmlinuz", dir));
	if (!k->image) {
		fprintf(stderr, "vm-bench: %s: neither vmlinux nor vmlinuz\n", dir);
		return -1;
	}
	k->initramfs = format("%s/selftests/vm/initramfs-%s.cpio", opt->build, release);
	k->kdump_initramfs = format("%s/selftests/vm/initramfs-kdump-%s.cpio", opt->build, release);
	if (access(k->initramfs, R_OK)) {
		fprintf(stderr, "vm-bench: %s is missing: selftests/vm/initramfs.sh makes it\n",
			k->initramfs);
		return -1;
	}
	if (opt->module && !opt->list)
		return kernel_replace_module(k, opt);
	return 0;
}

/* 6.1 < 6.12: numbers, not strings. */
static int version(const char *text)
{
	int major = 0, minor = 0;

	if (sscanf(text, "%d.%d", &major, &minor) < 1)
		return 0;
	return major * 1000 + minor;
}

static bool kernel_wanted(const struct scenario *s, const struct kernel *k)
{
	const char *text = scenario_get(s, F_KERNELS);

	if (!text)
		return true;
	if (!strncmp(text, ">=", 2))
		return version(k->release) >= version(text + 2);
	if (text[0] == '<')
		return version(k->release) < version(text + 1);
	return !fnmatch(text, k->key, FNM_EXTMATCH);
}

static const struct scenarios *scenarios;

static bool same(const struct scenario *s, const struct scenario *other, enum field f)
{
	return !strcmp(scenario_get(s, f), scenario_get(other, f));
}

/* Scenarios whose guests can be copies of each other are of one firmware. */
static const char *firmware_for(const struct scenario *s)
{
	const struct scenario *like;
	int place = options->turn;

	for (like = scenarios->first; like != s; like = like->next, place++)
		if (same(s, like, F_DEVICE) && same(s, like, F_QEMU_ARGS) &&
		    same(s, like, F_CMDLINE) && same(s, like, F_IMAGE) &&
		    scenario_has_kdump(s) == scenario_has_kdump(like))
			break;
	return place % options->firmware_of ? NULL : options->firmware;
}

/* A firmware's name is its file's: OVMF.fd is OVMF. */
static char *firmware_name(const char *firmware)
{
	const char *slash = strrchr(firmware, '/'), *name = slash ? slash + 1 : firmware;

	return format("%.*s", (int)strcspn(name, "."), name);
}

static void add_job(const struct scenario *s, const struct kernel *k, const char *machine, int cpus,
		    const char *more)
{
	const struct options *opt = options;
	struct job *job = calloc(1, sizeof(*job));
	char *extra, *mine, *firmware;

	if (!job)
		abort();
	extra = opt->params.n ? words_join(&opt->params, " ") : format("%s", "");
	job->scenario = s;
	job->kernel = k;
	job->opt = opt;
	job->machine = format("%s", machine);
	job->cpus = cpus;
	job->firmware = firmware_for(s);
	job->in_tree = !strcmp(opt->driver, "in-tree");
	job->params = format("%s %s %s", scenario_get(s, F_PARAMS), extra, more);
	mine = strstr(scenario_get(s, F_PARAMS), "transport=");
	/* A scenario that itself has transport=port expects things by the port already. */
	job->port_only = job->in_tree ||
			 (k->port_only && !(mine && !strncmp(mine, "transport=port", 14))) ||
			 (!mine && (strstr(extra, "transport=port") ||
				    strstr(more, "transport=port")));
	firmware = job->firmware ? firmware_name(job->firmware) : format("%s", "");
	job->name = format("%s %s/%d %s%s%s%s%s%s%s", k->key, machine, cpus, s->name,
			   *more ? " " : "", more, job->in_tree ? " in-tree" : "",
			   *extra ? " with-params" : "", *firmware ? " " : "", firmware);
	free(firmware);
	free(extra);
	if (opt->only && fnmatch(opt->only, job->name, FNM_EXTMATCH) &&
	    fnmatch(opt->only, s->name, FNM_EXTMATCH)) {
		free(job->name);
		free(job->params);
		free(job->machine);
		free(job);
		return;
	}
	*last_job = job;
	last_job = &job->next;
	jobs++;
}

/* also-params is for our driver, and one guest a scenario is enough for it. */
static void add_variations(const struct scenario *s, const struct kernel *k, const char *machine,
			   int cpus, bool first)
{
	const char *also = scenario_get(s, F_ALSO_PARAMS);
	int i;

	for (i = 0; i < options->repeat; i++) {
		add_job(s, k, machine, cpus, "");
		if (first && *also && !options->ways && !options->each && !options->params.n &&
		    strcmp(options->driver, "in-tree"))
			add_job(s, k, machine, cpus, also);
	}
}

/* @turn says which of its guests it is this time, and which of @kernels kernels. */
static void add_scenario(const struct scenario *s, const struct kernel *k, size_t turn,
			 size_t kernels)
{
	const char *machine = options->machine;
	struct words where = { 0 };
	unsigned int seen = 0;
	char name[16];
	size_t i;
	int cpus;

	if (options->ways && !s->field[F_WAY])
		return;
	if (options->in_turn && !options->each && scenario_is(s, F_IN_TURN, "never"))
		return;
	if (options->in_turn && !options->each && scenario_is(s, F_IN_TURN, "one-kernel") &&
	    turn % kernels)
		return;
	if (scenario_get(s, F_DRIVERS) && strcmp(scenario_get(s, F_DRIVERS), options->driver))
		return;
	words_split(&where, options->guests ? options->guests : scenario_get(s, F_GUESTS), " \t\n");
	for (i = 0; i < where.n; i++) {
		if (options->in_turn && i != turn % where.n)
			continue;
		if (sscanf(where.v[i], "%15[^/]/%d", name, &cpus) != 2) {
			fprintf(stderr, "vm-bench: [%s]: guests: %s is not MACHINE/CPUS\n", s->name,
				where.v[i]);
			exit(2);
		}
		if (cpus < atoi(scenario_get(s, F_CPUS)))
			continue;
		if (!machine) {
			add_variations(s, k, name, cpus,
				       options->in_turn ? turn % kernels == 0 : i == 0);
			continue;
		}
		/* On the machines asked for, once with each number of CPUs. */
		if (seen & 1U << (cpus & 31))
			continue;
		seen |= 1U << (cpus & 31);
		if (strcmp(machine, "q35"))
			add_variations(s, k, "pc", cpus, i == 0);
		if (strcmp(machine, "pc"))
			add_variations(s, k, "q35", cpus, i == 0);
	}
	words_free(&where);
}

/* Begun last, such a guest would have a core idle at the end. */
static bool takes_long(const struct scenario *s)
{
	return atoi(scenario_get(s, F_TIMEOUT)) > 100;
}

/*
 * A scenario's turns go over the kernels that it wants. Its place shifts them, lest all
 * first guests meet on one kernel.
 */
static void add_scenarios(const struct scenarios *all, const struct kernel *kernels, size_t at,
			  bool long_ones)
{
	const struct scenario *s;
	size_t place = options->turn, i;

	for (s = all->first; s; s = s->next, place++) {
		size_t before = 0, wanted = 0;

		if (!kernel_wanted(s, &kernels[at]) || takes_long(s) != long_ones)
			continue;
		for (i = 0; i < options->kernels.n; i++) {
			wanted += kernel_wanted(s, &kernels[i]);
			before += i < at && kernel_wanted(s, &kernels[i]);
		}
		add_scenario(s, &kernels[at], place + before, wanted);
	}
}

static void keep_story(const struct guest *guest)
{
	char *path, *c;
	FILE *f;
	size_t i;

	if (!options->logs)
		return;
	path = format("%s/%s.%d.log", options->logs, guest->job->name, guest->job->boot);
	for (c = path + strlen(options->logs) + 1; *c; c++)
		if (*c == '/' || *c == ' ')
			*c = '-';
	f = fopen(path, "w");
	for (i = 0; f && i < guest->story.n; i++)
		fprintf(f, "%8.3f %-8s %s\n", guest->story.v[i].ms / 1e3,
			source_name(guest->story.v[i].source), guest->story.v[i].text);
	if (f)
		fclose(f);
	free(path);
}

/* What the host was told is part of the line, for comparisons to be read off. */
static void passed(const struct guest *guest)
{
	const struct story *story = &guest->story;
	char *events = words_join(&guest->events, " ");

	char *boots = guest->job->boot > 1 ? format("boot %d, ", guest->job->boot) : format("%s", "");

	ktap_result(true, guest->job->name, "%sup %.1f s, trigger %.1f s, fate %.1f s; %s", boots,
		    story_time_of(story, FROM_GUEST, "up ") / 1e3,
		    story_time_of(story, FROM_BENCH, "trigger: ") / 1e3,
		    story_time_of(story, FROM_BENCH, "fate: ") / 1e3, events);
	free(boots);
	free(events);
}

static void start_more(void);
static void over(struct guest *guest);

static void forget(struct guest *guest)
{
	struct guest **g;

	for (g = &guests; *g != guest; g = &(*g)->next)
		;
	*g = guest->next;
	guest_free(guest);
	alive--;
}

static void start(struct job *job)
{
	struct guest *guest = calloc(1, sizeof(*guest));

	if (!guest)
		abort();
	job->boot++;
	alive++;
	guest->next = guests;
	guests = guest;
	if (guest_start(guest, job, over))
		exit(2);
}

/* What the emulation does it does now and then; a driver at fault does it more often. */
static bool too_often(void)
{
	static int times;

	return ++times > 2 + jobs / 20;
}

static void over(struct guest *guest)
{
	struct job *job = guest->job;
	const struct story *story = &guest->story;
	char reason[REASON_BYTES];
	bool good = judge(guest, reason), again;

	copy_over(guest);
	keep_story(guest);
	again = !stopped && !good && job->boot < atoi(scenario_get(job->scenario, F_BOOTS)) &&
		(!judge_came_up(guest) || (judge_disturbed(guest) && !too_often()));
	if (again) {
		ktap_note("booted again: %s: %s", job->name, reason);
		ktap_story(story);
	} else if (!stopped && options->narrate) {
		narrate_verdict(story, good, reason);
	} else if (!stopped) {
		done++;
		if (!good)
			ktap_story(story);
		if (good && reason[0])
			ktap_result(true, job->name, "failed as it must: %s", reason);
		else if (good)
			passed(guest);
		else
			ktap_result(false, job->name, "%s",
				    reason[0] ? reason : "passed, but had to fail");
		if (isatty(STDERR_FILENO))
			fprintf(stderr, "\r\033[Kvm-bench: %d of %d done\r", done, jobs);
	}
	forget(guest);
	if (again)
		start(job);
	start_more();
}

/* In order, but one that can soon be a copy lets others go first. */
static struct job *take_next(void)
{
	struct job **at = &next_job, *job;

	while (*at && copy_expected(*at))
		at = &(*at)->next;
	if (!*at)
		at = &next_job;
	job = *at;
	*at = job->next;
	return job;
}

static void start_more(void)
{
	while (!stopped && alive < options->jobs && next_job)
		start(take_next());
}

/**
 * plan_stop() - a signal came: end every guest, start no more
 */
void plan_stop(int signal)
{
	struct guest *guest;

	stopped = signal;
	for (guest = guests; guest; guest = guest->next)
		guest_end(guest);
}

/**
 * plan_run() - run all jobs that the options ask for
 *
 * Return: the exit code: 0 when all passed, 1 when not, 2 when it couldn't begin.
 */
int plan_run(struct options *opt, const struct scenarios *all)
{
	struct kernel *kernels = calloc(opt->kernels.n, sizeof(*kernels));
	const struct job *job;
	size_t i;

	if (!kernels)
		abort();
	options = opt;
	scenarios = all;
	for (i = 0; i < opt->kernels.n; i++)
		if (kernel_find(&kernels[i], opt->kernels.v[i], opt))
			return 2;
	for (i = 0; i < 2 * opt->kernels.n; i++)
		add_scenarios(all, kernels, i % opt->kernels.n, i < opt->kernels.n);
	if (opt->list) {
		for (job = first_job; job; job = job->next)
			printf("%s\n", job->name);
		return 0;
	}
	if (!first_job) {
		printf("1..0 # SKIP no scenario fits what was asked for\n");
		fprintf(stderr, "vm-bench: no scenario fits; without --only, --list prints what there is\n");
		return 2;
	}
	if (strcmp(opt->accel, "tcg") && !trial_boots(opt, first_job->kernel))
		opt->accel = "tcg";
	for (next_job = first_job; opt->copies && next_job; next_job = next_job->next)
		guest_plan(next_job);
	next_job = first_job;
	if (opt->narrate)
		story_listener = narrate;
	else
		ktap_plan(jobs);
	start_more();
	uv_run(uv_default_loop(), UV_RUN_DEFAULT);
	if (stopped) {
		printf("Bail out! stopped by signal %d\n", stopped);
		return 128 + stopped;
	}
	return opt->narrate ? narrate_end() : ktap_end();
}
