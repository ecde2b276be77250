// SPDX-License-Identifier: GPL-2.0-only
/*
 * A job that fails shows the guest's whole trace before its result. At the end there is a
 * table with a line for each kernel and number of CPUs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/ktap.h"
#include "report.h"

enum { CONSOLE_TAIL = 45 };

struct tally {
	const struct kernel *kernel;
	int cpus;
	int guests;
	int passed;
	int lost;
	int hung;
	int again;
	struct tally *next;
};

static struct {
	bool narrate;
	int planned;
	int done;
	bool failed;
	struct tally *first;
} report;

static struct tally *tally_of(const struct job *job)
{
	struct tally **at = &report.first;

	while (*at && ((*at)->kernel != job->kernel || (*at)->cpus != job->place->cpus))
		at = &(*at)->next;
	if (!*at) {
		*at = checked(calloc(1, sizeof(**at)));
		**at = (struct tally){ .kernel = job->kernel, .cpus = job->place->cpus };
	}
	return *at;
}

/** report_begin() - @first: all jobs that are planned */
void report_begin(const struct options *opt, const struct job *first)
{
	for (; first; first = first->next)
		report.planned++;
	report.narrate = opt->narrate;
	if (opt->narrate)
		trace_listener = narrate;
	else
		ktap_plan(report.planned);
}

/** report_log() - keep a guest's trace, if the options say where */
void report_log(const struct job *job, const struct record *record)
{
	const char *dir = job->opt->logs;
	char *path, *c;
	FILE *f;

	if (!dir)
		return;
	path = format("%s/%s.%d.log", dir, job->name, job->boot);
	for (c = path + strlen(dir) + 1; *c; c++)
		if (*c == '/' || *c == ' ')
			*c = '-';
	f = fopen(path, "w");
	if (f) {
		trace_print(&record->trace, f, "", SIZE_MAX);
		fclose(f);
	}
	free(path);
}

/** report_again() - a guest that is booted again is no result yet */
void report_again(const struct job *job, const struct record *record,
		  const struct verdict *verdict)
{
	tally_of(job)->again++;
	ktap_note("booted again: %s: %s", job->name, verdict->reason);
	if (!report.narrate)
		trace_print(&record->trace, stdout, "# ", CONSOLE_TAIL);
}

/* What the host was told is part of the line, so that guests can be compared. */
static void passed(const struct job *job, const struct record *record)
{
	char *events = words_join(&record->events, " ");
	char *boots = job->boot > 1 ? format("boot %d, ", job->boot) : format("%s", "");

	ktap_result(true, job->name, "%sup %.1f s, trigger %.1f s, outcome %.1f s; %s", boots,
		    record->up_ms / 1e3, record->trigger_ms / 1e3, record->outcome_ms / 1e3, events);
	free(boots);
	free(events);
}

/** report_result() - of a job, which is done */
void report_result(const struct job *job, const struct record *record,
		   const struct verdict *verdict)
{
	struct tally *tally = tally_of(job);

	tally->guests++;
	tally->passed += verdict->good;
	tally->lost += !verdict->good && verdict->event_lost;
	tally->hung += !verdict->good && judge_hung(record);
	report.failed |= !verdict->good;
	report.done++;
	if (report.narrate) {
		narrate_verdict(record, verdict);
		return;
	}
	if (!verdict->good)
		trace_print(&record->trace, stdout, "# ", CONSOLE_TAIL);
	if (verdict->failed_as_it_must)
		ktap_result(true, job->name, "failed as it must: %s", verdict->reason);
	else if (verdict->good)
		passed(job, record);
	else
		ktap_result(false, job->name, "%s", verdict->reason);
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[Kvm-bench: %d of %d done\r", report.done, report.planned);
}

/**
 * report_end() - the table and the totals
 * Return: the exit status.
 */
int report_end(void)
{
	const struct tally *t;

	if (report.narrate)
		return report.failed;
	ktap_note("%-12s %4s %7s %7s %12s %5s %13s", "kernel", "CPUs", "guests", "passed",
		  "events lost", "hung", "booted again");
	for (t = report.first; t; t = t->next)
		ktap_note("%-12s %4d %7d %7d %12d %5d %13d", t->kernel->key, t->cpus, t->guests,
			  t->passed, t->lost, t->hung, t->again);
	return ktap_end();
}
