// SPDX-License-Identifier: GPL-2.0-only
/*
 * simulator BUILD KERNEL-DIR SCENARIO.ini: a real guest panics into pvpanic-sim. vm-bench runs
 * the guest, which writes to the simulator's guest link. KTAP on stdout.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "peer.h"

#define COMMAND(name) "{\"execute\": \"" name "\"}\n"

static void bail(const char *why)
{
	printf("Bail out! %s\n", why);
	exit(1);
}

/* Does the next line contain @text? */
static bool hears(struct conn *conn, const char *text)
{
	const char *line = conn_line(conn);

	ktap_note("%s", line);
	return strstr(line, text);
}

static bool asks(struct conn *conn, const char *command, const char *answer)
{
	return !conn_say(conn, command) && hears(conn, answer);
}

/* A client that has been greeted hears all events from then on. */
static void connect_client(struct conn *conn, struct peer *sim)
{
	if (conn_open(conn, sim, "qmp") || !hears(conn, "\"QMP\"") ||
	    !asks(conn, COMMAND("qmp_capabilities"), "{\"return\": {}}"))
		bail("the simulator does not answer");
}

/* The scenario connects the guest to this path, relative to build/. */
static void start_simulator(struct peer *sim)
{
	if (peer_init(sim, "host-sim/pvpanic-sim", NULL, 0))
		bail("no temporary directory");
	peer_args(sim, "--qmp @/qmp --guest selftests/vm/sim-guest --panic pause");
	if (peer_start(sim))
		bail("the simulator does not start");
}

static bool run_guest(const char *kernel, const char *scenario)
{
	static const char fmt[] = "selftests/vm/vm-bench --kernel '%s' '%s' >selftests/vm/sim-bench "
				  "|| { sed 's/^/# /' selftests/vm/sim-bench; false; }";
	char command[4096];

	snprintf(command, sizeof(command), fmt, kernel, scenario);
	return !system(command);
}

/* Read to the end of the connection. Return: how many lines contained @text. */
static int count(struct conn *conn, const char *text)
{
	int n = 0;

	while (conn_line(conn), strcmp(conn->line, "EOF") && strcmp(conn->line, "TIMEOUT")) {
		ktap_note("%s", conn->line);
		n += !!strstr(conn->line, text);
	}
	return n;
}

int main(int argc, char **argv)
{
	struct conn early, late;
	bool panicked, guest_ended, ended;
	struct peer sim;
	int events;

	if (argc != 4 || chdir(argv[1])) {
		fprintf(stderr, "usage: simulator BUILD KERNEL-DIR SCENARIO.ini\n");
		return 2;
	}
	ktap_plan(5);
	start_simulator(&sim);
	connect_client(&early, &sim);
	guest_ended = run_guest(argv[2], argv[3]);
	connect_client(&late, &sim);
	panicked = asks(&late, COMMAND("query-status"), "\"status\": \"guest-panicked\"");
	conn_say(&late, COMMAND("quit"));
	events = count(&early, "\"event\": \"GUEST_PANICKED\", \"data\": {\"action\": \"pause\"}");
	conn_close(&early);
	conn_close(&late);
	ended = !peer_wait(&sim);
	peer_free(&sim);

	ktap_result(guest_ended, "the guest panicked and rebooted", NULL);
	ktap_result(events > 0, "the simulator's client has GUEST_PANICKED", NULL);
	ktap_result(events == 1, "once", "%d times", events);
	ktap_result(panicked, "and its run state says so", NULL);
	ktap_result(ended, "and it ends at quit", NULL);
	return ktap_end();
}
