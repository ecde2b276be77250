// SPDX-License-Identifier: GPL-2.0-only
/*
 * One guest's way from its boot to its end. This file alone changes a guest's state. It
 * reads from top to bottom: how a guest ends, its outcomes, what it is told before and at
 * the trigger, what it answers, how it begins.
 *
 * No line is sent before the last one was answered, and nothing is waited for by time: a
 * step ends by the guest's answer, and a guest that does not answer by its deadline.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/ktap.h"
#include "boot.h"
#include "guest.h"
#include "snapshot.h"

struct guest {
	struct job *job;
	struct qemu *qemu;
	enum state state;
	unsigned int seconds;		/* until its deadline */
	size_t step;			/* that runs, in STATE_PREPARING */
	struct snapshot *snapshot;	/* of which it is a user, or NULL */
	enum snapshot_use snapshot_use;
	int migration;			/* the file with its state, or -1 */
	bool leaving;			/* its QEMU ends, because another one goes on with it */
	bool resumed;			/* since it was last seen to be paused */
	char *up;			/* what it said when it had come up */
	struct record record;
	guest_over over;
	void *user;
};

static void enter(struct guest *guest, enum state state)
{
	if (state == STATE_ENDED)
		guest->record.reached = guest->state;
	guest->state = state;
}

/* Return: its time in ms. */
static double note(struct guest *guest, const char *what, const char *which)
{
	struct trace *trace = &guest->record.trace;

	trace_add(trace, FROM_BENCH, "%s%s", what, which);
	return trace->v[trace->n - 1].ms;
}

/* How it ends */

static void end(struct guest *guest, enum ending ending)
{
	guest->record.ending = ending;
	enter(guest, STATE_ENDED);
	qemu_end(guest->qemu);
}

