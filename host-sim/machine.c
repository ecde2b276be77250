// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run states and their transitions, as in QEMU's system/runstate.c: which events a panic, a
 * shutdown and a reset lead to, in which order, and when the machine has exited. Management
 * software polls the state or waits for the events, so both must agree with QEMU's.
 *
 * QEMU notes requests (shut down, reset), and its main loop carries them out later. Here each
 * function carries out its requests by handle_requests() before it returns.
 */
#include <stdlib.h>

#include "device.h"
#include "machine.h"

static const char *const run_state_names[] = {
	[RUN_STATE_PRELAUNCH] = "prelaunch",
	[RUN_STATE_RUNNING] = "running",
	[RUN_STATE_PAUSED] = "paused",
	[RUN_STATE_SHUTDOWN] = "shutdown",
	[RUN_STATE_GUEST_PANICKED] = "guest-panicked",
};

static const char *const cause_names[] = {
	[CAUSE_NONE] = "none",
	[CAUSE_HOST_QMP_QUIT] = "host-qmp-quit",
	[CAUSE_HOST_QMP_SYSTEM_RESET] = "host-qmp-system-reset",
	[CAUSE_HOST_SIGNAL] = "host-signal",
	[CAUSE_GUEST_SHUTDOWN] = "guest-shutdown",
	[CAUSE_GUEST_PANIC] = "guest-panic",
};

/** run_state_name() - QMP's name of a run state */
const char *run_state_name(enum run_state state)
{
	return run_state_names[state];
}

/** cause_name() - QMP's name of a cause, as in the events' "reason" */
const char *cause_name(enum cause cause)
{
	return cause_names[cause];
}

/** cause_is_guest() - is the guest the cause? */
bool cause_is_guest(enum cause cause)
{
	return cause >= CAUSE_GUEST_SHUTDOWN;
}

static void emit(struct machine *m, const char *name, const char *action, enum cause cause)
{
	struct machine_event event = { .name = name, .action = action, .cause = cause };

	m->emit(m->opaque, &event);
}

/* Only a running machine can be stopped; a machine in another state keeps that state. */
static void vm_stop(struct machine *m, enum run_state state)
{
	if (m->state != RUN_STATE_RUNNING)
		return;
	m->state = state;
	emit(m, "STOP", NULL, CAUSE_NONE);
}

static void handle_shutdown(struct machine *m)
{
	enum cause cause = m->shutdown_requested;

	m->shutdown_requested = CAUSE_NONE;
	if (cause == CAUSE_NONE)
		return;
	emit(m, "SHUTDOWN", NULL, cause);
	if (m->actions.shutdown == SHUTDOWN_PAUSE) {
		vm_stop(m, RUN_STATE_SHUTDOWN);
		return;
	}
	if (cause == CAUSE_GUEST_PANIC && m->actions.panic == PANIC_EXIT_FAILURE)
		m->status = EXIT_FAILURE;
	m->exited = true;
	if (m->ended)
		m->ended(m->opaque);
}

static void handle_reset(struct machine *m)
{
	enum cause cause = m->reset_requested;

	m->reset_requested = CAUSE_NONE;
	if (cause == CAUSE_NONE)
		return;
	emit(m, "RESET", NULL, cause);
	if (m->state != RUN_STATE_RUNNING)
		m->state = RUN_STATE_PRELAUNCH;
}

static void handle_requests(struct machine *m)
{
	handle_shutdown(m);
	if (!m->exited)
		handle_reset(m);
}

/**
 * machine_init() - set up a machine
 * @m: the machine
 * @actions: its initial actions
 * @autostart: run at once, or wait for "cont" in state prelaunch (QEMU's -S)
 * @emit: called for each event, in the order in which a monitor must see them
 * @opaque: handed to @emit
 */
void machine_init(struct machine *m, const struct machine_actions *actions, bool autostart,
		  machine_event_fn emit, void *opaque)
{
	*m = (struct machine){
		.state = autostart ? RUN_STATE_RUNNING : RUN_STATE_PRELAUNCH,
		.actions = *actions,
		.emit = emit,
		.opaque = opaque,
	};
}

