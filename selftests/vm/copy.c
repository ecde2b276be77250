// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests that begin alike are booted once. When the first of them has come up, its
 * state is written to a file, as QEMU does to migrate a guest, and it goes on; those of
 * the same command line that are started later begin from there. Half of the bench's
 * guests have the command line of another one, and to boot is most of what they do.
 *
 * The file has no name, and so ends with the bench, however that ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

struct copy {
	char *line;		/* the command line */
	char *up;		/* what the guest said when it had come up */
	int later;		/* guests of this line that are still to be started */
	int loading;
	int fd;
	const struct guest *first;	/* which boots, for later ones to begin where it came up */
	enum { NOT_MADE, BEING_MADE, MADE } state;
	struct copy *next;
};

static struct copy *copies;

static struct copy *find(const char *line)
{
	struct copy *c;

	for (c = copies; c && strcmp(c->line, line); c = c->next)
		;
	return c;
}

/* A guest that dies while it boots never is at the point, and a disk is not in its state. */
static bool can_be_copied(const struct job *job)
{
	return !scenario_is(job->scenario, F_TRIGGER, "boot") &&
	       !strstr(scenario_get(job->scenario, F_QEMU_ARGS), "drive");
}

/**
 * copy_plan() - a guest of this command line will be started
 */
void copy_plan(struct job *job, const char *line)
{
	struct copy *c = find(line);

	if (!can_be_copied(job))
		return;
	if (!c) {
		c = calloc(1, sizeof(*c));
		if (!c)
			abort();
		c->line = format("%s", line);
		c->fd = -1;
		c->next = copies;
		copies = c;
	}
	c->later++;
	job->copy = c;
}

/**
 * copy_expected() - whether a guest for a job could soon begin as a copy, and now must boot
 */
bool copy_expected(const struct job *job)
{
	return job->copy && job->copy->state != MADE && job->copy->first;
}

/**
 * copy_begin() - a guest is being started; one that failed boots for itself the next time
 *
 * Return: whether it begins as a copy; QEMU is to wait for it (-incoming defer).
 */
bool copy_begin(struct guest *guest)
{
	struct copy *c = guest->job->copy;

	if (!c || guest->job->boot > 1)
		return false;
	c->later--;
	guest->copy = c;
	guest->copying = c->state == MADE;
	c->loading += guest->copying;
	if (c->state == NOT_MADE && !c->first)
		c->first = guest;
	return guest->copying;
}

/**
 * copy_over() - a guest has ended
 */
void copy_over(const struct guest *guest)
{
	if (guest->copy && guest->copy->first == guest)
		guest->copy->first = NULL;
}

static void ask(struct guest *guest, const char *what, const char *how, int fd)
{
	char *command = format("{\"execute\": \"%s\", \"arguments\": {\"uri\": "
			       "\"exec:cat %s/proc/%d/fd/%d\"}}", what, how, getpid(), fd);

	monitor_do(guest, command);
	free(command);
}

/**
 * copy_load() - QEMU listens: have it take the state over
 */
void copy_load(struct guest *guest)
{
	ask(guest, "migrate-incoming", "<", guest->copy->fd);
}

/**
 * copy_make() - a guest has come up: write down its state, if another one can use it
 * @up: what it said
 *
 * Return: whether it does; then the guest goes on when that has been done.
 */
bool copy_make(struct guest *guest, const char *up)
{
	static const char events[] =
		"{\"execute\": \"migrate-set-capabilities\", \"arguments\": {\"capabilities\": "
		"[{\"capability\": \"events\", \"state\": true}]}}";
	static const char at_once[] =
		"{\"execute\": \"migrate-set-parameters\", \"arguments\": "
		"{\"max-bandwidth\": 100000000000}}";
	struct copy *c = guest->copy;

	if (!c || c->state != NOT_MADE || !c->later)
		return false;
	c->fd = open(guest->job->opt->build, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (c->fd < 0)
		return false;
	c->state = BEING_MADE;
	c->first = guest;
	c->up = format("%s", up);
	guest->copying = true;
	monitor_do(guest, events);
	monitor_do(guest, at_once);
	ask(guest, "migrate", ">", c->fd);
	return true;
}

/**
 * copy_event() - an event while a copy is made or used, which is not of the guest's life
 */
void copy_event(struct guest *guest, const json_t *message, const char *name)
{
	const json_t *data = json_object_get(message, "data");
	const char *status = json_string_value(json_object_get(data, "status"));
	struct copy *c = guest->copy;

	if (!strcmp(name, "RESUME")) {
		guest->copying = false;
		if (c->state == MADE) {
			story_add(&guest->story, FROM_GUEST, "%s", c->up);
			c->loading--;
		}
		c->state = MADE;
		if (!c->loading && !c->later)
			close(c->fd);	/* some 100 MB */
		steps_up(guest);
	} else if (!strcmp(name, "MIGRATION") && c->state == BEING_MADE && status) {
		if (!strcmp(status, "completed"))
			monitor_do(guest, "query-status");
		else if (!strcmp(status, "failed"))
			guest_trouble(guest, "its state could not be written down");
	}
}

/**
 * copy_status() - the answer to query-status: QEMU refuses to go on until it has finished
 */
void copy_status(struct guest *guest, const char *state)
{
	monitor_do(guest, strcmp(state, "postmigrate") ? "query-status" : "cont");
}
