/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ways to panic, one a row: what a context is called on the command line, and
 * what takes the guest there. None of them returns, or it has failed (but see later).
 */
#ifndef PANIC_IN_H
#define PANIC_IN_H

#include <linux/acpi.h>
#include <linux/types.h>

struct panic_way {
	const char *context;
	void (*go)(void);
	bool later;		/* go() only prepares it: what the scenario does next panics */
};

extern const struct panic_way panic_ways_context[];	/* what the CPU is doing */
extern const struct panic_way panic_ways_kernel[];	/* what the rest of the kernel is doing */
extern const struct panic_way panic_ways_power[];	/* on the way to sleep or to kexec */
extern const struct panic_way panic_ways_at[];		/* any function of the kernel */
extern const struct panic_way panic_ways_fault[];	/* exceptions */

/* Only x86 has I/O ports, and a driver that evaluates AML in a panic. */
extern const struct panic_way panic_ways_x86[];		/* exceptions and NMIs of x86 */
extern const struct panic_way panic_ways_aml[];		/* what the ACPI interpreter is doing */
extern const struct panic_way panic_ways_guard[];	/* one condition of the guard each */

/* The device's path, parameter "path". */
acpi_handle panic_in_device(void);

/* panic() with the context's name, so that a console tells which one it was. */
void panic_in_now(void);

/* Runs @go in a kthread that is bound to @cpu. */
int panic_in_thread(void (*go)(void), unsigned int cpu);

/* The kernel's, exported but not declared: two low bits of 0 mean no grace period. */
unsigned long rcu_get_gp_seq(void);

#endif
