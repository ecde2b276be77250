// SPDX-License-Identifier: GPL-2.0-only
/*
 * A shard: guests that share an event loop and nothing with the guests of another shard. One is
 * enough but for descriptors, see host.c.
 */
#include <stdlib.h>

#include "host.h"
#include "log.h"

static void host_guest_open(struct host_guest *host, struct shard *shard)
{
	const struct options *options = shard->options;
	unsigned int i;

	host->endpoints = xcalloc(options->n_endpoints, sizeof(*host->endpoints));
	for (i = 0; i < options->n_endpoints && !shard->error.len; i++) {
		host->endpoints[i].host = host;
		host->endpoints[i].spec = &options->endpoints[i];
		endpoint_open(&host->endpoints[i], &shard->error);
	}
}

static void host_guest_end(struct host_guest *host)
{
	struct shard *shard = host->shard;
	unsigned int i;

	host->ended = true;
	for (i = 0; i < shard->options->n_endpoints; i++) {
		if (host->endpoints[i].host)
			endpoint_close(&host->endpoints[i]);
	}
	clients_close(host);
	shard->status |= host->guest.machine.status;
	/* Other threads may still send to it, so it is closed only when they can't. */
	if (!--shard->live)
		uv_unref((uv_handle_t *)&shard->wake);
}

/** host_guest_settle() - after anything that can end a guest: if it ended, so do its sockets */
void host_guest_settle(struct host_guest *host)
{
	if (host->guest.machine.exited && !host->ended)
		host_guest_end(host);
}

static void woken(uv_async_t *wake)
{
	struct shard *shard = wake->data;
	unsigned int i, storms = atomic_exchange(&shard->storms, 0);
	bool end = atomic_load(&shard->end);

	for (i = 0; i < shard->n; i++) {
		struct host_guest *host = &shard->guests[i];

		if (storms)
			guest_write(&host->guest, PVPANIC_PANICKED, "storm");
		if (end)
			machine_kill(&host->guest.machine);
		host_guest_settle(host);
	}
}

/**
 * shard_init() - prepare a shard, in main()'s thread
 * @shard: the shard
 * @options: the process's
 * @first: number of its first guest
 * @n: how many guests
 */
void shard_init(struct shard *shard, const struct options *options, unsigned int first,
		unsigned int n)
{
	*shard = (struct shard){ .options = options, .first = first, .n = n };
	uv_loop_init(&shard->loop);
	uv_async_init(&shard->loop, &shard->wake, woken);
	shard->wake.data = shard;
}

/**
 * shard_start() - open all sockets, in the shard's own thread
 * @shard: the shard; @error tells what went wrong, if anything did
 */
void shard_start(struct shard *shard)
{
	unsigned int i;

	shard->buffer = xcalloc(1, HOST_READ_BUFFER);
	shard->guests = xcalloc(shard->n, sizeof(*shard->guests));
	shard->live = shard->n;
	for (i = 0; i < shard->n; i++) {
		struct host_guest *host = &shard->guests[i];

		host->shard = shard;
		guest_init(&host->guest, shard->options, shard->first + i);
		host_guest_open(host, shard);
		if (shard->error.len)
			break;
	}
	if (!shard->error.len)
		return;

	/* The guests that weren't reached have no sockets to close. */
	shard->n = i + 1;
	shard->live = i + 1;
	for (i = 0; i < shard->n; i++)
		host_guest_end(&shard->guests[i]);
}

/** shard_run() - serve until the last guest ended */
void shard_run(struct shard *shard)
{
	uv_run(&shard->loop, UV_RUN_DEFAULT);
}

/** shard_free() - after shard_run(), when no other thread is left */
void shard_free(struct shard *shard)
{
	unsigned int i;

	uv_close((uv_handle_t *)&shard->wake, NULL);
	uv_run(&shard->loop, UV_RUN_DEFAULT);
	uv_loop_close(&shard->loop);
	for (i = 0; i < shard->n; i++)
		free(shard->guests[i].endpoints);
	free(shard->guests);
	free(shard->buffer);
	text_free(&shard->error);
}
