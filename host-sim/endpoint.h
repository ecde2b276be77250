/* SPDX-License-Identifier: GPL-2.0-only */
/* One socket of one guest. */
#ifndef HOST_SIM_ENDPOINT_H
#define HOST_SIM_ENDPOINT_H

#include <sys/types.h>

#include "client.h"
#include "guest.h"

/**
 * struct endpoint - one socket of one guest
 * @pipe: listens, if the specification says server
 * @guest: whose it is
 * @spec: what it is
 * @protocol: what is spoken on it
 * @inode: of the socket that we made, 0 if none
 * @clients: who is connected
 */
struct endpoint {
	uv_pipe_t pipe;
	struct guest *guest;
	const struct endpoint_spec *spec;
	const struct protocol *protocol;
	ino_t inode;
	struct clients clients;
};

int endpoint_open(struct endpoint *endpoint, uv_loop_t *loop, struct text *error);
void endpoint_close(struct endpoint *endpoint);

#endif
