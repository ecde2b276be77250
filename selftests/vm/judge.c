// SPDX-License-Identifier: GPL-2.0-only
/*
 * The judge: what the host saw of a guest against what the scenario expects.
 *
 * The guest's own words count only where they are about the guest (sysfs, its
 * log); whether an event arrived is for the monitor and the ports to say. What
 * holds in every scenario is checked in every scenario: no reserved bit at any
 * port, and no report of a bug on the console.
 */
#include <fnmatch.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define RESERVED_BITS 0xf8

static const char bug_reports[] =
	"BUG:|kernel BUG|WARNING:|Oops|KASAN|UBSAN|KCSAN|KMSAN|locking dependency|"
	"inconsistent lock state|recursive locking|suspicious RCU usage|scheduling while atomic|"
	"sleeping function called|soft lockup|blocked for more than|general protection fault|"
	"refcount_t:|ODEBUG|stack-protector:|unreferenced object|new suspected memory leak|"
	"BUG [^ ]+ \\(|detected( expedited)? stalls|self-detected stall|non-static key";

static void fault(char reason[REASON_BYTES], const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void fault(char reason[REASON_BYTES], const char *fmt, ...)
{
	size_t used = strlen(reason);
	va_list ap;

	used += snprintf(reason + used, REASON_BYTES - used, "%s", used ? "; " : "");
	if (used >= REASON_BYTES)
		return;
	va_start(ap, fmt);
	vsnprintf(reason + used, REASON_BYTES - used, fmt, ap);
	va_end(ap);
}

static bool in_text(const char *pattern, const char *text)
{
	regex_t regex;
	bool found;

	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB))
		return false;
	found = !regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	return found;
}

/* The first console line that fits @pattern but not @except (which may be NULL). */
static const char *in_log(const struct story *story, const char *pattern, const char *except)
{
	size_t i;

	for (i = 0; i < story->n; i++)
		if (story->v[i].source == FROM_CONSOLE && in_text(pattern, story->v[i].text) &&
		    !(except && in_text(except, story->v[i].text)))
			return story->v[i].text;
	return NULL;
}

static void judge_sequence(const struct words *seen, const char *pattern, const char *what,
			   char reason[REASON_BYTES])
{
	char *text;

	if (words_match(seen, pattern))
		return;
	text = words_join(seen, " ");
	fault(reason, "%s: %s, not %s", what, text, pattern);
	free(text);
}

/*
 * What comes by WRPT in the scenario's text comes by the port when the driver is
 * told to use nothing else, or is one that knows nothing else; and the
 * rehearsal's 00 doesn't come.
 */
static char *by_port_only(const struct scenario *s)
{
	struct words all = { 0 }, kept = { 0 };
	char *pattern;
	size_t i;

	words_split(&all, scenario_get(s, F_EXPECT_PORT), " \t\n");
	words_split(&all, scenario_get(s, F_EXPECT_REGION), " \t\n");
	for (i = 0; i < all.n; i++)
		if (strcmp(all.v[i], "none") && strncmp(all.v[i], "00", 2))
			words_add(&kept, all.v[i]);
	pattern = words_join(&kept, " ");
	words_free(&all);
	words_free(&kept);
	return pattern;
}

static bool has(const struct words *w, const char *word)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (!strcmp(w->v[i], word))
			return true;
	return false;
}

static void judge_bytes(const struct guest *guest, char reason[REASON_BYTES])
{
	const struct scenario *s = guest->job->scenario;
	const char *either = scenario_get(s, F_EXPECT_EITHER);
	struct words port = { 0 }, region = { 0 };
	char *moved = NULL;
	size_t i;

	story_words(&guest->story, FROM_PORT, &port);
	story_words(&guest->story, FROM_REGION, &region);
	if (guest->job->port_only)
		moved = by_port_only(s);
	judge_sequence(&port, moved ? moved : scenario_get(s, F_EXPECT_PORT), "bytes at the port",
		       reason);
	judge_sequence(&region, moved ? "none" : scenario_get(s, F_EXPECT_REGION),
		       "bytes at the region", reason);
	if (either && !has(&port, either) && !has(&region, either))
		fault(reason, "event lost: %s neither at the port nor at the region", either);
	for (i = 0; i < port.n; i++)
		if (strtoul(port.v[i], NULL, 16) & RESERVED_BITS)
			fault(reason, "reserved bits at the port: %s", port.v[i]);
	for (i = 0; i < region.n; i++)
		if (strtoul(region.v[i], NULL, 16) & RESERVED_BITS)
			fault(reason, "reserved bits at the region: %s", region.v[i]);
	free(moved);
	words_free(&port);
	words_free(&region);
}

static bool said(const struct guest *guest, const char *pattern)
{
	size_t i;

	for (i = 0; i < guest->says.n; i++)
		if (!fnmatch(pattern, guest->says.v[i], FNM_EXTMATCH))
			return true;
	return false;
}

static void judge_says(const struct guest *guest, char reason[REASON_BYTES])
{
	const char *text = scenario_get(guest->job->scenario, F_EXPECT_SAY);
	struct words want = { 0 };
	char *all;
	size_t i;

	words_split(&want, text, " \t\n");
	for (i = 0; i < want.n; i++) {
		const char *pattern = want.v[i];

		if (guest->job->port_only && !strcmp(pattern, "transport=wrpt"))
			pattern = "transport=port";
		if (said(guest, pattern))
			continue;
		all = words_join(&guest->says, " ");
		fault(reason, "the guest does not say %s, but: %s", pattern, all);
		free(all);
	}
	words_free(&want);
}

