/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What became of one guest. The guest (guest.c) writes it, the judge and the report read
 * it, so what is judged is also what is shown.
 */
#ifndef VM_RECORD_H
#define VM_RECORD_H

#include "scenario.h"
#include "text.h"
#include "trace.h"

/* A guest's state only ever goes on to a later one. */
enum state {
	STATE_BOOTING,		/* or its state is being loaded */
	STATE_SAVING,		/* it is up, and its state is saved for others */
	STATE_PREPARING,	/* the lines before the trigger run */
	STATE_TRIGGERED,
	STATE_RETURNED,		/* the trigger has returned, so it may run on */
	STATE_CRASH_KERNEL,	/* the crash kernel runs the scenario's line */
	STATE_READING,		/* its memory is looked at */
	STATE_ENDED,
};

/* Why there is no more to be seen of it. */
enum ending {
	ENDING_OUTCOME,		/* all outcomes that were expected, or another one */
	ENDING_EARLY,		/* an outcome before the trigger */
	ENDING_REFUSED,		/* something that it was told did not work */
	ENDING_VANISHED,	/* QEMU ended by itself, or its monitor failed */
	ENDING_LATE,		/* its deadline has passed */
};

/* What the console has shown, as bits, see console.c. */
enum fact {
	FACT_PANIC = 1 << 0,
	FACT_HALTED = 1 << 1,
	FACT_DRIVER_IN_TRACE = 1 << 2,
	FACT_STALE_BREAKPOINT = 1 << 3,
	FACT_STOPPED_BY_NMI = 1 << 4,
	FACT_RCU_STARVED = 1 << 5,
	FACT_REHEARSAL_LATE = 1 << 6,
};

enum { REASON_BYTES = 512 };

struct record {
	struct trace trace;
	enum state reached;	/* the last state before it ended */
	enum ending ending;
	char trouble[REASON_BYTES];	/* what that says to a person; "" for nothing */
	unsigned int facts;
	struct outcomes outcomes;
	struct words events;	/* of QMP */
	struct words says;	/* NAME=VALUE, from the guest */
	struct words memory;
	double up_ms;		/* times since the start, -1 for never */
	double trigger_ms;
	double outcome_ms;
};

/* console.c */
unsigned int console_facts(const char *line);

#endif
