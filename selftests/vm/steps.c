// SPDX-License-Identifier: GPL-2.0-only
/*
 * The dialogue with a guest: what it is told, line by line, until the trigger;
 * and its fate afterwards, as one observation after another settles it.
 *
 * No line is sent before the last one was answered, and nothing is waited for
 * by time: each step ends by the guest's answer, or the job by its deadline.
 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static const char nmi[] = "{\"execute\": \"inject-nmi\"}";
static const char sysrq_c[] =
	"{\"execute\": \"send-key\", \"arguments\": {\"keys\": ["
	"{\"type\": \"qcode\", \"data\": \"alt\"}, {\"type\": \"qcode\", \"data\": \"sysrq\"}, "
	"{\"type\": \"qcode\", \"data\": \"c\"}]}}";

/* What the guest reports of the device: sysfs attributes as name=value lines. */
static const char report[] =
	"cd /sys/bus/platform/devices/QEMU0001:00 2>/dev/null || { echo driver=none; exit; }; "
	"for a in capability events transport port crash_hook; do "
	"{ read -r v <$a; } 2>/dev/null && echo \"$a=$v\"; done; "
	"d=$(readlink driver) && echo driver=${d##*/} || echo driver=none";

static const struct {
	const char *name, *line;
} triggers[] = {
	{ "proc-sysrq-c", "echo c >/proc/sysrq-trigger" },
	{ "poweroff", "poweroff -f" },
	{ "reboot", "reboot -f" },
	{ "halt", "halt -f" },
};

/*
 * The crash kernel has one CPU, whatever the first had, and the same two serial ports.
 * kexec sums all of it up, and so does what it leaves between the kernels: measured, 3 s
 * of a guest's 12 under TCG. Where a dump is made, it is summed up.
 */
static const char load_crash_kernel[] =
	"LD_LIBRARY_PATH=/kdump/lib /kdump/lib/ld.so /kdump/kexec %s -p /kdump/vmlinuz "
	"--initrd=/kdump/initrd --append='console=ttyS0 quiet panic=-1 nr_cpus=1 irqpoll "
	"reset_devices tsc=reliable no_timer_check mitigations=off nowatchdog audit=0 lsm= "
	"8250.nr_uarts=2 nokaslr " GUEST_BOOTS_FASTER "'";

/* Begins a line that has done its work when another kernel than the one it was told to is up. */
static const char new_kernel[] = "new-kernel ";

static void add(struct guest *guest, int how, char *line)
{
	if (guest->steps == MAX_STEPS)
		abort();
	guest->step[guest->steps++] = (struct step){ .line = line, .how = how };
}

static void add_lines(struct guest *guest, const char *text)
{
	struct words lines = { 0 };
	size_t i;

	words_split(&lines, text, "\n");
	for (i = 0; i < lines.n; i++) {
		if (!strncmp(lines.v[i], new_kernel, strlen(new_kernel)))
			add(guest, NEW_KERNEL, format("%s", lines.v[i] + strlen(new_kernel)));
		else
			add(guest, MUST_WORK, format("%s", lines.v[i]));
	}
	words_free(&lines);
}

static void add_load(struct guest *guest)
{
	const struct job *job = guest->job;
	const struct scenario *s = job->scenario;

	if (scenario_is(s, F_EXPECT_LOAD, "never"))
		return;
	if (job->in_tree)	/* one module before 5.16 */
		add(guest, MUST_WORK, format("insmod /m/pvpanic.ko && "
					     "{ ! [ -e /m/pvpanic-mmio.ko ] || insmod /m/pvpanic-mmio.ko; }"));
	else
		add(guest, scenario_is(s, F_EXPECT_LOAD, "fails") ? MUST_FAIL : MUST_WORK,
		    format("insmod /m/pvpanic-guest.ko %s", job->params));
}

/**
 * steps_prepare() - write down what a guest will be told before the trigger
 */
