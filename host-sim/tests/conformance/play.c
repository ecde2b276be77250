// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plays a script. After each step all clients are brought up to date: each asks for the status
 * with an id of its own, and what came before the answer belongs to the step. Twice, for what a
 * step makes the host do next in its main loop belongs to the step as well.
 *
 * The guest of a real QEMU is a firmware that halts at once: nothing but the script acts.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Replace the number behind each @key by T. */
static void hide_number(char *line, const char *key)
{
	char *at = line, *end;

	while ((at = strstr(at, key))) {
		at += strlen(key);
		end = at + strspn(at, "0123456789");
		*at = 'T';
		memmove(at + 1, end, strlen(end) + 1);
	}
}

/* Version numbers and the package's name differ by their nature. */
static void hide_version(struct player *p, char *line)
{
	char *version = strstr(line, "{\"qemu\": {"), *end;
	int micro, minor, major;

	if (!version)
		return;
	if (sscanf(version, "{\"qemu\": {\"micro\": %d, \"minor\": %d, \"major\": %d}", &micro,
		   &minor, &major) == 3) {
		p->out->major = major;
		snprintf(p->out->version, sizeof(p->out->version), "%d.%d.%d", major, minor, micro);
	}
	end = strstr(version, "\"}");
	if (!end)
		return;
	memcpy(version, "VERSION", 7);
	memmove(version + 7, end + 2, strlen(end + 2) + 1);
}

static void note(struct player *p, unsigned int client, char *line)
{
	size_t len = strlen(line);
	bool cr = len && line[len - 1] == '\r';

	if (cr)
		line[len - 1] = 0;
	hide_number(line, "\"seconds\": ");
	hide_number(line, "\"microseconds\": ");
	hide_version(p, line);
	text_printf(&p->said[client], "%s %s%s\n", client_name(client), line,
		    cr == (line[0] == '{') ? "" : " (other line end)");
}

/* What each client heard in this step, client by client: between them there is no order. */
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
	free(line);
	return more;
}

static void barrier(struct player *p, unsigned int client)
{
	static const char ask[] = "{\"execute\": \"query-status\", \"id\": \"" BARRIER "\"}\n";
	char *line;

	if (conn_send(&p->conns[client], ask, sizeof(ask) - 1))
		return;
	for (;;) {
		line = conn_line(&p->conns[client]);
		if (strstr(line, BARRIER) || !strcmp(line, "EOF"))
			break;
		note(p, client, line);
		if (!strcmp(line, "TIMEOUT"))
			break;
		free(line);
	}
	/* The end is noted by "exit", for it may come a little sooner or later. */
	if (!strcmp(line, "EOF") || !strcmp(line, "TIMEOUT")) {
		conn_close(&p->conns[client]);
		p->ended[client] = true;
	}
	free(line);
}

static void sync_all(struct player *p)
{
	unsigned int round, client;

	for (round = 0; round < 2; round++) {
		for (client = 1; client < SCRIPT_MAX_CLIENTS; client++) {
			if (p->conns[client].fd >= 0)
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

/* The host ends by itself now: all that it still says, and its exit status. */
static void await_exit(struct player *p)
{
	unsigned int client;
	int status;

	for (client = 0; client < SCRIPT_MAX_CLIENTS; client++) {
		while (p->conns[client].fd >= 0 && take_line(p, client, true))
			;
		if (p->ended[client])
			text_printf(&p->said[client], "%s EOF\n", client_name(client));
		p->ended[client] = false;
	}
	if (peer_wait(&p->peer, &status))
		text_printf(&p->said[0], "does not end\n");
	else
		text_printf(&p->said[0], "exit status %d\n", status);
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
		kill(p->peer.pid, SIGTERM);
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

	if (peer_init(peer, kind->binary, kind->root))
		return -1;
	if (!kind->is_qemu) {
		peer_arg(peer, "--compat");
		peer_arg(peer, "%s", kind->compat);
	} else {
		if (write_halting_firmware(peer))
			return -1;
		peer_arg(peer, "-bios");
		peer_arg(peer, "%s/halt", peer->inner);
	}
	for (i = 0; i < p->script->n_args; i++)
		peer_arg(peer, "%s", p->script->args[i]);
	peer_arg(peer, "-nodefaults");
	peer_arg(peer, "-accel");
	peer_arg(peer, "tcg");
	peer_arg(peer, "-display");
	peer_arg(peer, "none");
	peer_arg(peer, "-qtest");
	peer_arg(peer, "unix:%s/t,server=on,wait=off", peer->inner);
	peer_arg(peer, "-qtest-log");
	peer_arg(peer, "none");
	for (i = 0; i < p->script->monitors; i++) {
		peer_arg(peer, "-qmp");
		peer_arg(peer, "unix:%s/m%u,server=on,wait=off", peer->inner, i);
	}
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
	for (i = 0; i < SCRIPT_MAX_CLIENTS; i++)
		p.conns[i].fd = -1;
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