static void trouble(struct guest *guest, enum ending ending, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void trouble(struct guest *guest, enum ending ending, const char *fmt, ...)
{
	struct record *record = &guest->record;
	va_list args;

	/* The first trouble is the cause, and later ones are its consequences. */
	if (guest->state == STATE_ENDED)
		return;
	va_start(args, fmt);
	vsnprintf(record->trouble, sizeof(record->trouble), fmt, args);
	va_end(args);
	note(guest, record->trouble, "");
	end(guest, ending);
}

static const char *last_seen(const struct guest *guest)
{
	if (guest->state < STATE_PREPARING)
		return "the guest did not come up";
	if (guest->state == STATE_PREPARING)
		return "hung before the trigger";
	if (guest->record.facts & FACT_PANIC)
		return "hung in the panic path";
	return "nothing came of the trigger";
}

static void late(void *user)
{
	struct guest *guest = user;
	bool preparing = guest->state == STATE_PREPARING;

	trouble(guest, ENDING_LATE, "%s (by its deadline of %u s)%s%s", last_seen(guest),
		guest->seconds, preparing ? ", at: " : "",
		preparing ? guest->job->steps.v[guest->step].line : "");
}

static void monitor_failed(void *user, const char *why)
{
	trouble(user, ENDING_VANISHED, "%s", why);
}

static void go_on_in_another_qemu(struct guest *guest);

static void qemu_over(void *user, int status, int signal)
{
	struct guest *guest = user;

	if (guest->leaving && guest->state == STATE_PREPARING) {
		go_on_in_another_qemu(guest);
		return;
	}
	if (!guest->record.outcomes.n)
		trouble(guest, ENDING_VANISHED, "%s: QEMU ended by itself, status %d, signal %d",
			guest->state < STATE_TRIGGERED ? last_seen(guest) : "the guest vanished",
			status, signal);
	if (guest->state != STATE_ENDED)
		enter(guest, STATE_ENDED);
	if (guest->snapshot)
		snapshot_end(guest->snapshot, guest->snapshot_use);
	guest->over(guest, guest->user);
}

/* Its outcomes, as one observation after another settles them */

static void memory_read(void *user, const json_t *value)
{
	struct guest *guest = user;
	struct words w = { 0 };
	size_t i;

	/* Lines like "ff000000: 0x00 0x01". */
	words_split(&w, json_string_value(value) ? json_string_value(value) : "", " \r\n");
	for (i = 0; i < w.n; i++)
		if (!strncmp(w.v[i], "0x", 2))
			words_add(&guest->record.memory, w.v[i] + 2);
	words_free(&w);
	end(guest, ENDING_OUTCOME);
}

/* Memory can only be looked at while there is a guest. */
static void all_seen(struct guest *guest)
{
	const struct memory *memory = &guest->job->scenario->expect_memory;

	if (!memory->address) {
		end(guest, ENDING_OUTCOME);
		return;
	}
	enter(guest, STATE_READING);
	qemu_command(guest->qemu, memory_read, "{\"execute\": \"human-monitor-command\", "
		     "\"arguments\": {\"command-line\": \"xp /%zuxb %s\"}}", memory->bytes.n,
		     memory->address);
}

static bool expected(const struct guest *guest, size_t at, enum outcome outcome)
{
	const struct outcomes *expect = &guest->job->scenario->expect_outcome;

	return at < expect->n && expect->v[at] == outcome;
}

/*
 * The job is over when all outcomes have been seen that were expected, and also when
 * another one was seen, because there is nothing more to learn from the deadline.
 */
static void outcome_seen(struct guest *guest, enum outcome outcome)
{
	struct outcomes *seen = &guest->record.outcomes;
	size_t n = seen->n;
	bool again = outcome == OUTCOME_PAUSED && guest->resumed;

	if (guest->state >= STATE_READING || (n && seen->v[n - 1] == outcome && !again))
		return;
	/* A trigger that returns (a timer, another CPU) is no outcome unless one expects it. */
	if (outcome == OUTCOME_RUNS && !expected(guest, n, outcome))
		return;
	if (guest->state < STATE_TRIGGERED) {
		trouble(guest, ENDING_EARLY, "the guest %s: before the trigger it %s",
			guest->state < STATE_PREPARING ? "did not come up" : "came up",
			outcome_names[outcome]);
		return;
	}
	seen->v[seen->n++] = outcome;
	guest->resumed = false;
	guest->record.outcome_ms = note(guest, "outcome: ", outcome_names[outcome]);
	if (!expected(guest, n, outcome))
		end(guest, ENDING_OUTCOME);
	else if (seen->n == guest->job->scenario->expect_outcome.n)
		all_seen(guest);
	else if (outcome == OUTCOME_PAUSED)
		qemu_command(guest->qemu, NULL, "cont");
}

/* The run state is asked for, as management software would. */
static void run_state(void *user, const json_t *value)
{
	const char *state = json_string_value(json_object_get(value, "status"));
	struct guest *guest = user;

	if (!state)
		return;
	if (!strcmp(state, "guest-panicked"))
		outcome_seen(guest, OUTCOME_PAUSED);
	else if (!strcmp(state, "internal-error"))
		trouble(guest, ENDING_VANISHED, "QEMU: internal error");
	else if (!strcmp(state, "running") && guest->record.facts & FACT_HALTED)
		outcome_seen(guest, OUTCOME_HALTS);
	else if (!strcmp(state, "running") && guest->state == STATE_RETURNED)
		outcome_seen(guest, OUTCOME_RUNS);
}

static void ask_run_state(struct guest *guest)
{
	qemu_command(guest->qemu, run_state, "query-status");
}

/* Events of the guest's life, and what tells one from another of the same name. */
static char *event_word(const char *name, const json_t *data)
{
	static const struct {
		const char *name;
		const char *detail;
	} kept[] = {
		{ "GUEST_PANICKED", "action" },
		{ "GUEST_CRASHLOADED", "action" },
		{ "GUEST_PVSHUTDOWN", NULL },
		{ "STOP", NULL },
		{ "RESUME", NULL },
		{ "RESET", "reason" },
		{ "SHUTDOWN", "reason" },
		{ "SUSPEND", NULL },
		{ "SUSPEND_DISK", NULL },
		{ "WAKEUP", NULL },
		{ "DEVICE_DELETED", "device" },
	};
	const char *detail;
	size_t i;

	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		if (strcmp(kept[i].name, name))
			continue;
		detail = kept[i].detail ?
			 json_string_value(json_object_get(data, kept[i].detail)) : NULL;
		return detail ? format("%s:%s", name, detail) : format("%s", name);
	}
	return NULL;
}

