// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lines of a guest's console that mean something to the bench itself, whatever the
 * scenario. Everything else on the console is for the scenario to name.
 */
#include <stdlib.h>

#include "record.h"

static const struct {
	enum fact fact;
	const char *line;
} signs[] = {
	{ FACT_PANIC, "Kernel panic - " },
	{ FACT_HALTED, "reboot: System halted|---\\[ end Kernel panic" },
	{ FACT_DRIVER_IN_TRACE, "\\[pvpanic_guest\\]" },
	{ FACT_STALE_BREAKPOINT, "int3: 0000 \\[#1\\]" },
	{ FACT_STOPPED_BY_NMI, "Shutting down cpus with NMI" },
	{ FACT_RCU_STARVED, "rcu_[a-z]+ kthread starved for" },
	{ FACT_REHEARSAL_LATE, "not WRPT: it (takes too long|sleeps)" },
};

enum { SIGNS = sizeof(signs) / sizeof(*signs) };

/**
 * console_facts() - what a line of the console says
 * Return: bits of enum fact.
 */
unsigned int console_facts(const char *line)
{
	static struct regex compiled[SIGNS];
	unsigned int facts = 0;
	int i;

	for (i = 0; i < SIGNS; i++) {
		if (!compiled[i].text && regex_parse(&compiled[i], signs[i].line))
			abort();
		if (regex_fits(&compiled[i], line))
			facts |= signs[i].fact;
	}
	return facts;
}
