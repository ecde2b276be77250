// SPDX-License-Identifier: GPL-2.0-only
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "qemu.h"

enum { FIRST_FD = 3, STREAMS_MAX = 8, LINE_BYTES_MAX = 8192 };

struct stream {
	struct qemu *qemu;
	uv_pipe_t pipe;
	int number;
	int fd;			/* in QEMU */
	int buffer;		/* bytes, 0 for the kernel's default */
	enum qemu_kind kind;
	bool open;
	char *line;
	size_t used;
	size_t size;
};

struct command {
	qemu_answer answer;	/* or NULL */
	void *user;
	struct command *next;
};

struct qemu {
	const struct qemu_ops *ops;
	void *user;
	char **argv;
	size_t argc;
	struct stream stream[STREAMS_MAX];
	int streams;
	uv_process_t process;
	uv_timer_t deadline;
	int handles;
	struct command *first;	/* what the monitor has not answered yet, in order */
	struct command **last;
	qemu_moved moved;	/* the state is being saved or loaded: who waits for that */
	int load_fd;
	bool running;
	int status;
	int signal;
};

static void *checked(void *p)
{
	if (!p)
		abort();
	return p;
}

static char *vformat(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		abort();
	return text;
}

static void add_word(struct qemu *q, char *word)
{
	/* One more for the end, which is NULL. */
	q->argv = checked(realloc(q->argv, (q->argc + 2) * sizeof(*q->argv)));
	q->argv[q->argc++] = word;
	q->argv[q->argc] = NULL;
}

/**
 * qemu_arg() - add one argument, which may contain white space
 */
void qemu_arg(struct qemu *q, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_word(q, vformat(fmt, args));
	va_end(args);
}

/**
 * qemu_args() - add arguments, with white space between them
 */
void qemu_args(struct qemu *q, const char *fmt, ...)
{
	va_list args;
	char *text, *rest, *word;

	va_start(args, fmt);
	text = rest = vformat(fmt, args);
	va_end(args);
	while ((word = strtok_r(rest, " \t\n", &rest)))
		add_word(q, checked(strdup(word)));
	free(text);
}

/**
 * qemu_stream() - add a stream
 * @number: QEMU_STREAM or more
 * @kind: of lines or of bytes
 * @buffer: bytes of kernel memory for what was not read yet, 0 for the default
 *
 * QEMU sends what a serial port prints character by character, and each takes 384 bytes
 * of @buffer (Linux 6.18).
 *
 * Return: the descriptor that QEMU will inherit, for -chardev socket,fd=...
 */
int qemu_stream(struct qemu *q, int number, enum qemu_kind kind, int buffer)
{
	struct stream *stream = &q->stream[q->streams];

	if (q->streams == STREAMS_MAX)
		abort();
	*stream = (struct stream){
		.qemu = q,
		.number = number,
		/* The first stream is the standard error. */
		.fd = q->streams ? FIRST_FD + q->streams - 1 : STDERR_FILENO,
		.buffer = buffer,
		.kind = kind,
		.size = LINE_BYTES_MAX,
		.line = checked(malloc(LINE_BYTES_MAX + 1)),
	};
	q->streams++;
	return stream->fd;
}

/**
 * qemu_new_plain() - a program that is not started yet and that has no stream except stderr
 * @user: handed to every callback
 *
 * qemu_args() adds the program and its arguments. Use it for a QEMU, or for the simulator,
 * whose sockets the test opens itself.
 */
struct qemu *qemu_new_plain(const struct qemu_ops *ops, void *user)
{
	struct qemu *q = checked(calloc(1, sizeof(*q)));

	q->ops = ops;
	q->user = user;
	q->last = &q->first;
	q->load_fd = -1;
	qemu_stream(q, QEMU_STDERR, QEMU_LINES, 0);
	qemu_args(q, "setpriv --pdeathsig KILL --");
	return q;
}

/**
 * qemu_new() - a QEMU that is not started yet
 * @user: handed to every callback
 * @program: its name or path, or several words, for example to run it in a chroot
 *
 * It has a monitor, and otherwise nothing that qemu_args() does not add.
 */
struct qemu *qemu_new(const struct qemu_ops *ops, void *user, const char *program)
{
	struct qemu *q = qemu_new_plain(ops, user);

	qemu_args(q, "%s -nodefaults -no-user-config -display none "
		  "-chardev socket,id=qmp,fd=%d -mon chardev=qmp,mode=control", program,
		  qemu_stream(q, QEMU_QMP, QEMU_LINES, 0));
	return q;
}