static void step_event(struct guest *guest);

static void event(void *user, const char *name, const json_t *data)
{
	struct guest *guest = user;
	char *word = event_word(name, data);

	/* Every machine starts with a reset, which is not the guest's. */
	if (!word || !strcmp(word, "RESET:host-qmp-system-reset")) {
		free(word);
		return;
	}
	words_add(&guest->record.events, word);
	guest->resumed |= !strcmp(name, "RESUME");
	if (!strcmp(name, "GUEST_PANICKED") || !strcmp(name, "STOP"))
		ask_run_state(guest);
	else if (!strcmp(name, "SUSPEND"))	/* the line that put it to sleep ends by this */
		qemu_command(guest->qemu, NULL, "system_wakeup");
	else if (!strcmp(word, "SHUTDOWN:guest-reset") || !strcmp(word, "RESET:guest-reset"))
		outcome_seen(guest, OUTCOME_REBOOTS);
	else if (!strcmp(word, "SHUTDOWN:guest-shutdown"))
		outcome_seen(guest, OUTCOME_POWEROFF);
	else if (!strcmp(word, "SHUTDOWN:guest-panic"))
		outcome_seen(guest, OUTCOME_KILLED);
	free(word);
	step_event(guest);
}

/*
 * The console's last line tells that a guest has halted. Only the monitor knows whether
 * it runs on in silence or was stopped a moment before.
 */
static void console_said(struct guest *guest, const char *line)
{
	unsigned int facts = console_facts(line);

	guest->record.facts |= facts;
	if (facts & FACT_HALTED && guest->state >= STATE_TRIGGERED)
		ask_run_state(guest);
}

/* What it is told */

static void trigger(struct guest *guest)
{
	const struct scenario *s = guest->job->scenario;

	enter(guest, STATE_TRIGGERED);
	guest->record.trigger_ms = note(guest, "trigger: ", s->trigger.name);
	if (s->console == CONSOLE_UNREAD)
		qemu_stop_reading(guest->qemu, FROM_CONSOLE);
	switch (s->trigger.kind) {
	case TRIGGER_BOOT:
		break;
	case TRIGGER_NONE:
		enter(guest, STATE_RETURNED);
		ask_run_state(guest);
		break;
	case TRIGGER_QMP:
		qemu_command(guest->qemu, NULL, "%s", s->trigger.line);
		break;
	case TRIGGER_SHELL:
		qemu_send(guest->qemu, FROM_GUEST, s->trigger.line);
		break;
	}
}

static void step_done(void *user, const json_t *value);
static void migrate(struct guest *guest);

static void do_step(struct guest *guest)
{
	const struct steps *steps = &guest->job->steps;
	const struct step *step = &steps->v[guest->step];

	if (guest->step == steps->n)
		trigger(guest);
	else if (step->kind == STEP_QMP)
		qemu_command(guest->qemu, step_done, "%s", step->line);
	else if (step->kind == STEP_EVENT)
		step_event(guest);
	else if (step->kind == STEP_MIGRATE)
		migrate(guest);
	else
		qemu_send(guest->qemu, FROM_GUEST, step->line);
}

static void step_answered(struct guest *guest, int status)
{
	const struct step *step = &guest->job->steps.v[guest->step];

	if (step->result == MUST_WORK && status) {
		trouble(guest, ENDING_REFUSED, "failed in the guest, status %d: %s", status,
			step->line);
		return;
	}
	if (step->result == MUST_FAIL && !status) {
		trouble(guest, ENDING_REFUSED, "should have been refused in the guest: %s",
			step->line);
		return;
	}
	guest->step++;
	do_step(guest);
}

