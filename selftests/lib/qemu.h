/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A QEMU process that a test starts: its arguments, the streams between both, its
 * monitor (QMP), its deadline and its end. What happens is reported by callbacks, from
 * libuv's default loop. Nothing here knows what a test is about.
 *
 * Every stream is a socket pair that QEMU inherits, so there are no paths to clean up.
 * The process ends with the test's own (PDEATHSIG), whatever becomes of that.
 */
#ifndef PVPANIC_QEMU_H
#define PVPANIC_QEMU_H

#include <jansson.h>
#include <stdint.h>

struct qemu;

/* Streams by number. A test numbers its own ones from QEMU_STREAM on. */
enum { QEMU_STDERR, QEMU_QMP, QEMU_STREAM };
enum qemu_kind { QEMU_LINES, QEMU_BYTES };

/* Every callback but over() may be NULL. */
struct qemu_ops {
	/* A line came, without its end; a byte that is not printable ASCII is a "?". */
	void (*line)(void *user, int stream, const char *line);
	/* A byte came on a stream of bytes. */
	void (*byte)(void *user, int stream, uint8_t byte);
	/* A line was sent. */
	void (*sent)(void *user, int stream, const char *line);
	void (*event)(void *user, const char *name, const json_t *data);
	/* The monitor did not do as it was told. */
	void (*failed)(void *user, const char *why);
	/* The deadline has passed. QEMU goes on until qemu_end() is called. */
	void (*late)(void *user);
	/* QEMU has ended, and its streams were read to their ends. The last callback. */
	void (*over)(void *user, int status, int signal);
};

typedef void (*qemu_answer)(void *user, const json_t *value);
typedef void (*qemu_moved)(void *user);

struct qemu *qemu_new_plain(const struct qemu_ops *ops, void *user);
struct qemu *qemu_new(const struct qemu_ops *ops, void *user, const char *program);
void qemu_arg(struct qemu *q, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void qemu_args(struct qemu *q, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int qemu_stream(struct qemu *q, int number, enum qemu_kind kind, int buffer);
char *qemu_command_line(const struct qemu *q);
int qemu_start(struct qemu *q, unsigned int seconds);
void qemu_deadline(struct qemu *q, unsigned int seconds);
void qemu_kill(struct qemu *q, int signal);
int qemu_pid(const struct qemu *q);

void qemu_send(struct qemu *q, int stream, const char *line);
void qemu_stop_reading(struct qemu *q, int stream);
void qemu_command(struct qemu *q, qemu_answer answer, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void qemu_save(struct qemu *q, int fd, qemu_moved done);
void qemu_load(struct qemu *q, int fd, qemu_moved done);
void qemu_end(struct qemu *q);
void qemu_free(struct qemu *q);

#endif
