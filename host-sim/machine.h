/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine around the device: its run state, what it does when the guest panics, and the
 * events that its monitors hear. It knows no monitor and no socket: it calls back.
 */
#ifndef HOST_SIM_MACHINE_H
#define HOST_SIM_MACHINE_H

#include <stdbool.h>

enum run_state {
	RUN_STATE_PRELAUNCH,
	RUN_STATE_RUNNING,
	RUN_STATE_PAUSED,
	RUN_STATE_SHUTDOWN,
	RUN_STATE_GUEST_PANICKED,
};

enum panic_action { PANIC_PAUSE, PANIC_SHUTDOWN, PANIC_EXIT_FAILURE, PANIC_NONE };
enum shutdown_action { SHUTDOWN_POWEROFF, SHUTDOWN_PAUSE };
enum reboot_action { REBOOT_RESET, REBOOT_SHUTDOWN };

/* Why a machine shuts down or is reset; QEMU's ShutdownCause, those that can happen here. */
enum cause {
	CAUSE_NONE,
	CAUSE_HOST_QMP_QUIT,
	CAUSE_HOST_QMP_SYSTEM_RESET,
	CAUSE_HOST_SIGNAL,
	CAUSE_GUEST_SHUTDOWN,
	CAUSE_GUEST_PANIC,
};

/**
 * struct machine_event - what a monitor is told
 * @name: QMP's name of the event
 * @action: "pause", "poweroff" or "run" for the panic events, else NULL
 * @cause: for SHUTDOWN and RESET, else CAUSE_NONE
 */
struct machine_event {
	const char *name;
	const char *action;
	enum cause cause;
};

typedef void (*machine_event_fn)(void *opaque, const struct machine_event *event);

struct machine_actions {
	enum panic_action panic;
	enum shutdown_action shutdown;
	enum reboot_action reboot;
};

/**
 * struct machine - one machine
 * @state: its run state
 * @actions: what it does on panic, shutdown and reboot; may be changed at any time
 * @exited: it is gone, no call has any effect from now on
 * @status: exit status that QEMU would have, once @exited
 * @ended: called once, with machine_init()'s opaque, when the machine has exited; may be NULL
 */
struct machine {
	enum run_state state;
	struct machine_actions actions;
	bool exited;
	int status;
	void (*ended)(void *opaque);

	enum cause shutdown_requested;
	enum cause reset_requested;
	machine_event_fn emit;
	void *opaque;
};

void machine_init(struct machine *m, const struct machine_actions *actions, bool autostart,
		  machine_event_fn emit, void *opaque);

/* The guest's doing. */
void machine_guest_event(struct machine *m, unsigned char event);

/* The monitor's doing. */
void machine_stop(struct machine *m);
const char *machine_cont(struct machine *m);
void machine_reset(struct machine *m);
void machine_powerdown(struct machine *m);
void machine_quit(struct machine *m);
void machine_kill(struct machine *m);

const char *run_state_name(enum run_state state);
const char *cause_name(enum cause cause);
bool cause_is_guest(enum cause cause);

#endif
