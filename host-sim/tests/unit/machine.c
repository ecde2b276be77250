// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine: the effect of a panic under each action, and rules that must hold in every short
 * history.
 */
#include "kselftest_harness.h"

#include "device.h"
#include "machine.h"
#include "text.h"

static void note(void *opaque, const struct machine_event *event)
{
	struct text *events = opaque;

	text_printf(events, "%s%s", events->len ? " " : "", event->name);
	if (event->action)
		text_printf(events, ":%s", event->action);
	if (event->cause != CAUSE_NONE)
		text_printf(events, ":%s%s", cause_name(event->cause),
			    cause_is_guest(event->cause) ? "!" : "");
}

FIXTURE(panic)
{
	struct machine m;
	struct text events;
};

FIXTURE_VARIANT(panic)
{
	struct machine_actions actions;
	const char *events;
	enum run_state state;
	bool exited;
	int status;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(panic, shutdown) {
	{ PANIC_SHUTDOWN, SHUTDOWN_POWEROFF, REBOOT_RESET },
	"GUEST_PANICKED:poweroff STOP SHUTDOWN:guest-panic!", RUN_STATE_GUEST_PANICKED, true, 0
};

FIXTURE_VARIANT_ADD(panic, exit_failure) {
	{ PANIC_EXIT_FAILURE, SHUTDOWN_POWEROFF, REBOOT_RESET },
	"GUEST_PANICKED:poweroff STOP SHUTDOWN:guest-panic!", RUN_STATE_GUEST_PANICKED, true, 1
};

FIXTURE_VARIANT_ADD(panic, pause) {
	{ PANIC_PAUSE, SHUTDOWN_POWEROFF, REBOOT_RESET },
	"GUEST_PANICKED:pause STOP", RUN_STATE_GUEST_PANICKED, false, 0
};

FIXTURE_VARIANT_ADD(panic, none) {
	{ PANIC_NONE, SHUTDOWN_POWEROFF, REBOOT_RESET },
	"GUEST_PANICKED:run", RUN_STATE_RUNNING, false, 0
};

FIXTURE_VARIANT_ADD(panic, shutdown_kept) {
	{ PANIC_SHUTDOWN, SHUTDOWN_PAUSE, REBOOT_RESET },
	"GUEST_PANICKED:pause STOP", RUN_STATE_GUEST_PANICKED, false, 0
};

FIXTURE_VARIANT_ADD(panic, exit_failure_kept) {
	{ PANIC_EXIT_FAILURE, SHUTDOWN_PAUSE, REBOOT_RESET },
	"GUEST_PANICKED:poweroff STOP SHUTDOWN:guest-panic!", RUN_STATE_GUEST_PANICKED, false, 0
};
/* clang-format on */

FIXTURE_SETUP(panic)
{
	machine_init(&self->m, &variant->actions, true, note, &self->events);
}

FIXTURE_TEARDOWN(panic)
{
	text_free(&self->events);
}

TEST_F(panic, events_state_and_status)
{
	machine_guest_event(&self->m, PVPANIC_PANICKED);
	EXPECT_STREQ(variant->events, self->events.s);
	EXPECT_EQ(variant->state, self->m.state);
	EXPECT_EQ(variant->exited, self->m.exited);
	EXPECT_EQ(variant->status, self->m.status);
}

TEST_F(panic, a_crash_kernel_needs_no_help)
{
	machine_guest_event(&self->m, PVPANIC_CRASH_LOADED);
	EXPECT_STREQ("GUEST_CRASHLOADED:run", self->events.s);
	EXPECT_EQ(RUN_STATE_RUNNING, self->m.state);
}

TEST_F(panic, nothing_is_nothing)
{
	machine_guest_event(&self->m, 0);
	EXPECT_EQ(0, self->events.len);
	EXPECT_EQ(RUN_STATE_RUNNING, self->m.state);
}

/* Every history of this length, of these operations, under every combination of actions. */
#define HISTORY 4

enum operation {
	OP_PANIC,
	OP_CRASH_LOADED,
	OP_SHUTDOWN,
	OP_STOP,
	OP_CONT,
	OP_RESET,
	OP_POWERDOWN,
	OP_QUIT,
	OP_KILL,
	N_OPS
};

static void operate(struct machine *m, enum operation op)
{
	switch (op) {
	case OP_PANIC:
		machine_guest_event(m, PVPANIC_PANICKED);
		break;
	case OP_CRASH_LOADED:
		machine_guest_event(m, PVPANIC_CRASH_LOADED);
		break;
	case OP_SHUTDOWN:
		machine_guest_event(m, PVPANIC_SHUTDOWN);
		break;
	case OP_STOP:
		machine_stop(m);
		break;
	case OP_CONT:
		machine_cont(m);
		break;
	case OP_RESET:
		machine_reset(m);
		break;
	case OP_POWERDOWN:
		machine_powerdown(m);
		break;
	case OP_QUIT:
		machine_quit(m);
		break;
	default:
		machine_kill(m);
		break;
	}
}

struct watcher {
	bool running;
	bool exited;
	unsigned int panics;
	unsigned int violations;
};

/* A monitor can rely on this: STOP and RESUME alternate, and no event follows the end. */
static void watch(void *opaque, const struct machine_event *event)
{
	struct watcher *w = opaque;

	w->violations += w->exited;
	if (!strcmp(event->name, "STOP")) {
		w->violations += !w->running;
		w->running = false;
	} else if (!strcmp(event->name, "RESUME")) {
		w->violations += w->running;
		w->running = true;
	}
	w->panics += !strcmp(event->name, "GUEST_PANICKED");
}

static unsigned int run_history(const struct machine_actions *actions, bool autostart,
				unsigned int history)
{
	struct watcher w = { .running = autostart };
	unsigned int i, panics = 0;
	struct machine m;

	machine_init(&m, actions, autostart, watch, &w);
	for (i = 0; i < HISTORY; i++, history /= N_OPS) {
		enum operation op = history % N_OPS;

		panics += op == OP_PANIC && !m.exited;
		operate(&m, op);
		w.exited = m.exited;
		w.violations += w.running != (m.state == RUN_STATE_RUNNING);
		w.violations += m.status && !m.exited;
		w.violations += m.status && actions->panic != PANIC_EXIT_FAILURE;
		w.violations += (op == OP_QUIT || op == OP_KILL) && !m.exited;
		w.violations += m.shutdown_requested != CAUSE_NONE;
		w.violations += m.reset_requested != CAUSE_NONE;
	}
	/* A duplicate is tolerable, a loss is not; here there is neither. */
	return w.violations + (w.panics != panics);
}

TEST(every_short_history)
{
	unsigned int histories = N_OPS * N_OPS * N_OPS * N_OPS, history, combination;

	for (combination = 0; combination < 32; combination++) {
		struct machine_actions actions = { combination & 3, combination >> 2 & 1,
						   combination >> 3 & 1 };

		for (history = 0; history < histories; history++)
			ASSERT_EQ(0, run_history(&actions, combination >> 4, history))
			{
				TH_LOG("actions %u, history %u in base %d", combination, history,
				       N_OPS);
			}
	}
}

TEST_HARNESS_MAIN
