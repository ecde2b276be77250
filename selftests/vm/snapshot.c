// SPDX-License-Identifier: GPL-2.0-only
/*
 * To boot is most of what a guest does under emulation, and half of the bench's guests
 * have the command line of another one. All scenarios on 6.1 took 3 minutes instead of
 * 5.7. The file has no name and is gone when the bench has ended.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "snapshot.h"
#include "text.h"

struct snapshot {
	char *command_line;
	enum { NOT_THERE, BEING_MADE, READY } state;
	char *up;		/* what the guest said when it had come up */
	int fd;
	int to_come;		/* guests that have not begun */
	int users;		/* guests that have begun and not ended */
	struct snapshot *next;
};

static struct snapshot *snapshots;

/**
 * snapshot_plan() - a guest with this command line will be started
 */
struct snapshot *snapshot_plan(const char *command_line)
{
	struct snapshot *s;

	for (s = snapshots; s && strcmp(s->command_line, command_line); s = s->next)
		;
	if (!s) {
		s = checked(calloc(1, sizeof(*s)));
		s->command_line = format("%s", command_line);
		s->fd = -1;
		s->next = snapshots;
		snapshots = s;
	}
	s->to_come++;
	return s;
}

/** snapshot_soon() - is a guest coming up whose state will be saved? */
bool snapshot_soon(const struct snapshot *s)
{
	return s && s->state == BEING_MADE;
}

/** snapshot_begin() - a guest is started; every one of them calls snapshot_end() */
enum snapshot_use snapshot_begin(struct snapshot *s)
{
	s->to_come--;
	s->users++;
	if (s->state == READY)
		return SNAPSHOT_LOADED;
	if (s->state == BEING_MADE || !s->to_come)
		return SNAPSHOT_NOT_USED;
	s->state = BEING_MADE;
	return SNAPSHOT_MADE;
}

/**
 * snapshot_file() - where the state is, or is to be written
 * Return: a descriptor, or -1.
 */
int snapshot_file(struct snapshot *s, const char *dir)
{
	if (s->fd < 0)
		s->fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return s->fd;
}

/** snapshot_up() - what the guest said whose state was saved */
const char *snapshot_up(const struct snapshot *s)
{
	return s->up;
}

/** snapshot_ready() - the state was saved, of a guest that said @up */
void snapshot_ready(struct snapshot *s, const char *up)
{
	s->state = READY;
	s->up = format("%s", up);
}

/** snapshot_end() - a guest has ended */
void snapshot_end(struct snapshot *s, enum snapshot_use use)
{
	if (use == SNAPSHOT_MADE && s->state == BEING_MADE)
		s->state = NOT_THERE;
	/* It may be some 100 MB. */
	if (!--s->users && !s->to_come && s->fd >= 0) {
		close(s->fd);
		s->fd = -1;
	}
}
