/* SPDX-License-Identifier: GPL-2.0-only */
/* All that the host saw of one guest, in order, with times. */
#ifndef VM_TRACE_H
#define VM_TRACE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../lib/qemu.h"
#include "text.h"

/* The first ones are the numbers of QEMU's streams. */
enum source {
	FROM_QEMU = QEMU_STDERR,
	FROM_MONITOR = QEMU_QMP,
	FROM_CONSOLE = QEMU_STREAM,	/* the guest's kernel log */
	FROM_GUEST,	/* what its init says on the second serial port */
	FROM_PORT,	/* a byte written to port 0x505 */
	FROM_REGION,	/* a byte written to port 0x606 */
	FROM_BENCH,	/* what the bench did */
	TO_MONITOR,
	TO_GUEST,
	SOURCES,
};

struct entry {
	enum source source;
	double ms;	/* since the guest was started */
	char *text;
};

struct trace {
	struct entry *v;
	size_t n;
	size_t size;
	uint64_t start;
};

/* Is called with every entry as it is added, if set. */
extern void (*trace_listener)(const struct trace *trace, const struct entry *entry);

void trace_begin(struct trace *trace);
void trace_add(struct trace *trace, enum source source, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void trace_words(const struct trace *trace, enum source source, struct words *out);
double trace_time_of(const struct trace *trace, enum source source, const char *part);
void trace_print(const struct trace *trace, FILE *to, const char *before, size_t console_lines);
void trace_free(struct trace *trace);

#endif