/**
 * qemu_command_line() - the arguments as one string, to be freed
 */
char *qemu_command_line(const struct qemu *q)
{
	size_t i, bytes = 1;
	char *line, *end;

	for (i = 0; i < q->argc; i++)
		bytes += strlen(q->argv[i]) + 1;
	line = end = checked(malloc(bytes));
	for (i = 0; i < q->argc; i++)
		end += sprintf(end, "%s%s", i ? " " : "", q->argv[i]);
	return line;
}

static struct stream *find(struct qemu *q, int number)
{
	int i;

	for (i = 0; i < q->streams; i++)
		if (q->stream[i].number == number)
			return &q->stream[i];
	return NULL;
}

static void written(uv_write_t *write, int status)
{
	(void)status;	/* if QEMU has gone, over() says so */
	free(write->data);
	free(write);
}

/**
 * qemu_send() - send a line on a stream
 * @line: without its end
 */
void qemu_send(struct qemu *q, int stream, const char *line)
{
	struct stream *to = find(q, stream);
	uv_write_t *write;
	uv_buf_t buf;
	char *text;

	if (!to || !to->open)
		return;
	if (q->ops->sent)
		q->ops->sent(q->user, stream, line);
	write = checked(calloc(1, sizeof(*write)));
	if (asprintf(&text, "%s\n", line) < 0)
		abort();
	write->data = text;
	buf = uv_buf_init(text, strlen(text));
	if (uv_write(write, (uv_stream_t *)&to->pipe, &buf, 1, written))
		written(write, -1);
}

/* The monitor answers in the order in which it was asked. */
static void command(struct qemu *q, qemu_answer answer, void *user, const char *text)
{
	struct command *command = checked(calloc(1, sizeof(*command)));
	char line[128];

	command->answer = answer;
	command->user = user;
	*q->last = command;
	q->last = &command->next;
	snprintf(line, sizeof(line), "{\"execute\": \"%s\"}", text);
	qemu_send(q, QEMU_QMP, text[0] == '{' ? text : line);
}

/**
 * qemu_command() - tell the monitor something
 * @answer: called with the value that it returns, if it does; or NULL
 * @fmt: the command's name, or a whole QMP object if the command takes arguments
 */
void qemu_command(struct qemu *q, qemu_answer answer, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = vformat(fmt, args);
	va_end(args);
	command(q, answer, q->user, text);
	free(text);
}

static void fail(struct qemu *q, const char *what, const char *which)
{
	char why[512];

	if (!q->ops->failed)
		return;
	snprintf(why, sizeof(why), "QMP: %s: %s", what, which);
	q->ops->failed(q->user, why);
}

static void answered(struct qemu *q, const json_t *value)
{
	struct command *command = q->first;
	qemu_answer answer;
	void *user;

	if (!command)
		return;
	answer = command->answer;
	user = command->user;
	q->first = command->next;
	if (!q->first)
		q->last = &q->first;
	free(command);
	if (value && answer)
		answer(user, value);
}

static void move_state(struct qemu *q, const char *how, const char *direction, int fd)
{
	char line[256];

	/* Another process reads the descriptor by its name in /proc. */
	snprintf(line, sizeof(line), "{\"execute\": \"%s\", \"arguments\": {\"uri\": "
		 "\"exec:cat %s/proc/%d/fd/%d\"}}", how, direction, getpid(), fd);
	command(q, NULL, q, line);
}

/**
 * qemu_save() - write the machine's state to a file, and then let it go on
 * @fd: the file, empty; qemu_load() takes the same
 * @done: called when the machine goes on
 *
 * Until then no event is reported.
 */
void qemu_save(struct qemu *q, int fd, qemu_moved done)
{
	q->moved = done;
	command(q, NULL, q, "{\"execute\": \"migrate-set-capabilities\", \"arguments\": "
		"{\"capabilities\": [{\"capability\": \"events\", \"state\": true}]}}");
	command(q, NULL, q, "{\"execute\": \"migrate-set-parameters\", \"arguments\": "
		"{\"max-bandwidth\": 100000000000}}");
	move_state(q, "migrate", ">", fd);
}

/**
 * qemu_load() - have QEMU begin with a saved state; to be called before qemu_start()
 * @fd: what qemu_save() has written, of a QEMU with the same arguments
 * @done: called when the machine goes on
 *
 * Until then no event is reported.
 */
