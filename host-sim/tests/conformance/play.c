// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plays a script. After each step all clients are brought up to date: each asks for the status
 * with an id of its own, and everything before the answer belongs to the step. Each asks twice,
 * because the work that a step leaves to the host's main loop belongs to the step as well.
 *
 * The guest of a real QEMU is a firmware that halts at once, so nothing but the script acts.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "play.h"

#define BARRIER "barrier-of-the-test"

struct player {
	const struct script *script;
	struct peer peer;
	struct conn conns[SCRIPT_MAX_CLIENTS];
	bool ended[SCRIPT_MAX_CLIENTS];
	struct transcript *out;
	struct text said[SCRIPT_MAX_CLIENTS];
};

static const char *client_name(unsigned int client)
{
	static const char *const names[] = { "t", "m", "m2", "m3", "m4", "m5", "m6", "m7" };

	return names[client];
}

/* QEMU prints 1.0 as 1, and to a client both are the same number. */
static json_t *plain_number(json_t *value)
{
	double real = json_real_value(value);

	if (json_is_real(value) && real == (double)(json_int_t)real)
		return json_integer(real);
	return json_incref(value);
}

static json_t *plain_numbers(json_t *value)
{
	json_t *member;
	const char *key;
	void *next;
	size_t i;

	json_object_foreach_safe(value, next, key, member)
		json_object_set_new(value, key, plain_numbers(member));
	json_array_foreach(value, i, member)
		json_array_set_new(value, i, plain_numbers(member));
	return plain_number(value);
}

/* Versions, timestamps and the words of errors may differ, but must be there. */
static void hide(json_t *object, const char *key)
{
	if (json_object_get(object, key))
		json_object_set_new(object, key, json_string("..."));
}

static void hide_version(struct player *p, json_t *version)
{
	if (json_unpack(version, "{s:{s:i, s:i, s:i}}", "qemu", "major", &p->out->version[0],
			"minor", &p->out->version[1], "micro", &p->out->version[2]))
		return;
	hide(version, "qemu");
	hide(version, "package");
}

/* Two lines of JSON are alike if they are the same text after this. */
static char *normalise(struct player *p, const char *line)
{
	json_t *value = json_loads(line, JSON_ALLOW_NUL, NULL);
	char *text;

	if (!value)
		return strdup(line);
	hide(value, "timestamp");
	hide(json_object_get(value, "error"), "desc");
	hide_version(p, json_object_get(json_object_get(value, "QMP"), "version"));
	hide_version(p, json_object_get(value, "return"));
	value = plain_numbers(value);
	text = json_dumps(value, JSON_SORT_KEYS);
	json_decref(value);
	return text;
}

static void note(struct player *p, unsigned int client, char *line)
{
	size_t len = strlen(line);
	bool cr = len && line[len - 1] == '\r';
	char *text;

	if (cr)
		line[len - 1] = 0;
	text = normalise(p, line);
	text_printf(&p->said[client], "%s %s%s\n", client_name(client), text,
		    cr == (line[0] == '{') ? "" : " (other line end)");
	free(text);
}

/* Collect what each client heard, client by client, because they have no common order. */
static void end_step(struct player *p, struct text *out)
{
	unsigned int client;

	for (client = 0; client < SCRIPT_MAX_CLIENTS; client++) {
		if (p->said[client].len)
			text_add(out, p->said[client].s, p->said[client].len);
		text_free(&p->said[client]);
	}
}

/* One line of @client's. False when it was the last. */
static bool take_line(struct player *p, unsigned int client, bool quiet_end)
{
	char *line = conn_line(&p->conns[client]);
	bool more = strcmp(line, "EOF") && strcmp(line, "TIMEOUT");

	if (!strcmp(line, "EOF") && quiet_end)
		p->ended[client] = true;
	else
		note(p, client, line);
	if (!more)
		conn_close(&p->conns[client]);
	return more;
}

static void barrier(struct player *p, unsigned int client)
{
	struct conn *conn = &p->conns[client];
	char *line;

	if (conn_say(conn, "{\"execute\": \"query-status\", \"id\": \"" BARRIER "\"}\n"))
		return;
	while (!strstr(line = conn_line(conn), BARRIER)) {
		/* "exit" notes the end, because it may come a little sooner or later. */
		p->ended[client] = !strcmp(line, "EOF");
		if (!p->ended[client])
			note(p, client, line);
		if (p->ended[client] || !strcmp(line, "TIMEOUT")) {
			conn_close(conn);
			return;
		}
	}
}