void steps_prepare(struct guest *guest)
{
	const struct scenario *s = guest->job->scenario;

	add_lines(guest, scenario_get(s, F_BEFORE_LOAD));
	add_load(guest);
	if (scenario_has_kdump(s))
		add(guest, MUST_WORK, format(load_crash_kernel, *scenario_get(s, F_CRASH_RUN) ?
					     "" : "--no-checks"));
	add_lines(guest, scenario_get(s, F_BEFORE));
	add(guest, MAY_FAIL, format("%s", report));
}

/**
 * steps_trigger() - have the guest die
 *
 * "boot" asks nothing of the guest: it dies by itself on its way up.
 */
void steps_trigger(struct guest *guest)
{
	const char *name = scenario_get(guest->job->scenario, F_TRIGGER);
	char *line;
	size_t i;

	guest->phase = TRIGGERED;
	guest->triggered = true;
	story_add(&guest->story, FROM_BENCH, "trigger: %s", name);
	if (scenario_is(guest->job->scenario, F_CONSOLE, "unread"))
		guest_console_unread(guest);
	if (!strcmp(name, "none")) {
		guest->answered = true;
		monitor_do(guest, "query-status");
		return;
	}
	if (!strcmp(name, "boot"))
		return;
	if (!strncmp(name, "qmp ", 4)) {
		monitor_do(guest, name + 4);
		return;
	}
	if (!strcmp(name, "nmi") || !strcmp(name, "key-sysrq-c")) {
		monitor_do(guest, !strcmp(name, "nmi") ? nmi : sysrq_c);
		return;
	}
	for (i = 0; i < sizeof(triggers) / sizeof(*triggers); i++) {
		if (!strcmp(triggers[i].name, name)) {
			guest_send(guest, TO_GUEST, triggers[i].line);
			return;
		}
	}
	if (!strncmp(name, "module ", 7))
		line = format("insmod /m/panic-in.ko %s", name + 7);
	else
		line = format("%s", name);
	guest_send(guest, TO_GUEST, line);
	free(line);
}

static void next(struct guest *guest)
{
	if (guest->at == guest->steps) {
		steps_trigger(guest);
		return;
	}
	if (!strncmp(guest->step[guest->at].line, "qmp ", 4)) {
		guest->asked = true;
		monitor_do(guest, guest->step[guest->at].line + 4);
		return;
	}
	if (strstr(guest->step[guest->at].line, "insmod") ||
	    strstr(guest->step[guest->at].line, "cycles ") ||
	    strstr(guest->step[guest->at].line, "fail-nth "))
		guest->begun = true;
	guest_send(guest, TO_GUEST, guest->step[guest->at].line);
}

static void answer(struct guest *guest, int status)
{
	const struct step *step = &guest->step[guest->at];

	if (guest->crash_running) {
		if (status)
			guest_trouble(guest, "failed in the crash kernel, status %d", status);
		else
			steps_fate(guest, "crash-kernel");
		return;
	}
	if (guest->phase == TRIGGERED) {
		guest->answered = true;
		if (status)
			guest_trouble(guest, "the trigger failed in the guest, status %d", status);
		else
			monitor_do(guest, "query-status");
		return;
	}
	if (guest->phase != PREPARING)
		return;
	if ((step->how == MUST_WORK || step->how == NEW_KERNEL) && status)
		guest_trouble(guest, "failed in the guest, status %d: %s", status, step->line);
	else if (step->how == MUST_FAIL && !status)
		guest_trouble(guest, "should have been refused in the guest: %s", step->line);
	if (guest->phase != PREPARING)
		return;
	guest->at++;
	next(guest);
}

/* What the scenario asks of a crash kernel is part of its having come up. */
static void crash_kernel_up(struct guest *guest)
{
	const char *line = scenario_get(guest->job->scenario, F_CRASH_RUN);

	if (!*line || guest->phase != TRIGGERED) {
		steps_fate(guest, "crash-kernel");
		return;
	}
	guest->crash_running = true;
	guest_send(guest, TO_GUEST, line);
}

