// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest's sockets. libuv could bind them, but when it closes a socket it also unlinks the path,
 * even if another process has bound it in the meantime. That process must keep its socket.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "endpoint.h"
#include "log.h"

#define BACKLOG 128

static int make_address(struct endpoint *endpoint, struct sockaddr_un *address, struct text *error)
{
	struct text path = { 0 };
	int err = 0;

	text_expand(&path, endpoint->spec->path, endpoint->guest->index);
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (path.len < sizeof(address->sun_path)) {
		memcpy(address->sun_path, path.s, path.len + 1);
	} else {
		text_printf(error, "%s: a socket's path has at most %zu bytes, this has %zu",
			    path.s, sizeof(address->sun_path) - 1, path.len);
		err = -1;
	}
	text_free(&path);
	return err;
}

static int fail(const struct sockaddr_un *address, const char *what, struct text *error)
{
	text_printf(error, "%s: %s: %s", address->sun_path, what, strerror(errno));
	return -1;
}

static int new_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* Does a process listen there? A full backlog means yes. */
static bool is_live(const struct sockaddr_un *address)
{
	int fd = new_socket();
	bool live = false;

	if (fd < 0)
		return true;
	if (!connect(fd, (const struct sockaddr *)address, sizeof(*address)) || errno == EAGAIN)
		live = true;
	close(fd);
	return live;
}

static int replace_stale(int fd, const struct sockaddr_un *address, struct text *error)
{
	struct stat st;

	if (lstat(address->sun_path, &st) || !S_ISSOCK(st.st_mode)) {
		text_printf(error, "%s: exists and is no socket", address->sun_path);
		return -1;
	}
	if (is_live(address)) {
		text_printf(error, "%s: another process serves this socket", address->sun_path);
		return -1;
	}
	if (unlink(address->sun_path))
		return fail(address, "cannot replace the stale socket", error);
	if (bind(fd, (const struct sockaddr *)address, sizeof(*address)))
		return fail(address, "cannot listen", error);
	return 0;
}

static int bind_socket(int fd, const struct sockaddr_un *address, struct text *error)
{
	if (!bind(fd, (const struct sockaddr *)address, sizeof(*address)))
		return 0;
	if (errno == EADDRINUSE)
		return replace_stale(fd, address, error);
	return fail(address, "cannot listen", error);
}

static void connected(uv_stream_t *stream, int status)
{
	struct endpoint *endpoint = stream->data;

	if (!status)
		status = client_accept(&endpoint->clients, stream, endpoint->protocol,
				       endpoint->guest);
	if (status)
		log_client(endpoint->guest->index, "accept-failed", endpoint->protocol->name,
			   uv_strerror(status));
}

static int endpoint_listen(struct endpoint *endpoint, int fd, const struct sockaddr_un *address,
			   struct text *error)
{
	uv_stream_t *stream = (uv_stream_t *)&endpoint->pipe;
	struct stat st;
	int err;

	if (bind_socket(fd, address, error)) {
		close(fd);
		return -1;
	}
	if (!lstat(address->sun_path, &st))
		endpoint->inode = st.st_ino;
	err = uv_pipe_open(&endpoint->pipe, fd) ?: uv_listen(stream, BACKLOG, connected);
	if (err)
		text_printf(error, "%s: cannot listen: %s", address->sun_path, uv_strerror(err));
	return err;
}

static int endpoint_connect(struct endpoint *endpoint, int fd, const struct sockaddr_un *address,
			    struct text *error)
{
	int err;

	if (connect(fd, (const struct sockaddr *)address, sizeof(*address))) {
		fail(address, "cannot connect", error);
		close(fd);
		return -1;
	}
	err = client_open(&endpoint->clients, endpoint->pipe.loop, endpoint->protocol,
			  endpoint->guest, fd);
	if (err)
		text_printf(error, "%s: cannot connect: %s", address->sun_path, uv_strerror(err));
	return err;
}

/**
 * endpoint_open() - listen or connect
 * @endpoint: @guest, @spec and @protocol are set
 * @loop: the event loop
 * @error: why not
 *
 * Return: 0 or an error. endpoint_close() is due in both cases.
 */
int endpoint_open(struct endpoint *endpoint, uv_loop_t *loop, struct text *error)
{
	struct sockaddr_un address;
	int fd;

	uv_pipe_init(loop, &endpoint->pipe, 0);
	endpoint->pipe.data = endpoint;
	if (make_address(endpoint, &address, error))
		return -1;
	fd = new_socket();
	if (fd < 0)
		return fail(&address, "no socket", error);
	if (endpoint->spec->server)
		return endpoint_listen(endpoint, fd, &address, error);
	return endpoint_connect(endpoint, fd, &address, error);
}

/** endpoint_close() - disconnect the clients, and remove the socket if it is still ours */
void endpoint_close(struct endpoint *endpoint)
{
	struct text path = { 0 };
	struct stat st;

	clients_close(&endpoint->clients);
	uv_close((uv_handle_t *)&endpoint->pipe, NULL);
	text_expand(&path, endpoint->spec->path, endpoint->guest->index);
	if (endpoint->inode && !lstat(path.s, &st) && st.st_ino == endpoint->inode)
		unlink(path.s);
	text_free(&path);
}
