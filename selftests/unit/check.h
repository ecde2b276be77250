/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events and transports that the design requires, and functions that bind the driver in a
 * guest, let the guest panic or power off, and compare. Nothing here is derived from the driver.
 */
#ifndef HOST_SIM_TESTS_DRIVER_CHECK_H
#define HOST_SIM_TESTS_DRIVER_CHECK_H

#include "guest.h"

#define PANICKED     1u
#define CRASH_LOADED 2u
#define SHUTDOWN     4u
#define EVENTS       7u

/* The kdump hook. HOOK_DISARMED: registered, but the administrator disarmed all kprobes. */
enum hook { HOOK_ON, HOOK_OFF, HOOK_NO_KEXEC, HOOK_NO_KPROBES, HOOK_DISARMED, HOOKS };

/* Where the register is, and what _CRS and the parameter port= say about it. */
enum port {
	/* clang-format off */
	PORT_IO, PORT_MEM, PORT_PARAM, PORT_PARAM_OVER_CRS, PORT_NO_CRS, PORT_IO_TOO_HIGH,
	PORT_IO_ZERO, PORT_MEM_ZERO, PORT_IN_RAM, PORT_PARTLY_RAM, PORT_UNMAPPABLE,
	PORT_IRQ_THEN_IO, PORT_BAD_THEN_MEM, PORT_MEM_THEN_IO, PORTS
	/* clang-format on */
};

/* Indices of wrpts[]. The first ones are those that differ in a panic. */
enum { WRPT_ABSENT, WRPT_PLAIN, WRPT_FAILS_BEFORE, WRPT_FAILS_AFTER, WRPTS_IN_A_PANIC };

/**
 * struct behaviour - what WRPT does, and what the driver must conclude
 * @wrpt: what it does
 * @unsafe: the driver must never evaluate it in a panic
 */
struct behaviour {
	struct wrpt wrpt;
	bool unsafe;
};

extern const struct behaviour wrpts[];
extern const unsigned int nr_wrpts;

/**
 * struct binding - a machine, a host, and how the driver is loaded
 * @variant: the build of the driver
 * @bus: how the guest finds the device; only ACPI has RDPT, WRPT and a choice of ports
 * @capability: the byte that the host announces
 * @events: the parameter events=
 * @hook: see enum hook
 * @port_only: transport=port
 * @port: see enum port
 * @wrpt: see struct behaviour
 * @rdpt: what RDPT does
 * @halts: the firmware cannot power off
 * @no_tsc: the guest has no TSC
 */
struct binding {
	const char *variant;
	enum bus bus;
	u8 capability;
	unsigned int events;
	enum hook hook;
	bool port_only;
	enum port port;
	const struct behaviour *wrpt;
	enum rdpt rdpt;
	bool halts;
	bool no_tsc;
};

extern const char *const context_names[];

/* The current combination, for messages; and the number of combinations so far. */
extern struct binding binding;
extern unsigned long combinations;

/* The long tests run in two processes. Returns whether this process tries number @n. */
extern unsigned int halves, half;
bool my_half(unsigned int n);

bool power_off_unavailable(void);
unsigned int wanted_events(void);
unsigned int armed_events(void);
bool wrpt_usable(void);
enum transport register_transport(void);
unsigned long port_address(void);
bool hook_registered(void);
bool is_x86(void);
enum port usual_port(void);
bool bindable(void);

void build_machine(void);
int load_driver(void);
bool bind_driver(void);
void unload_driver(void);

void panic_in(const struct scene *scene);
void try_panic(const struct scene *scene);
void try_power_off(const struct scene *scene);
void check_bytes(const unsigned int *events, unsigned int nr);

/* panics.c */
void all_panics(void);
void all_power_offs(void);

/* bind.c */
void all_bindings(void);
void all_answers(void);
void check_armed(void);
void expect_log(bool wanted, const char *words);
void expect_device_log(bool wanted, const char *level, const char *words);

/* failures.c */
void all_faults(void);
void all_store_faults(void);
void all_interruptions(void);

/* interface.c */
void all_stores(void);
void all_parameters(void);
void other_drivers(void);
void two_devices(void);
void two_buses(void);
void odd_pci_devices(void);
void priorities(void);

#endif