/**
 * steps_monitor() - the monitor has answered; a step that is a command of its ends by that
 */
void steps_monitor(struct guest *guest)
{
	if (!guest->asked)
		return;
	guest->asked = false;
	answer(guest, 0);
}

/**
 * steps_up() - the guest has come up and waits for what it is told
 */
void steps_up(struct guest *guest)
{
	guest->came_up = true;
	guest->phase = PREPARING;
	next(guest);
}

/**
 * steps_heard() - a line that the guest said on its own port
 */
void steps_heard(struct guest *guest, const char *line)
{
	if (!strncmp(line, "up ", 3) && guest->phase == BOOTING) {
		if (!copy_make(guest, line))
			steps_up(guest);
	} else if (!strncmp(line, "up ", 3) && guest->phase == PREPARING &&
		   guest->step[guest->at].how == NEW_KERNEL) {
		answer(guest, 0);
	} else if (!strncmp(line, "up ", 3)) {
		steps_fate(guest, "new-kernel");
	} else if (!strncmp(line, "crash-up ", 9)) {
		crash_kernel_up(guest);
	} else if (!strncmp(line, "crash-without ", 14)) {
		guest_trouble(guest, "the crash kernel came up, but /proc/vmcore is not readable");
	} else if (!strncmp(line, "= ", 2)) {
		answer(guest, atoi(line + 2));
	} else if (!strncmp(line, "# ", 2)) {
		ktap_note("%s: %s", guest->job->name, line + 2);
	} else if (strchr(line, '=')) {
		words_add(&guest->says, line);
	}
}

/*
 * A halted guest is told by its last line, but only the monitor knows whether it
 * runs on in silence or was stopped a moment before.
 */
void steps_console(struct guest *guest, const char *line)
{
	if (guest->phase != TRIGGERED)
		return;
	if (!strstr(line, "reboot: System halted") && !strstr(line, "---[ end Kernel panic"))
		return;
	guest->halted = true;
	monitor_do(guest, "query-status");
}

static bool expects(const struct guest *guest, size_t at, const char *fate)
{
	return at < guest->expected_fates.n && !strcmp(guest->expected_fates.v[at], fate);
}

/* Memory can only be looked at while there is a guest. */
static void finish(struct guest *guest)
{
	const char *text = scenario_get(guest->job->scenario, F_EXPECT_MEMORY);
	struct words w = { 0 };

	words_split(&w, text, " \t\n");
	if (w.n > 1)
		monitor_read_memory(guest, w.v[0], w.n - 1);
	else
		guest_end(guest);
	words_free(&w);
}

/**
 * steps_fate() - something was seen that settles (part of) the guest's fate
 *
 * The job is over when the expected fates have all been seen, and also when
 * another one was: waiting for the deadline would teach nothing more.
 */
void steps_fate(struct guest *guest, const char *fate)
{
	size_t n = guest->fates.n;

	if (guest->phase == ENDING || (n && !strcmp(guest->fates.v[n - 1], fate)))
		return;
	/* A trigger that returns (a timer, another CPU) is no fate unless one was expected. */
	if (!strcmp(fate, "runs") && !expects(guest, n, fate))
		return;
	if (guest->phase != TRIGGERED) {
		guest_trouble(guest, "the guest %s: before the trigger it %s",
			      judge_came_up(guest) ? "came up" : "did not come up", fate);
		return;
	}
	words_add(&guest->fates, fate);
	story_add(&guest->story, FROM_BENCH, "fate: %s", fate);
	if (!expects(guest, n, fate))
		guest_end(guest);
	else if (guest->fates.n == guest->expected_fates.n)
		finish(guest);
	else if (!strcmp(fate, "paused"))
		monitor_do(guest, "cont");
}
