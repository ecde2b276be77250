/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The simulated guests on libuv: their sockets, their clients, the threads they live in.
 */
#ifndef HOST_SIM_HOST_H
#define HOST_SIM_HOST_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>
#include <uv.h>

#include "guest.h"
#include "options.h"
#include "text.h"

#define HOST_MAX_SHARDS        4
#define HOST_SPARE_DESCRIPTORS 64 /* for what is neither a socket of a guest nor a client */
#define HOST_READ_BUFFER       65536
#define CLIENT_MAX_QUEUE       (256 * 1024) /* bytes unread, beside the kernel's own buffer */

struct client;
struct host_guest;

/**
 * struct endpoint - one socket of one guest
 * @pipe: listens, if the specification says server
 * @host: its guest
 * @spec: what it is
 * @inode: of the socket that we made, 0 if none
 */
struct endpoint {
	uv_pipe_t pipe;
	struct host_guest *host;
	const struct endpoint_spec *spec;
	ino_t inode;
};

/**
 * struct host_guest - a guest and its sockets
 * @guest: the guest
 * @shard: where it lives
 * @endpoints: as many as the options have
 * @clients: who is connected
 * @ended: its sockets are closed
 */
struct host_guest {
	struct guest guest;
	struct shard *shard;
	struct endpoint *endpoints;
	struct client *clients;
	bool ended;
};

/**
 * struct shard - guests that share an event loop, a thread and a table of descriptors
 * @loop: its event loop
 * @wake: called when @storms or @end was set
 * @thread: its thread, but for shard 0, which is main()'s
 * @options: what the process was started with
 * @guests: its guests
 * @first: number of its first guest
 * @n: how many
 * @live: how many haven't ended
 * @status: exit status so far
 * @error: why it couldn't start, else empty
 * @storms: storms asked for
 * @end: end all guests
 * @buffer: what is read goes here first
 */
struct shard {
	uv_loop_t loop;
	uv_async_t wake;
	pthread_t thread;
	const struct options *options;
	struct host_guest *guests;
	unsigned int first;
	unsigned int n;
	unsigned int live;
	int status;
	struct text error;
	atomic_uint storms;
	atomic_bool end;
	char *buffer;
};

/* host.c */
int host_run(const struct options *options, struct text *error);

/* shard.c */
void shard_init(struct shard *shard, const struct options *options, unsigned int first,
		unsigned int n);
void shard_start(struct shard *shard);
void shard_run(struct shard *shard);
void shard_free(struct shard *shard);
void host_guest_settle(struct host_guest *host);

/* endpoint.c */
int endpoint_open(struct endpoint *endpoint, struct text *error);
void endpoint_close(struct endpoint *endpoint);

/* client.c */
int client_open(struct endpoint *endpoint, int fd);
int client_accept(struct endpoint *endpoint);
void clients_close(struct host_guest *host);

#endif
