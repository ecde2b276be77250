// SPDX-License-Identifier: GPL-2.0-only
/*
 * A connected client: bytes from it go to its protocol, bytes to it are written at once if they
 * can be, else queued. The queue is bounded: a client that doesn't read is dropped, and nobody
 * else ever waits for it.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "log.h"

struct client {
	uv_pipe_t pipe;
	struct host_guest *host;
	struct client *next;
	const char *why_closed;
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

static void unlink_client(struct client *client)
{
	struct client **link = &client->host->clients;

	while (*link && *link != client)
		link = &(*link)->next;
	if (*link)
		*link = client->next;
}

static void closed(uv_handle_t *handle)
{
	struct client *client = handle->data;
	struct session *session = session_of(client);
	unsigned int guest = client->host->guest.index;

	if (session->guest) {
		session->protocol->close(session);
		log_client(guest, client->why_closed ? "drop" : "disconnect",
			   session->protocol->name, client->why_closed);
		unlink_client(client);
	}
	free(client);
}

static void client_close(struct client *client, const char *why)
{
	if (uv_is_closing((uv_handle_t *)&client->pipe))
		return;
	client->why_closed = why;
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
	struct pending_write *write = malloc(sizeof(*write) + len);
	uv_buf_t buf;

	if (!write) {
		client_close(client, "out of memory");
		return;
	}
	memcpy(write->bytes, bytes, len);
	buf = uv_buf_init(write->bytes, len);
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

static void get_buffer(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
	struct client *client = handle->data;

	(void)size;
	*buf = uv_buf_init(client->host->shard->buffer, HOST_READ_BUFFER);
}

static void input(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
	struct client *client = stream->data;
	struct session *session = session_of(client);

	if (len < 0) {
		client_close(client, NULL);
		return;
	}
	session->protocol->input(session, buf->base, len);
	host_guest_settle(client->host);
}

static struct client *client_new(struct endpoint *endpoint)
{
	const struct protocol *protocol = endpoint->spec->protocol;
	struct client *client = xcalloc(1, sizeof(*client) + protocol->size);

	client->host = endpoint->host;
	session_of(client)->protocol = protocol;
	uv_pipe_init(&endpoint->host->shard->loop, &client->pipe, 0);
	client->pipe.data = client;
	return client;
}

/* From here on the guest knows the session. */
static int client_begin(struct client *client)
{
	struct session *session = session_of(client);

	client->next = client->host->clients;
	client->host->clients = client;
	session->guest = &client->host->guest;
	log_client(session->guest->index, "connect", session->protocol->name, NULL);
	session->protocol->open(session);
	return uv_read_start((uv_stream_t *)&client->pipe, get_buffer, input);
}

/**
 * client_open() - a client on a connected socket
 * @endpoint: what is spoken there
 * @fd: the socket, taken over
 *
 * Return: 0 or a libuv error.
 */
int client_open(struct endpoint *endpoint, int fd)
{
	struct client *client = client_new(endpoint);
	int err = uv_pipe_open(&client->pipe, fd);

	if (!err)
		err = client_begin(client);
	if (err)
		client_close(client, NULL);
	return err;
}

/**
 * client_accept() - the client that waits at a listening socket
 * @endpoint: which
 *
 * Return: 0 or a libuv error.
 */
int client_accept(struct endpoint *endpoint)
{
	struct client *client = client_new(endpoint);
	int err = uv_accept((uv_stream_t *)&endpoint->pipe, (uv_stream_t *)&client->pipe);

	if (!err)
		err = client_begin(client);
	if (err)
		client_close(client, NULL);
	return err;
}

/** clients_close() - the guest is gone, and so are its clients */
void clients_close(struct host_guest *host)
{
	struct client *client;

	for (client = host->clients; client; client = client->next)
		client_close(client, NULL);
}