/* The event may have come before the step that waits for it. */
static void step_event(struct guest *guest)
{
	const struct step *step = &guest->job->steps.v[guest->step];

	if (guest->state == STATE_PREPARING && step->kind == STEP_EVENT &&
	    words_have(&guest->record.events, step->line))
		step_answered(guest, 0);
}

static void step_done(void *user, const json_t *value)
{
	struct guest *guest = user;

	(void)value;
	if (guest->state == STATE_PREPARING)
		step_answered(guest, 0);
}

/* What it answers */

static void line_returned(struct guest *guest, int status)
{
	switch (guest->state) {
	case STATE_PREPARING:
		step_answered(guest, status);
		break;
	case STATE_TRIGGERED:
	case STATE_RETURNED:
		enter(guest, STATE_RETURNED);
		if (status)
			trouble(guest, ENDING_REFUSED,
				"the trigger failed in the guest, status %d", status);
		else
			ask_run_state(guest);
		break;
	case STATE_CRASH_KERNEL:
		if (status)
			trouble(guest, ENDING_REFUSED, "failed in the crash kernel, status %d",
				status);
		else
			outcome_seen(guest, OUTCOME_CRASH_KERNEL);
		break;
	default:
		break;
	}
}

/* What the scenario asks of a crash kernel is part of its having come up. */
static void crash_kernel_up(struct guest *guest)
{
	const char *line = guest->job->scenario->crash_run;

	if (line && (guest->state == STATE_TRIGGERED || guest->state == STATE_RETURNED)) {
		enter(guest, STATE_CRASH_KERNEL);
		qemu_send(guest->qemu, FROM_GUEST, line);
	} else {
		outcome_seen(guest, OUTCOME_CRASH_KERNEL);
	}
}

static void begin(struct guest *guest)
{
	enter(guest, STATE_PREPARING);
	do_step(guest);
}

static void state_saved(void *user)
{
	struct guest *guest = user;

	if (guest->state != STATE_SAVING)
		return;
	snapshot_ready(guest->snapshot, guest->up);
	begin(guest);
}

static void kernel_up(struct guest *guest, const char *line)
{
	int fd;

	if (guest->state == STATE_PREPARING && guest->job->steps.v[guest->step].new_kernel) {
		step_answered(guest, 0);
		return;
	}
	if (guest->state != STATE_BOOTING) {
		outcome_seen(guest, OUTCOME_NEW_KERNEL);
		return;
	}
	guest->record.up_ms = guest->record.trace.v[guest->record.trace.n - 1].ms;
	guest->up = format("%s", line);
	fd = guest->snapshot_use == SNAPSHOT_MADE ?
	     snapshot_file(guest->snapshot, guest->job->opt->build) : -1;
	if (fd < 0) {
		begin(guest);
		return;
	}
	enter(guest, STATE_SAVING);
	qemu_save(guest->qemu, fd, state_saved);
}

static void guest_said(struct guest *guest, const char *line)
{
	if (!strncmp(line, "up ", 3))
		kernel_up(guest, line);
	else if (!strncmp(line, "crash-up ", 9))
		crash_kernel_up(guest);
	else if (!strncmp(line, "crash-without ", 14))
		trouble(guest, ENDING_REFUSED,
			"the crash kernel came up, but /proc/vmcore is not readable");
	else if (!strncmp(line, "= ", 2))
		line_returned(guest, atoi(line + 2));
	else if (!strncmp(line, "# ", 2))
		ktap_note("%s: %s", guest->job->name, line + 2);
	else if (strchr(line, '='))
		words_add(&guest->record.says, line);
}

static void line(void *user, int stream, const char *line)
{
	struct guest *guest = user;

	trace_add(&guest->record.trace, stream, "%s", line);
	if (stream == FROM_GUEST)
		guest_said(guest, line);
	else if (stream == FROM_CONSOLE)
		console_said(guest, line);
}

