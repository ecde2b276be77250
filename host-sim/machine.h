/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine around the device: its run state, its reaction to a panic, and the events for its
 * monitors. It knows no monitor and no socket, and calls back instead.
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

/* Why a machine shuts down or is reset: those of QEMU's ShutdownCause that can happen here. */
enum cause {
	CAUSE_NONE,
	CAUSE_HOST_QMP_QUIT,
	CAUSE_HOST_QMP_SYSTEM_RESET,
	CAUSE_HOST_SIGNAL,
	CAUSE_GUEST_SHUTDOWN,
	CAUSE_GUEST_PANIC,
};

/**
 * struct machine_event - an event for the monitors
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
 * @actions: its reaction to panic, shutdown and reboot; may be changed at any time
 * @exited: no call has any effect from now on
 * @status: QEMU's exit status in this case, once @exited
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

/* Called when the guest does something. */
void machine_guest_event(struct machine *m, unsigned char event);

/* Called when the host does something. */
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
