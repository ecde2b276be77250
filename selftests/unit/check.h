/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the driver must do, worked out from the design and not from the driver; and a guest that
 * is bound and brought to its end to see that it does.
 */
#ifndef HOST_SIM_TESTS_DRIVER_CHECK_H
#define HOST_SIM_TESTS_DRIVER_CHECK_H

#include "world.h"

#define PANICKED     1u
#define CRASH_LOADED 2u
#define SHUTDOWN     4u
#define EVENTS       7u

enum hook { HOOK_ON, HOOK_OFF, HOOK_NO_KEXEC, HOOK_NO_KPROBES, HOOKS };

/* Where the register is, and what _CRS and port= say of it. */
enum port {
	/* clang-format off */
	PORT_IO, PORT_MEM, PORT_PARAM, PORT_PARAM_OVER_CRS, PORT_NO_CRS, PORT_IO_TOO_HIGH,
	PORT_IO_ZERO, PORT_MEM_ZERO, PORT_IN_RAM, PORT_PARTLY_RAM, PORT_UNMAPPABLE,
	PORT_IRQ_THEN_IO, PORT_BAD_THEN_MEM, PORT_MEM_THEN_IO, PORTS
	/* clang-format on */
};

/* Of wrpts[]: those that differ in a guest's end come first. */
enum { WRPT_ABSENT, WRPT_PLAIN, WRPT_FAILS_BEFORE, WRPT_FAILS_AFTER, WRPTS_AT_THE_END };

/**
 * struct behaviour - what WRPT does, and what must come of it
 * @wrpt: what it does
 * @unsafe: the driver must not evaluate it in a guest's end
 */
struct behaviour {
	struct wrpt wrpt;
	bool unsafe;
};

extern const struct behaviour wrpts[];
extern const unsigned int nr_wrpts;

/**
 * struct binding - a machine, a host, and how the driver was loaded
 * @variant: the build of the driver
 * @capability: what the host announces
 * @events: the parameter
 * @hook: crash_hook= and whether there can be one
 * @port_only: transport=port
 * @port: see enum port
 * @wrpt: see struct behaviour
 * @rdpt: what RDPT does
 * @halts: the firmware can't power off
 */
struct binding {
	const char *variant;
	u8 capability;
	unsigned int events;
	enum hook hook;
	bool port_only;
	enum port port;
	const struct behaviour *wrpt;
	enum rdpt rdpt;
	bool halts;
};

extern const char *const context_names[];

/* What is being tried, for messages; and how often something was. */
extern struct binding binding;
extern unsigned long combinations;

/* The long tests are run in two processes, and this says which one is to try the n-th. */
bool my_half(unsigned int n);

unsigned int armed_events(void);
bool wrpt_usable(void);
enum way port_way(void);
unsigned long port_address(void);
bool hook_registered(void);

void build_machine(void);
int load_driver(void);
bool bind_driver(void);
void unload_driver(void);

void try_panic(const struct scene *scene);
void try_power_off(const struct scene *scene);
void check_bytes(const unsigned int *events, unsigned int nr);

/* ends.c */
void all_panics(void);
void all_power_offs(void);

/* bind.c */
void all_bindings(void);
void all_answers(void);
void check_armed(void);

/* failures.c */
void all_faults(void);
void all_store_faults(void);
void all_interruptions(void);

/* interface.c */
void all_stores(void);
void all_parameters(void);
void rivals(void);
void two_devices(void);
void hooks_above(void);
void hooks_in_a_circle(void);
void priority_taken(void);

#endif
