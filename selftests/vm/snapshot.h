/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests with the same command line are booted once: the state of the first one, when it
 * has come up, is saved, and the others begin with that.
 */
#ifndef VM_SNAPSHOT_H
#define VM_SNAPSHOT_H

#include <stdbool.h>

struct snapshot;

/* What a guest has to do with the snapshot of its command line. */
enum snapshot_use {
	SNAPSHOT_NOT_USED,	/* it boots */
	SNAPSHOT_MADE,		/* it boots, and its state will be saved */
	SNAPSHOT_LOADED,	/* it begins with what was saved */
};

struct snapshot *snapshot_plan(const char *command_line);
bool snapshot_soon(const struct snapshot *s);
enum snapshot_use snapshot_begin(struct snapshot *s);
int snapshot_file(struct snapshot *s, const char *dir);
const char *snapshot_up(const struct snapshot *s);
void snapshot_ready(struct snapshot *s, const char *up);
void snapshot_end(struct snapshot *s, enum snapshot_use use);

#endif