void qemu_load(struct qemu *q, int fd, qemu_moved done)
{
	q->moved = done;
	q->load_fd = fd;
	qemu_args(q, "-incoming defer");
}

static void moved(struct qemu *q)
{
	qemu_moved done = q->moved;

	q->moved = NULL;
	q->load_fd = -1;	/* a machine that was loaded can be saved */
	done(q->user);
}

/* After "completed" QEMU refuses "cont" until its run state is "postmigrate". */
static void saved(void *user, const json_t *value)
{
	const char *status = json_string_value(json_object_get(value, "status"));
	struct qemu *q = user;

	if (status && !strcmp(status, "postmigrate"))
		command(q, NULL, q, "cont");
	else
		command(q, saved, q, "query-status");
}

static void event_while_moving(struct qemu *q, const char *name, const json_t *data)
{
	const char *status = json_string_value(json_object_get(data, "status"));

	if (!strcmp(name, "RESUME"))
		moved(q);
	else if (q->load_fd >= 0 || strcmp(name, "MIGRATION") || !status)
		return;
	else if (!strcmp(status, "completed"))
		command(q, saved, q, "query-status");
	else if (!strcmp(status, "failed"))
		fail(q, "the machine's state can't be saved", name);
}

static void qmp_line(struct qemu *q, const char *line)
{
	json_error_t error;
	json_t *message = json_loads(line, 0, &error);
	const char *event = json_string_value(json_object_get(message, "event"));
	const json_t *value = json_object_get(message, "return");

	if (!message) {
		fail(q, "no JSON", error.text);
	} else if (event && q->moved) {
		event_while_moving(q, event, json_object_get(message, "data"));
	} else if (event) {
		if (q->ops->event)
			q->ops->event(q->user, event, json_object_get(message, "data"));
	} else if (value) {
		answered(q, value);
	} else if (json_object_get(message, "error")) {
		answered(q, NULL);
		fail(q, "a command failed", line);
	}
	json_decref(message);
}

static void line_ended(struct stream *stream)
{
	struct qemu *q = stream->qemu;
	char *c;

	stream->line[stream->used] = '\0';
	stream->used = 0;
	for (c = stream->line; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	if (!stream->line[0])
		return;
	if (q->ops->line)
		q->ops->line(q->user, stream->number, stream->line);
	if (stream->number == QEMU_QMP)
		qmp_line(q, stream->line);
}

/* A message of the monitor may be as long as it likes; other lines are cut. */
static void make_room(struct stream *stream)
{
	if (stream->used < stream->size)
		return;
	if (stream->number != QEMU_QMP) {
		line_ended(stream);
		return;
	}
	stream->size *= 2;
	stream->line = checked(realloc(stream->line, stream->size + 1));
}

static void take(struct stream *stream, const char *bytes, size_t n)
{
	struct qemu *q = stream->qemu;
	size_t i;

	for (i = 0; i < n; i++) {
		if (stream->kind == QEMU_BYTES) {
			if (q->ops->byte)
				q->ops->byte(q->user, stream->number, bytes[i]);
		} else if (bytes[i] == '\n') {
			line_ended(stream);
		} else if (bytes[i] != '\r') {
			make_room(stream);
			stream->line[stream->used++] = bytes[i];
		}
	}
}

static void closed(uv_handle_t *handle)
{
	struct qemu *q = handle->data;

	if (--q->handles == 0)
		q->ops->over(q->user, q->status, q->signal);
}

static void close_handle(struct qemu *q, void *handle)
{
	((uv_handle_t *)handle)->data = q;
	uv_close(handle, closed);
}

static void buffer(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	static char bytes[65536];

	(void)handle;
	(void)hint;
	*buf = uv_buf_init(bytes, sizeof(bytes));
}

static void readable(uv_stream_t *pipe, ssize_t n, const uv_buf_t *buf)
{
	struct stream *stream = pipe->data;

	if (n > 0) {
		take(stream, buf->base, n);
	} else if (n < 0) {
		if (stream->used)
			line_ended(stream);
		stream->open = false;
		close_handle(stream->qemu, pipe);
	}
}

static void read_all(struct qemu *q)
{
	int i;

	for (i = 0; i < q->streams; i++)
		if (q->stream[i].open)
			uv_read_start((uv_stream_t *)&q->stream[i].pipe, buffer, readable);
}

/**
 * qemu_stop_reading() - a stream is not read until QEMU has ended: QEMU's end of it fills up
 */
void qemu_stop_reading(struct qemu *q, int stream)
{
	struct stream *unread = find(q, stream);

	if (unread && unread->open)
		uv_read_stop((uv_stream_t *)&unread->pipe);
}

static void exited(uv_process_t *process, int64_t status, int signal)
{
	struct qemu *q = process->data;

	q->running = false;
	q->status = status;
	q->signal = signal;
	read_all(q);
	uv_timer_stop(&q->deadline);
	close_handle(q, &q->deadline);
	close_handle(q, &q->process);
}

static void late(uv_timer_t *timer)
{
	struct qemu *q = timer->data;

	if (q->ops->late)
		q->ops->late(q->user);
}

/* Returns QEMU's end. */
static int open_stream(struct stream *stream)
{
	uv_os_sock_t fds[2];

	if (uv_socketpair(SOCK_STREAM, 0, fds, UV_NONBLOCK_PIPE, 0))
		return -1;
	if (stream->buffer && setsockopt(fds[1], SOL_SOCKET, SO_SNDBUFFORCE, &stream->buffer,
					 sizeof(stream->buffer)))
		setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &stream->buffer, sizeof(stream->buffer));
	uv_pipe_init(uv_default_loop(), &stream->pipe, 0);
	uv_pipe_open(&stream->pipe, fds[0]);
	stream->pipe.data = stream;
	return fds[1];
}

