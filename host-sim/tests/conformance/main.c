// SPDX-License-Identifier: GPL-2.0-only
/*
 * Conformance: plays each script to each QEMU and to the simulator, and compares their answers as
 * values, except timestamps, versions and the words of errors. KTAP on stdout.
 */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ktap.h"
#include "play.h"

#define MAX_QEMUS 8

static struct host_kind qemus[MAX_QEMUS];
static unsigned int n_qemus;
static const char *simulator;

static void diagnose(const char *who, const char *said)
{
	const char *end;

	for (; said && *said; said = end + 1) {
		end = strchr(said, '\n');
		ktap_note("  %s: %.*s", who, (int)(end - said), said);
	}
}

static bool same(const struct text *a, const struct text *b)
{
	return a->len == b->len && !memcmp(a->s ?: "", b->s ?: "", a->len);
}

static bool check_step(const struct script *script, size_t i, const struct transcript *qemu,
		       const struct transcript *sim)
{
	const struct step *step = &script->steps[i];
	const struct text *want_qemu = step->differs ? &step->expect[0] : &sim->steps[i];
	const struct text *want_sim = step->differs ? &step->expect[1] : &qemu->steps[i];

	if (same(&qemu->steps[i], want_qemu) && same(&sim->steps[i], want_sim))
		return true;
	ktap_note("  line %u, %.*s", step->line, (int)strcspn(step->bytes.s ?: "", "\n"),
		  step->bytes.s ?: "");
	diagnose("qemu", qemu->steps[i].s);
	diagnose("sim ", sim->steps[i].s);
	return false;
}

static bool has_timeout(const struct transcript *t)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (t->steps[i].s && strstr(t->steps[i].s, " TIMEOUT\n"))
			return true;
	}
	return false;
}

static void result(bool ok, const char *name, const struct host_kind *qemu, const char *skip)
{
	struct text test = { 0 };

	text_printf(&test, "%s, QEMU ", name);
	if (qemu->binary)
		text_printf(&test, "%d.%d.%d", qemu->version[0], qemu->version[1],
			    qemu->version[2]);
	else
		text_printf(&test, "%s", qemu->root);
	if (skip)
		ktap_skip(test.s, "%s", skip);
	else
		ktap_result(ok, test.s, NULL);
	text_free(&test);
}

static void compare(const struct host_kind *qemu, const struct script *script, const char *name)
{
	struct transcript said_qemu = { 0 }, said_sim = { 0 };
	struct host_kind sim = { .binary = simulator, .compat = qemu->compat };
	unsigned int bad = 0;
	size_t i;

	if (script->only && strcmp(script->only, qemu->compat)) {
		result(true, name, qemu, "the script is for another version");
		return;
	}
	if (play(qemu, script, &said_qemu) | play(&sim, script, &said_sim)) {
		ktap_note("  %s or %s does not start", qemu->binary, simulator);
		result(false, name, qemu, NULL);
		goto out;
	}
	for (i = 0; i < script->n && bad < 5; i++)
		bad += !check_step(script, i, &said_qemu, &said_sim);
	if (has_timeout(&said_qemu) || has_timeout(&said_sim)) {
		ktap_note("  a host did not answer in time");
		bad++;
	}
	result(!bad, name, qemu, NULL);
out:
	transcript_free(&said_qemu);
	transcript_free(&said_sim);
}

static void run_script(const char *path)
{
	char *copy = strdup(path), *name = basename(copy);
	struct script script;
	unsigned int i;

	name[strcspn(name, ".")] = 0;
	for (i = 0; i < n_qemus; i++) {
		if (!qemus[i].binary)
			result(true, name, &qemus[i], "not installed");
		else if (script_read(&script, path))
			result(false, name, &qemus[i], NULL);
		else
			compare(&qemus[i], &script, name);
		if (qemus[i].binary)
			script_free(&script);
	}
	free(copy);
}

static bool is_executable(const char *root, const char *binary)
{
	const char *const dirs[] = { "", "/usr/bin/", "/usr/local/bin/" };
	bool found = false;
	unsigned int i;
	char *path;

	for (i = 0; i < 3 && !found; i++) {
		if (asprintf(&path, "%s%s%s", root ?: "", dirs[i], binary) < 0)
			abort();
		found = (i || strchr(binary, '/')) && !access(path, X_OK);
		free(path);
	}
	return found;
}

/* The greeting of its monitor says the version. */
static void find_version(struct host_kind *qemu)
{
	struct step hello = { .kind = STEP_CONNECT, .client = 1 };
	struct script script = { .monitors = 1, .steps = &hello, .n = 1 };
	struct transcript said;

	qemu->is_qemu = true;
	play(qemu, &script, &said);
	qemu->compat = said.version[0] >= 9 ? "10.0" : "7.2";
	memcpy(qemu->version, said.version, sizeof(qemu->version));
	transcript_free(&said);
}

/* BINARY or ROOT:BINARY. If it is not there, its scripts are skipped with the root's name. */
static void add_qemu(char *value)
{
	struct host_kind *qemu = &qemus[n_qemus++];
	char *colon = strchr(value, ':');

	qemu->binary = value;
	if (colon) {
		*colon = 0;
		qemu->root = value;
		qemu->binary = colon + 1;
	}
	if (is_executable(qemu->root, qemu->binary)) {
		find_version(qemu);
		return;
	}
	if (!qemu->root)
		qemu->root = qemu->binary;
	qemu->binary = NULL;
}

int main(int argc, char **argv)
{
	int option, i;

	while ((option = getopt(argc, argv, "s:q:")) != -1) {
		if (option == 's')
			simulator = optarg;
		else if (option == 'q' && n_qemus < MAX_QEMUS)
			add_qemu(optarg);
		else
			return 2;
	}
	if (!simulator || !n_qemus || optind == argc) {
		fprintf(stderr, "usage: conformance -s SIMULATOR -q [ROOT:]QEMU... SCRIPT...\n");
		return 2;
	}
	ktap_plan((argc - optind) * n_qemus);
	for (i = optind; i < argc; i++)
		run_script(argv[i]);
	return ktap_end();
}
