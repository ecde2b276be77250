// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verdict: what the host saw of a guest against what the scenario expects.
 *
 * The guest's own words count only where they are about the guest (sysfs, its log).
 * Whether an event arrived is for the monitor and the ports to say. In every scenario
 * there must be no reserved bit at any port and no report of a bug on the console.
 */
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

#define RESERVED_BITS 0xf8

static const char bug_reports[] =
	"BUG:|kernel BUG|WARNING:|Oops|KASAN|UBSAN|KCSAN|KMSAN|locking dependency|"
	"inconsistent lock state|recursive locking|suspicious RCU usage|scheduling while atomic|"
	"sleeping function called|soft lockup|blocked for more than|general protection fault|"
	"refcount_t:|ODEBUG|stack-protector:|unreferenced object|new suspected memory leak|"
	"BUG [^ ]+ \\(|detected( expedited)? stalls|self-detected stall|non-static key";

static void fault(struct verdict *verdict, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void fault(struct verdict *verdict, const char *fmt, ...)
{
	size_t used = strlen(verdict->reason);
	va_list args;

	used += snprintf(verdict->reason + used, REASON_BYTES - used, "%s", used ? "; " : "");
	if (used >= REASON_BYTES)
		return;
	va_start(args, fmt);
	vsnprintf(verdict->reason + used, REASON_BYTES - used, fmt, args);
	va_end(args);
}

/* The first console line that fits @regex and not @except, which may be without text. */
static const char *in_log(const struct record *record, const struct regex *regex,
			  const struct regex *except)
{
	const struct trace *trace = &record->trace;
	size_t i;

	for (i = 0; i < trace->n; i++) {
		const char *line = trace->v[i].text;

		if (trace->v[i].source == FROM_CONSOLE && regex_fits(regex, line) &&
		    !(except && except->text && regex_fits(except, line)))
			return line;
	}
	return NULL;
}

static void judge_sequence(struct verdict *verdict, const char *what, const struct words *seen,
			   const struct pattern *pattern)
{
	char *text;

	if (pattern_fits(pattern, seen))
		return;
	text = words_join(seen, " ");
	fault(verdict, "%s: %s, not %s", what, text, pattern->text);
	free(text);
}

static void judge_outcomes(struct verdict *verdict, const struct scenario *s,
			   const struct record *record)
{
	const struct outcomes *lists[] = { &record->outcomes, &s->expect_outcome };
	struct words names[2] = { 0 };
	char *seen, *want;
	size_t i, k;

	for (i = 0; i < 2; i++)
		for (k = 0; k < lists[i]->n; k++)
			words_add(&names[i], outcome_names[lists[i]->v[k]]);
	seen = words_join(&names[0], " ");
	want = words_join(&names[1], " ");
	if (strcmp(seen, want))
		fault(verdict, "outcome: %s, not %s", seen, want);
	free(seen);
	free(want);
	words_free(&names[0]);
	words_free(&names[1]);
}

static void judge_reserved_bits(struct verdict *verdict, const char *where,
				const struct words *bytes)
{
	size_t i;

	for (i = 0; i < bytes->n; i++)
		if (strtoul(bytes->v[i], NULL, 16) & RESERVED_BITS)
			fault(verdict, "reserved bits at the %s: %s", where, bytes->v[i]);
}

static void judge_bytes(struct verdict *verdict, const struct job *job,
			const struct record *record)
{
	const char *either = job->scenario->expect_either;
	struct words port = { 0 }, region = { 0 };

	trace_words(&record->trace, FROM_PORT, &port);
	trace_words(&record->trace, FROM_REGION, &region);
	judge_sequence(verdict, "bytes at the port", &port, &job->expect->port);
	judge_sequence(verdict, "bytes at the region", &region, &job->expect->region);
	if (either && !words_have(&port, either) && !words_have(&region, either)) {
		fault(verdict, "event lost: %s neither at the port nor at the region", either);
		verdict->event_lost = true;
	}
	judge_reserved_bits(verdict, "port", &port);
	judge_reserved_bits(verdict, "region", &region);
	words_free(&port);
	words_free(&region);
}

static bool said(const struct words *says, const char *glob)
{
	size_t i;

	for (i = 0; i < says->n; i++)
		if (!fnmatch(glob, says->v[i], FNM_EXTMATCH))
			return true;
	return false;
}

static void judge_says(struct verdict *verdict, const struct job *job,
		       const struct record *record)
{
	const struct words *want = &job->expect->say;
	char *all;
	size_t i;

	for (i = 0; i < want->n; i++) {
		if (said(&record->says, want->v[i]))
			continue;
		all = words_join(&record->says, " ");
		fault(verdict, "the guest does not say %s, but: %s", want->v[i], all);
		free(all);
	}
}

static void judge_reason(struct verdict *verdict, const struct regex *why,
			 const struct record *record)
{
	struct regex line = { 0 };
	char *text = format("not WRPT: (%s)", why->text);

	if (regex_parse(&line, text) || !in_log(record, &line, NULL))
		fault(verdict, "no line on the console like: %s", text);
	regfree(&line.compiled);
	free(line.text);
	free(text);
}

static void judge_log(struct verdict *verdict, const struct job *job, const struct record *record)
{
	const struct scenario *s = job->scenario;
	static struct regex bugs;
	const char *line;
	size_t i;

	if (!bugs.text && regex_parse(&bugs, bug_reports))
		abort();
	line = in_log(record, &bugs, &s->allow_log);
	if (line)
		fault(verdict, "a report on the console: %s", line);
	line = s->refuse_log.text ? in_log(record, &s->refuse_log, NULL) : NULL;
	if (line)
		fault(verdict, "refused line on the console: %s", line);
	for (i = 0; i < s->expect_log.n; i++)
		if (!in_log(record, &s->expect_log.v[i], NULL))
			fault(verdict, "no line on the console like: %s", s->expect_log.v[i].text);
	if (job->expect->not_wrpt.text)
		judge_reason(verdict, &job->expect->not_wrpt, record);
}

/**
 * judge_came_up() - was there a guest at all?
 *
 * About one boot in sixty under TCG ends before the guest was told anything. That says
 * nothing about the driver.
 */
bool judge_came_up(const struct record *record)
{
	return record->reached >= STATE_PREPARING;
}

/** judge_hung() - did it come up, and then do nothing more, or vanish? */
bool judge_hung(const struct record *record)
{
	return judge_came_up(record) &&
	       (record->ending == ENDING_LATE || record->ending == ENDING_VANISHED);
}

static bool host_was_told(const struct record *record)
{
	struct words bytes = { 0 };
	bool told;

	trace_words(&record->trace, FROM_PORT, &bytes);
	trace_words(&record->trace, FROM_REGION, &bytes);
	told = words_have(&bytes, "01") || said(&record->events, "GUEST_PANICKED:*") ||
	       said(&record->events, "GUEST_CRASHLOADED:*");
	words_free(&bytes);
	return told;
}

/**
 * judge_disturbed() - did the emulation get in the way?
 *
 * It does in five ways that say nothing about the driver, so the guest is booted again.
 *
 * - With several CPUs, TCG now and then runs a breakpoint that the kernel, which is patching
 *   its code, has already taken back: an int3 oops in code that every kernel runs.
 * - TCG loses the interrupt of a halted CPU, and with it that CPU or its timer. RCU says so
 *   of its own thread.
 * - If that interrupt was the panic's, the kernel stops the CPU by an NMI, and the driver is
 *   right to trust no lock.
 * - On a host with more guests than cores, the rehearsal's 100 ms can pass while the guest
 *   does not run, and the driver is right not to use WRPT.
 * - The real-time kernel (6.1) now and then does not come to its reboot, long after the host
 *   was told, with several CPUs. The in-tree driver sees the same. Out of memory (die-oom),
 *   that was every second or third panic.
 *
 * There is no excuse if a call trace shows the driver. run.c limits how often there may be
 * an excuse.
 */
bool judge_disturbed(const struct job *job, const struct record *record)
{
	unsigned int facts = record->facts;
	bool hung = judge_came_up(record) && record->ending == ENDING_LATE;

	if (facts & FACT_DRIVER_IN_TRACE)
		return false;
	if (job->place->cpus > 1 && facts & (FACT_STALE_BREAKPOINT | FACT_STOPPED_BY_NMI))
		return true;
	if (hung && facts & FACT_RCU_STARVED)
		return true;
	if (hung && record->reached >= STATE_TRIGGERED && facts & FACT_PANIC &&
	    job->kernel->realtime && host_was_told(record))
		return true;
	return job->expect->wrpt && facts & FACT_REHEARSAL_LATE;
}

/**
 * judge() - the verdict on a guest that is over
 */
void judge(const struct job *job, const struct record *record, struct verdict *verdict)
{
	const struct scenario *s = job->scenario;

	*verdict = (struct verdict){ 0 };
	if (record->trouble[0])
		fault(verdict, "%s", record->trouble);
	judge_outcomes(verdict, s, record);
	if (record->reached >= STATE_TRIGGERED) {
		if (s->expect_events.text)
			judge_sequence(verdict, "events", &record->events, &s->expect_events);
		if (s->device.platform == DEVICE_VARIANT)
			judge_bytes(verdict, job, record);
		if (s->expect_memory.address)
			judge_sequence(verdict, "bytes in memory", &record->memory,
				       &s->expect_memory.bytes);
		judge_says(verdict, job, record);
	}
	judge_log(verdict, job, record);
	verdict->good = !verdict->reason[0];
	if (!job->must_fail)
		return;
	verdict->failed_as_it_must = verdict->reason[0] &&
				     regex_fits(job->must_fail, verdict->reason);
	verdict->good = verdict->failed_as_it_must;
	if (!verdict->reason[0])
		fault(verdict, "passed, but had to fail");
}