static int spawn(struct qemu *q)
{
	uv_stdio_container_t stdio[FIRST_FD + STREAMS_MAX] = { { .flags = UV_IGNORE } };
	uv_process_options_t options = {
		.exit_cb = exited,
		.file = q->argv[0],
		.args = q->argv,
		.stdio = stdio,
		.stdio_count = FIRST_FD + q->streams - 1,
	};
	int i, fd, error;

	for (i = 0; i < q->streams; i++) {
		fd = open_stream(&q->stream[i]);
		if (fd < 0) {
			fprintf(stderr, "no socket for a QEMU; see: ulimit -n\n");
			return -1;
		}
		stdio[q->stream[i].fd] = (uv_stdio_container_t){ UV_INHERIT_FD, { .fd = fd } };
	}
	error = uv_spawn(uv_default_loop(), &q->process, &options);
	for (i = 0; i < q->streams; i++)
		close(stdio[q->stream[i].fd].data.fd);
	if (error)
		fprintf(stderr, "%s: %s\n", q->argv[0], uv_strerror(error));
	return error ? -1 : 0;
}

/**
 * qemu_deadline() - a new deadline
 * @seconds: from now
 */
void qemu_deadline(struct qemu *q, unsigned int seconds)
{
	if (!q->running)
		return;
	/* The loop may not have run for a while. */
	uv_update_time(uv_default_loop());
	uv_timer_start(&q->deadline, late, 1000 * (uint64_t)seconds, 0);
}

/**
 * qemu_kill() - send a signal
 */
void qemu_kill(struct qemu *q, int signal)
{
	if (q->running)
		uv_process_kill(&q->process, signal);
}

/** qemu_pid() - its process, once it was started */
int qemu_pid(const struct qemu *q)
{
	return q->process.pid;
}

/**
 * qemu_start() - start it
 * @seconds: its deadline
 *
 * Return: 0, or -1 after a complaint on stderr.
 */
int qemu_start(struct qemu *q, unsigned int seconds)
{
	int i;

	q->process.data = q;
	uv_timer_init(uv_default_loop(), &q->deadline);
	q->deadline.data = q;
	if (spawn(q))
		return -1;
	q->running = true;
	q->handles = q->streams + 2;
	for (i = 0; i < q->streams; i++)
		q->stream[i].open = true;
	read_all(q);
	qemu_deadline(q, seconds);
	if (find(q, QEMU_QMP))
		command(q, NULL, q, "qmp_capabilities");
	if (q->load_fd >= 0)
		move_state(q, "migrate-incoming", "<", q->load_fd);
	return 0;
}

/**
 * qemu_end() - kill it. What it wrote before is still read and reported.
 */
void qemu_end(struct qemu *q)
{
	qemu_kill(q, SIGKILL);
	q->running = false;
}

/**
 * qemu_free() - to be called when it is over, or was never started
 */
void qemu_free(struct qemu *q)
{
	size_t i;

	while (q->first)
		answered(q, NULL);
	for (i = 0; i < (size_t)q->streams; i++)
		free(q->stream[i].line);
	for (i = 0; i < q->argc; i++)
		free(q->argv[i]);
	free(q->argv);
	free(q);
}