static void guest_panicked(struct machine *m)
{
	enum panic_action panic = m->actions.panic;

	/* -no-shutdown wins: the machine pauses instead. */
	if (panic == PANIC_SHUTDOWN && m->actions.shutdown == SHUTDOWN_PAUSE)
		panic = PANIC_PAUSE;

	switch (panic) {
	case PANIC_NONE:
		emit(m, "GUEST_PANICKED", "run", CAUSE_NONE);
		return;
	case PANIC_PAUSE:
		emit(m, "GUEST_PANICKED", "pause", CAUSE_NONE);
		vm_stop(m, RUN_STATE_GUEST_PANICKED);
		return;
	case PANIC_SHUTDOWN:
	case PANIC_EXIT_FAILURE:
		emit(m, "GUEST_PANICKED", "poweroff", CAUSE_NONE);
		vm_stop(m, RUN_STATE_GUEST_PANICKED);
		m->shutdown_requested = CAUSE_GUEST_PANIC;
		return;
	}
}

/**
 * machine_guest_event() - the guest sent an event
 * @m: the machine
 * @event: device_write()'s result, a PVPANIC_ bit or 0
 *
 * As in QEMU, the event counts in every run state, even if the machine is stopped.
 */
void machine_guest_event(struct machine *m, unsigned char event)
{
	if (m->exited)
		return;

	switch (event) {
	case PVPANIC_PANICKED:
		guest_panicked(m);
		break;
	case PVPANIC_CRASH_LOADED:
		emit(m, "GUEST_CRASHLOADED", "run", CAUSE_NONE);
		break;
	case PVPANIC_SHUTDOWN:
		emit(m, "GUEST_PVSHUTDOWN", NULL, CAUSE_NONE);
		m->shutdown_requested = CAUSE_GUEST_SHUTDOWN;
		break;
	}
	handle_requests(m);
}

/** machine_stop() - QMP "stop" */
void machine_stop(struct machine *m)
{
	if (!m->exited)
		vm_stop(m, RUN_STATE_PAUSED);
}

/**
 * machine_cont() - QMP "cont"
 *
 * Return: NULL, or why not: a machine that shut down and stayed (-no-shutdown) must be reset first.
 */
const char *machine_cont(struct machine *m)
{
	if (m->exited || m->state == RUN_STATE_RUNNING)
		return NULL;
	if (m->state == RUN_STATE_SHUTDOWN)
		return "Resetting the Virtual Machine is required";
	emit(m, "RESUME", NULL, CAUSE_NONE);
	m->state = RUN_STATE_RUNNING;
	return NULL;
}

/** machine_reset() - QMP "system_reset"; with reboot=shutdown it ends the machine instead */
void machine_reset(struct machine *m)
{
	if (m->exited)
		return;
	if (m->actions.reboot == REBOOT_SHUTDOWN)
		m->shutdown_requested = CAUSE_HOST_QMP_SYSTEM_RESET;
	else
		m->reset_requested = CAUSE_HOST_QMP_SYSTEM_RESET;
	handle_requests(m);
}

/** machine_powerdown() - QMP "system_powerdown": the guest does not react to the power button */
void machine_powerdown(struct machine *m)
{
	if (!m->exited)
		emit(m, "POWERDOWN", NULL, CAUSE_NONE);
}

static void machine_end(struct machine *m, enum cause cause)
{
	if (m->exited)
		return;
	m->actions.shutdown = SHUTDOWN_POWEROFF;
	m->shutdown_requested = cause;
	handle_requests(m);
}

/** machine_quit() - QMP "quit": ends the machine, even with -no-shutdown */
void machine_quit(struct machine *m)
{
	machine_end(m, CAUSE_HOST_QMP_QUIT);
}

/** machine_kill() - the process got a signal that ends it */
void machine_kill(struct machine *m)
{
	machine_end(m, CAUSE_HOST_SIGNAL);
}