static void byte(void *user, int stream, uint8_t byte)
{
	struct guest *guest = user;

	trace_add(&guest->record.trace, stream, "%02x", byte);
}

static void sent(void *user, int stream, const char *line)
{
	struct guest *guest = user;

	trace_add(&guest->record.trace, stream == FROM_GUEST ? TO_GUEST : TO_MONITOR, "%s", line);
}

/* How it begins */

static const struct qemu_ops ops = {
	.line = line,
	.byte = byte,
	.sent = sent,
	.event = event,
	.failed = monitor_failed,
	.late = late,
	.over = qemu_over,
};

static void state_loaded(void *user)
{
	struct guest *guest = user;

	line(guest, FROM_GUEST, snapshot_up(guest->snapshot));
}

/* A migration: its state is saved, its QEMU ends, and another QEMU begins with this state. */

static void state_sent(void *user)
{
	struct guest *guest = user;

	guest->leaving = true;
	qemu_end(guest->qemu);
}

static void migrate(struct guest *guest)
{
	guest->migration = open(guest->job->opt->build, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (guest->migration < 0)
		trouble(guest, ENDING_REFUSED, "no file for the state of the guest");
	else
		qemu_save(guest->qemu, guest->migration, state_sent);
}

static void state_arrived(void *user)
{
	struct guest *guest = user;

	close(guest->migration);
	guest->migration = -1;
	if (guest->state == STATE_PREPARING)
		step_answered(guest, 0);
}

static void go_on_in_another_qemu(struct guest *guest)
{
	guest->leaving = false;
	qemu_free(guest->qemu);
	guest->qemu = boot_qemu(guest->job, &ops, guest);
	qemu_load(guest->qemu, guest->migration, state_arrived);
	note(guest, "another QEMU goes on with the guest", "");
	if (qemu_start(guest->qemu, guest->seconds))
		exit(2);
}

/* A guest that is booted again boots for itself. */
static void use_snapshot(struct guest *guest)
{
	struct job *job = guest->job;

	if (!job->snapshot || job->boot > 1)
		return;
	guest->snapshot = job->snapshot;
	guest->snapshot_use = snapshot_begin(job->snapshot);
	if (guest->snapshot_use == SNAPSHOT_LOADED)
		qemu_load(guest->qemu, snapshot_file(guest->snapshot, job->opt->build),
			  state_loaded);
}

/**
 * guest_start() - boot a guest for a job
 * @over: called once, when all has been seen of it
 *
 * Return: the guest, or NULL when no process could be made.
 */
struct guest *guest_start(struct job *job, guest_over over, void *user)
{
	struct guest *guest = checked(calloc(1, sizeof(*guest)));
	struct record *record = &guest->record;
	char *command_line;

	*guest = (struct guest){ .job = job, .over = over, .user = user, .migration = -1 };
	job->boot++;
	record->up_ms = record->trigger_ms = record->outcome_ms = -1;
	trace_begin(&record->trace);
	guest->qemu = boot_qemu(job, &ops, guest);
	use_snapshot(guest);
	command_line = qemu_command_line(guest->qemu);
	note(guest, command_line, "");
	free(command_line);
	guest->seconds = boot_seconds(job);
	if (qemu_start(guest->qemu, guest->seconds))
		return NULL;
	if (job->scenario->trigger.kind == TRIGGER_BOOT)
		trigger(guest);
	return guest;
}

struct job *guest_job(const struct guest *guest)
{
	return guest->job;
}

const struct record *guest_record(const struct guest *guest)
{
	return &guest->record;
}

/** guest_stop() - end it at once; it will be over soon */
void guest_stop(struct guest *guest)
{
	trouble(guest, ENDING_VANISHED, "stopped");
}

void guest_free(struct guest *guest)
{
	struct record *record = &guest->record;

	qemu_free(guest->qemu);
	words_free(&record->events);
	words_free(&record->says);
	words_free(&record->memory);
	trace_free(&record->trace);
	if (guest->migration >= 0)
		close(guest->migration);
	free(guest->up);
	free(guest);
}