static void sync_all(struct player *p)
{
	unsigned int round, client;

	for (round = 0; round < 2; round++) {
		for (client = 1; client < SCRIPT_MAX_CLIENTS; client++) {
			if (p->conns[client].in)
				barrier(p, client);
		}
	}
}

static bool next_is_exit(struct player *p, const struct step *step)
{
	return step + 1 < p->script->steps + p->script->n && step[1].kind == STEP_EXIT;
}

static void say(struct player *p, const struct step *step)
{
	struct conn *conn = &p->conns[step->client];

	conn_send(conn, step->bytes.s, step->bytes.len);
	/* qtest answers with one line, which says that the write has had its effect. */
	if (!step->client && step->kind == STEP_SAY && !next_is_exit(p, step))
		take_line(p, 0, false);
	if (step->kind == STEP_SAY && !next_is_exit(p, step))
		sync_all(p);
}

static void connect_client(struct player *p, const struct step *step)
{
	char name[32];

	snprintf(name, sizeof(name), "m%u", step->monitor);
	conn_close(&p->conns[step->client]);
	if (conn_open(&p->conns[step->client], &p->peer, name))
		note(p, step->client, strcpy(name, "cannot connect"));
	else
		take_line(p, step->client, false);
}

/* The host ends by itself now. Note everything that it still says, and its exit status. */
static void await_exit(struct player *p)
{
	unsigned int client;

	for (client = 0; client < SCRIPT_MAX_CLIENTS; client++) {
		while (p->conns[client].in && take_line(p, client, true))
			;
		if (p->ended[client])
			text_printf(&p->said[client], "%s EOF\n", client_name(client));
		p->ended[client] = false;
	}
	text_printf(&p->said[0], "exit status %d\n", peer_wait(&p->peer));
}

static void run_step(struct player *p, const struct step *step)
{
	switch (step->kind) {
	case STEP_SAY:
	case STEP_RAW:
		say(p, step);
		break;
	case STEP_SYNC:
		sync_all(p);
		break;
	case STEP_CONNECT:
		connect_client(p, step);
		break;
	case STEP_CLOSE:
		conn_close(&p->conns[step->client]);
		break;
	case STEP_TERM:
		peer_kill(&p->peer, SIGTERM);
		break;
	case STEP_EXIT:
		await_exit(p);
		break;
	}
}

static int write_halting_firmware(struct peer *peer)
{
	unsigned char halt[4096];
	int i, fd = openat(peer->dirfd, "halt", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	int err = fd < 0;

	memset(halt, 0xf4, sizeof(halt));
	for (i = 0; i < 16 && !err; i++)
		err = write(fd, halt, sizeof(halt)) != sizeof(halt);
	close(fd);
	return err ? -1 : 0;
}

static int start(struct player *p, const struct host_kind *kind)
{
	struct peer *peer = &p->peer;
	unsigned int i;

	if (peer_init(peer, kind->binary, kind->root, 0))
		return -1;
	if (!kind->is_qemu)
		peer_args(peer, "--compat %s", kind->compat);
	else if (write_halting_firmware(peer))
		return -1;
	else
		peer_args(peer, "-bios @/halt");
	for (i = 0; i < p->script->n_args; i++)
		peer_arg(peer, p->script->args[i]);
	peer_args(peer, "-nodefaults -accel tcg -display none -qtest-log none");
	peer_args(peer, "-qtest unix:@/t,server=on,wait=off");
	for (i = 0; i < p->script->monitors; i++)
		peer_args(peer, "-qmp unix:@/m%u,server=on,wait=off", i);
	return peer_start(peer) || conn_open(&p->conns[0], peer, "t");
}

/**
 * play() - play a script
 * @kind: to which host
 * @script: what
 * @out: what it answered, to be freed in any case
 *
 * Return: 0, or -1 when the host couldn't be started.
 */
int play(const struct host_kind *kind, const struct script *script, struct transcript *out)
{
	struct player p = { .script = script, .out = out };
	size_t i;
	int err;

	*out = (struct transcript){ .n = script->n };
	out->steps = xcalloc(script->n + 1, sizeof(*out->steps));
	err = start(&p, kind);
	for (i = 0; i < script->n && !err; i++) {
		run_step(&p, &script->steps[i]);
		end_step(&p, &out->steps[i]);
	}
	for (i = 0; i < SCRIPT_MAX_CLIENTS; i++)
		conn_close(&p.conns[i]);
	peer_free(&p.peer);
	return err;
}

/** transcript_free() - give back what play() took */
void transcript_free(struct transcript *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		text_free(&t->steps[i]);
	free(t->steps);
}
