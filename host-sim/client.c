// SPDX-License-Identifier: GPL-2.0-only
/*
 * A connected client: bytes from it go to its protocol. Bytes to it are written at once if the
 * socket takes them, and queued otherwise. The queue is bounded: a client that does not read is
 * dropped, and no other client ever waits for it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "guest.h"
#include "log.h"

/**
 * struct client - one connection
 * @pipe: the socket
 * @entry: in its endpoint's clients
 * @why_closed: for the log, NULL if the client went by itself
 * @busy: its protocol handles input, and may still answer
 * @closing: close it as soon as it is not busy
 * @session: the protocol's session
 */
struct client {
	uv_pipe_t pipe;
	LIST_ENTRY(client) entry;
	const char *why_closed;
	bool busy;
	bool closing;
	max_align_t session[];
};

struct pending_write {
	uv_write_t request;
	char bytes[];
};

static struct client *client_of(struct session *session)
{
	return (struct client *)((char *)session - offsetof(struct client, session));
}

static struct session *session_of(struct client *client)
{
	return (struct session *)client->session;
}

static void closed(uv_handle_t *handle)
{
	struct client *client = handle->data;
	struct session *session = session_of(client);

	session->protocol->close(session);
	log_client(session->guest->index, client->why_closed ? "drop" : "disconnect",
		   session->protocol->name, client->why_closed);
	LIST_REMOVE(client, entry);
	free(client);
}

/* The client whose command ended the guest still gets the reply to that command. */
static void client_close(struct client *client, const char *why)
{
	if (!client->closing)
		client->why_closed = why;
	client->closing = true;
	if (!client->busy && !uv_is_closing((uv_handle_t *)&client->pipe))
		uv_close((uv_handle_t *)&client->pipe, closed);
}

void session_drop(struct session *session, const char *why)
{
	client_close(client_of(session), why);
}

static void written(uv_write_t *request, int status)
{
	struct client *client = request->handle->data;

	if (status < 0)
		client_close(client, NULL);
	free(request);
}

static void queue_write(struct client *client, const char *bytes, size_t len)
{
	struct pending_write *write = xcalloc(1, sizeof(*write) + len);
	uv_buf_t buf = uv_buf_init(write->bytes, len);

	memcpy(write->bytes, bytes, len);
	if (uv_write(&write->request, (uv_stream_t *)&client->pipe, &buf, 1, written)) {
		free(write);
		client_close(client, NULL);
	}
}

void session_send(struct session *session, const void *bytes, size_t len)
{
	struct client *client = client_of(session);
	uv_stream_t *stream = (uv_stream_t *)&client->pipe;
	uv_buf_t buf = uv_buf_init((char *)bytes, len);
	size_t queued = uv_stream_get_write_queue_size(stream);
	int n = 0;

	if (uv_is_closing((uv_handle_t *)stream))
		return;
	if (!queued)
		n = uv_try_write(stream, &buf, 1);
	if (n == UV_EAGAIN)
		n = 0;
	if (n < 0)
		client_close(client, NULL);
	else if (queued + len - n > CLIENT_MAX_QUEUE)
		client_close(client, "does not read");
	else if ((size_t)n < len)
		queue_write(client, buf.base + n, len - n);
}

/* One buffer serves all clients, because a protocol handles its bytes before the next read. */
static void get_buffer(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
	static char buffer[CLIENT_READ_BUFFER];

	(void)handle;
	(void)size;
	*buf = uv_buf_init(buffer, sizeof(buffer));
}

static void input(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
	struct client *client = stream->data;
	struct session *session = session_of(client);

	if (len > 0) {
		client->busy = true;
		session->protocol->input(session, buf->base, len);
		client->busy = false;
	}
	if (len < 0 || client->closing)
		client_close(client, NULL);
}

static struct client *client_new(uv_loop_t *loop, const struct protocol *protocol,
				 struct guest *guest)
{
	struct client *client = xcalloc(1, sizeof(*client) + protocol->size);

	session_of(client)->protocol = protocol;
	session_of(client)->guest = guest;
	uv_pipe_init(loop, &client->pipe, 0);
	client->pipe.data = client;
	return client;
}

static void free_client(uv_handle_t *handle)
{
	free(handle->data);
}

/* @err says whether the client has its socket. Without one, nobody ever hears of it. */
static int client_begin(struct clients *clients, struct client *client, int err)
{
	struct session *session = session_of(client);

	if (err) {
		uv_close((uv_handle_t *)&client->pipe, free_client);
		return err;
	}
	LIST_INSERT_HEAD(clients, client, entry);
	log_client(session->guest->index, "connect", session->protocol->name, NULL);
	session->protocol->open(session);
	err = uv_read_start((uv_stream_t *)&client->pipe, get_buffer, input);
	if (err)
		client_close(client, NULL);
	return err;
}

/**
 * client_open() - a client on a connected socket
 * @clients: joined by the client, until it is gone
 * @loop: the event loop
 * @protocol: what is spoken
 * @guest: whose client it is
 * @fd: the socket, taken over
 *
 * Return: 0 or a libuv error.
 */
int client_open(struct clients *clients, uv_loop_t *loop, const struct protocol *protocol,
		struct guest *guest, int fd)
{
	struct client *client = client_new(loop, protocol, guest);

	return client_begin(clients, client, uv_pipe_open(&client->pipe, fd));
}

/**
 * client_accept() - the client that waits at a listening socket
 * @clients: joined by the client, until it is gone
 * @listener: the listening socket
 * @protocol: what is spoken
 * @guest: whose client it is
 *
 * Return: 0 or a libuv error.
 */
int client_accept(struct clients *clients, uv_stream_t *listener, const struct protocol *protocol,
		  struct guest *guest)
{
	struct client *client = client_new(listener->loop, protocol, guest);

	return client_begin(clients, client, uv_accept(listener, (uv_stream_t *)&client->pipe));
}

/** clients_close() - disconnect all; one whose input is being handled gets its replies first */
void clients_close(struct clients *clients)
{
	struct client *client;

	LIST_FOREACH(client, clients, entry)
	client_close(client, NULL);
}