static void judge_log(const struct guest *guest, char reason[REASON_BYTES])
{
	const struct scenario *s = guest->job->scenario;
	const char *allow = scenario_get(s, F_ALLOW_LOG), *line;
	struct words want = { 0 };
	size_t i;

	line = in_log(&guest->story, bug_reports, allow);
	if (line)
		fault(reason, "a report on the console: %s", line);
	if (guest->job->in_tree)
		return;
	if (scenario_get(s, F_REFUSE_LOG)) {
		line = in_log(&guest->story, scenario_get(s, F_REFUSE_LOG), NULL);
		if (line)
			fault(reason, "refused line on the console: %s", line);
	}
	/* A line of the field is an expression; each has to fit some line of the log. */
	words_split(&want, scenario_get(s, F_EXPECT_LOG), "\n");
	for (i = 0; i < want.n; i++) {
		/* Why WRPT isn't used is another reason then. */
		if (guest->job->port_only && strstr(want.v[i], "not WRPT"))
			continue;
		if (!in_log(&guest->story, want.v[i], NULL))
			fault(reason, "no line on the console like: %s", want.v[i]);
	}
	words_free(&want);
}

/**
 * judge_came_up() - was there a guest at all?
 *
 * About one boot in sixty under TCG ends before anything was asked of it. Such a
 * guest says nothing about the driver; one that was told to load the driver is
 * judged, whatever became of it.
 */
bool judge_came_up(const struct guest *guest)
{
	return guest->begun || guest->triggered;
}

static bool was_told(const struct story *story)
{
	return story_time_of(story, FROM_MONITOR, "\"GUEST_PANICKED\"") >= 0 ||
	       story_time_of(story, FROM_MONITOR, "\"GUEST_CRASHLOADED\"") >= 0 ||
	       story_time_of(story, FROM_PORT, "01") >= 0 ||
	       story_time_of(story, FROM_REGION, "01") >= 0;
}

/**
 * judge_disturbed() - did the emulation get in the way?
 *
 * It does in five ways that say nothing about the driver, so that the guest is booted again.
 * With several CPUs, TCG now and then runs a breakpoint that the kernel, patching
 * its code, has already taken back: an int3 oops in code that every kernel runs.
 * It also loses a halted CPU's interrupt, and with it that CPU, or its timer: RCU
 * says so of its own thread. Where that was the panic's, the kernel stops the CPU by an NMI,
 * and the driver is right to trust no lock then.
 * And on a host with more guests than cores the rehearsal's 100 ms can pass while
 * the guest doesn't run, upon which the driver is right to distrust WRPT. The fifth
 * is the real-time kernel's: now and then 6.1's, with several CPUs, does not come to its
 * reboot, long after the host was told, with the in-tree driver as with this one; where it
 * ran out of memory (die-oom) that was every second or third panic, on a busy host more.
 * None of it where a trace shows the driver at work; and how often there may be such an
 * excuse, the plan knows.
 */
bool judge_disturbed(const struct guest *guest)
{
	const char *want = scenario_get(guest->job->scenario, F_EXPECT_SAY);
	const struct story *story = &guest->story;
	bool late = story_time_of(story, FROM_BENCH, "hung in the panic path") >= 0;
	bool hung = late || story_time_of(story, FROM_BENCH, "hung before the trigger") >= 0 ||
		    story_time_of(story, FROM_BENCH, "nothing came of the trigger") >= 0;

	if (in_log(story, "\\[pvpanic_guest\\]", NULL))
		return false;
	if (guest->job->cpus > 1 && in_log(story, "int3: 0000 \\[#1\\]", NULL))
		return true;
	if (guest->job->cpus > 1 && in_log(story, "Shutting down cpus with NMI", NULL))
		return true;
	if (hung && in_log(story, "rcu_[a-z]+ kthread starved for", NULL))
		return true;
	if (late && !strcmp(guest->job->kernel->key, "rt") && was_told(story))
		return true;
	return want && strstr(want, "transport=wrpt") && !guest->job->port_only &&
	       in_log(story, "not WRPT: it (takes too long|sleeps)", NULL);
}

/**
 * judge() - the verdict on a guest that is over
 * @reason: filled with every fault found
 *
 * Return: whether the guest did what its scenario expects.
 */
bool judge(const struct guest *guest, char reason[REASON_BYTES])
{
	const struct scenario *s = guest->job->scenario;
	const char *must_fail = scenario_get(s, F_MUST_FAIL);
	const char *memory = scenario_get(s, F_EXPECT_MEMORY);

	reason[0] = '\0';
	if (guest->trouble[0])
		fault(reason, "%s", guest->trouble);
	judge_sequence(&guest->fates, scenario_get(s, F_EXPECT_FATE), "fate", reason);
	if (guest->triggered) {
		if (scenario_get(s, F_EXPECT_EVENTS))
			judge_sequence(&guest->events, scenario_get(s, F_EXPECT_EVENTS), "events",
				       reason);
		if (scenario_has_ports(s))
			judge_bytes(guest, reason);
		if (memory)
			judge_sequence(&guest->memory, strchr(memory, ' '), "bytes in memory",
				       reason);
		if (!guest->job->in_tree)
			judge_says(guest, reason);
	}
	judge_log(guest, reason);
	if (!must_fail)
		return !reason[0];
	return reason[0] && in_text(must_fail, reason);
}
