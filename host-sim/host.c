// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole simulated host: all guests in one event loop, the signals, and the limit of file
 * descriptors. The loop ends when the last guest has ended.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "endpoint.h"
#include "guest-link.h"
#include "host.h"
#include "log.h"
#include "qmp.h"
#include "qtest.h"

#define SPARE_DESCRIPTORS 64 /* for everything but sockets of guests and their clients */
#define N_SIGNALS         4

struct host_guest {
	struct guest guest;
	struct endpoint *endpoints;
};

static struct {
	const struct options *options;
	uv_loop_t loop;
	uv_signal_t signals[N_SIGNALS];
	struct host_guest *guests;
	unsigned int live;
	int status;
} host;

static const struct protocol *const protocols[] = {
	[ENDPOINT_QMP] = &qmp_protocol,
	[ENDPOINT_QTEST] = &qtest_protocol,
	[ENDPOINT_GUEST] = &guest_link_protocol,
};

/* One for each socket, and one for the client of a socket that listens. */
static unsigned long count_descriptors(const struct options *options)
{
	unsigned long per_guest = 0;
	unsigned int i;

	for (i = 0; i < options->n_endpoints; i++)
		per_guest += options->endpoints[i].server ? 2 : 1;
	return options->guests * per_guest + SPARE_DESCRIPTORS;
}

static int raise_limit(const struct options *options, struct text *error)
{
	unsigned long need = count_descriptors(options);
	struct rlimit limit, wanted;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= need)
		return 0;
	wanted = (struct rlimit){ need, limit.rlim_max < need ? need : limit.rlim_max };
	if (!setrlimit(RLIMIT_NOFILE, &wanted))
		return 0;
	text_printf(error,
		    "%u guest(s) need %lu file descriptors and the limit is %lu: raise it "
		    "(ulimit -Hn %lu as root, or LimitNOFILE= in the service's unit)",
		    options->guests, need, (unsigned long)limit.rlim_max, need);
	return -1;
}

static void close_endpoints(struct host_guest *guest)
{
	unsigned int i;

	for (i = 0; i < host.options->n_endpoints; i++) {
		if (guest->endpoints[i].guest)
			endpoint_close(&guest->endpoints[i]);
	}
}

/* The signal handlers keep the loop alive until the last guest has ended. */
static void guest_ended(struct guest *guest)
{
	unsigned int i;

	host.status |= guest->machine.status;
	close_endpoints(&host.guests[guest->index]);
	if (--host.live)
		return;
	for (i = 0; i < N_SIGNALS; i++)
		uv_unref((uv_handle_t *)&host.signals[i]);
}

static const struct guest_ops guest_ops = {
	.event = qmp_broadcast,
	.ended = guest_ended,
};

static int open_guest(struct host_guest *guest, unsigned int index, struct text *error)
{
	struct endpoint *endpoint;
	unsigned int i;

	guest_init(&guest->guest, host.options, &guest_ops, index);
	guest->endpoints = xcalloc(host.options->n_endpoints, sizeof(*guest->endpoints));
	for (i = 0; i < host.options->n_endpoints; i++) {
		endpoint = &guest->endpoints[i];
		endpoint->guest = &guest->guest;
		endpoint->spec = &host.options->endpoints[i];
		endpoint->protocol = protocols[endpoint->spec->protocol];
		if (endpoint_open(endpoint, &host.loop, error))
			return -1;
	}
	return 0;
}

/* All guests, or none. */
static int open_guests(struct text *error)
{
	unsigned int i;

	host.guests = xcalloc(host.options->guests, sizeof(*host.guests));
	for (; host.live < host.options->guests; host.live++) {
		if (open_guest(&host.guests[host.live], host.live, error))
			break;
	}
	if (host.live == host.options->guests)
		return 0;
	/* The guest that failed may have sockets too. */
	for (i = 0; i <= host.live; i++)
		close_endpoints(&host.guests[i]);
	return -1;
}

static void signalled(uv_signal_t *handle, int number)
{
	unsigned int i;

	(void)handle;
	if (number == SIGUSR1)
		log_process("storm", host.options->guests);
	for (i = 0; i < host.options->guests; i++) {
		if (number == SIGUSR1)
			guest_write(&host.guests[i].guest, PVPANIC_PANICKED, "storm");
		else
			machine_kill(&host.guests[i].guest.machine);
	}
}

static void watch_signals(void)
{
	static const int numbers[N_SIGNALS] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	unsigned int i;

	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < N_SIGNALS; i++) {
		uv_signal_init(&host.loop, &host.signals[i]);
		uv_signal_start(&host.signals[i], signalled, numbers[i]);
	}
}

/* libuv restores the default action. A signal that comes now must not change the exit status. */
static void forget_signals(void)
{
	unsigned int i;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	for (i = 0; i < N_SIGNALS; i++)
		uv_close((uv_handle_t *)&host.signals[i], NULL);
}

static void free_guests(void)
{
	unsigned int i;

	for (i = 0; i < host.options->guests; i++)
		free(host.guests[i].endpoints);
	free(host.guests);
}

/**
 * host_run() - simulate until all guests ended
 * @options: what to simulate
 * @error: why it could not start; then no file is left
 *
 * Return: the exit status that QEMU would have; of no meaning if @error isn't empty.
 */
int host_run(const struct options *options, struct text *error)
{
	host.options = options;
	if (raise_limit(options, error))
		return EXIT_FAILURE;
	umask(0177); /* a client can stop a guest */
	uv_loop_init(&host.loop);
	watch_signals();
	if (!open_guests(error)) {
		log_process("ready", options->guests);
		uv_run(&host.loop, UV_RUN_DEFAULT);
	}
	forget_signals();
	uv_run(&host.loop, UV_RUN_DEFAULT);
	uv_loop_close(&host.loop);
	free_guests();
	return host.status;
}
