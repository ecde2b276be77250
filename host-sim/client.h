/* SPDX-License-Identifier: GPL-2.0-only */
/* A connected client of a guest's socket. */
#ifndef HOST_SIM_CLIENT_H
#define HOST_SIM_CLIENT_H

#include <sys/queue.h>
#include <uv.h>

#include "session.h"

#define CLIENT_READ_BUFFER 65536
#define CLIENT_MAX_QUEUE   (256 * 1024) /* bytes unread, on top of the kernel's own buffer */

LIST_HEAD(clients, client);

int client_open(struct clients *clients, uv_loop_t *loop, const struct protocol *protocol,
		struct guest *guest, int fd);
int client_accept(struct clients *clients, uv_stream_t *listener, const struct protocol *protocol,
		  struct guest *guest);
void clients_close(struct clients *clients);

#endif
