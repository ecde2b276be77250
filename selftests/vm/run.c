// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the jobs of a plan, a few guests at once, and boots a guest again if it is of no
 * use for a verdict.
 */
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "disk.h"
#include "guest.h"
#include "judge.h"
#include "report.h"
#include "results.h"
#include "run.h"
#include "snapshot.h"

enum { GUESTS_MAX = 64 };

static struct {
	struct job *next;	/* not started yet */
	struct guest *guest[GUESTS_MAX];
	int at_once;
	int jobs;
	int excuses;
	int stopped;		/* by this signal */
} run;

static void over(struct guest *guest, void *slot);

static void start(struct job *job, struct guest **slot)
{
	if (job->disk)
		job->disk->busy = true;
	*slot = guest_start(job, over, slot);
	if (!*slot)
		exit(2);
}

/* In order. But a job that can soon begin with a snapshot lets others go first. */
static struct job *take_next(void)
{
	struct job **at, **best = NULL, *job;

	for (at = &run.next; *at; at = &(*at)->next) {
		if ((*at)->disk && (*at)->disk->busy)
			continue;
		if (!best)
			best = at;
		if (!snapshot_soon((*at)->snapshot)) {
			best = at;
			break;
		}
	}
	if (!best)
		return NULL;
	job = *best;
	*best = job->next;
	return job;
}

static void start_more(void)
{
	struct job *job;
	int i;

	for (i = 0; i < run.at_once && !run.stopped; i++) {
		if (run.guest[i])
			continue;
		job = take_next();
		if (!job)
			return;
		start(job, &run.guest[i]);
	}
}

/*
 * A guest that the emulation disturbed is excused, but the emulation does it now and then
 * only. A driver at fault does it more often.
 */
static bool boot_again(const struct job *job, const struct record *record,
		       const struct verdict *verdict)
{
	if (run.stopped || verdict->good || job->boot >= job->scenario->boots)
		return false;
	if (!judge_came_up(record))
		return true;
	return judge_disturbed(job, record) && ++run.excuses <= 2 + run.jobs / 20;
}

static void over(struct guest *guest, void *user)
{
	const struct record *record = guest_record(guest);
	struct job *job = guest_job(guest);
	struct guest **slot = user;
	struct verdict verdict;
	bool again;

	judge(job, record, &verdict);
	again = boot_again(job, record, &verdict);
	report_log(job, record);
	if (again)
		report_again(job, record, &verdict);
	else if (!run.stopped) {
		report_result(job, record, &verdict);
		results_add(job, verdict.good);
	}
	guest_free(guest);
	*slot = NULL;
	if (again)
		start(job, slot);
	else if (job->disk)
		job->disk->busy = false;
	start_more();
}

/** run_stop() - a signal came: end every guest, start no more */
void run_stop(int signal)
{
	int i;

	run.stopped = signal;
	for (i = 0; i < run.at_once; i++)
		if (run.guest[i])
			guest_stop(run.guest[i]);
}

/**
 * run_jobs() - run all jobs
 * Return: the exit status: 0 if all passed, 1 if not, 128 and more after a signal.
 */
int run_jobs(const struct options *opt, struct job *first)
{
	const struct job *job;
	int status;

	for (job = first; job; job = job->next)
		run.jobs++;
	run.next = first;
	run.at_once = opt->jobs < GUESTS_MAX ? opt->jobs : GUESTS_MAX;
	report_begin(opt, first);
	start_more();
	uv_run(uv_default_loop(), UV_RUN_DEFAULT);
	if (run.stopped) {
		printf("Bail out! stopped by signal %d\n", run.stopped);
		return 128 + run.stopped;
	}
	status = report_end();
	return results_write(opt) ? 2 : status;
}

static void trial_over(struct guest *guest, void *user)
{
	struct verdict verdict;

	judge(guest_job(guest), guest_record(guest), &verdict);
	*(bool *)user = verdict.good;
	guest_free(guest);
}

/** run_trial() - does a job's guest do what it should? No result is reported. */
bool run_trial(struct job *job)
{
	bool good = false;

	if (guest_start(job, trial_over, &good))
		uv_run(uv_default_loop(), UV_RUN_DEFAULT);
	return good;
}
