// SPDX-License-Identifier: GPL-2.0-only
/*
 * qtest: lines in, lines out, as in QEMU's system/qtest.c, so that QEMU's own device tests can
 * read and write the device's port. Every other port reads as ones.
 *
 * QEMU aborts at a bad number or a missing word. The simulator answers FAIL instead, because one
 * client's mistake must not end the other guests.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "guest.h"
#include "qtest.h"

#define MAX_WORDS 8

/**
 * struct qtest_session - one qtest client
 * @base: the session
 * @line: the current line so far
 * @opened: when, in seconds of CLOCK_MONOTONIC, for the log
 */
struct qtest_session {
	struct session base;
	struct text line;
	double opened;
};

static FILE *qtest_log;

/**
 * qtest_log_open() - log the conversation as QEMU's -qtest-log does
 * @path: the file, or "none"
 *
 * Return: 0, or an errno.
 */
int qtest_log_open(const char *path)
{
	if (!strcmp(path, "none"))
		return 0;
	qtest_log = fopen(path, "w+e");
	return qtest_log ? 0 : errno;
}

/** qtest_log_close() - write what is still buffered, and close */
void qtest_log_close(void)
{
	if (qtest_log)
		fclose(qtest_log);
	qtest_log = NULL;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static struct qtest_session *qtest_session(struct session *session)
{
	return (struct qtest_session *)session;
}

static void reply(struct qtest_session *qtest, const char *text)
{
	session_send(&qtest->base, text, strlen(text));
	if (qtest_log)
		fprintf(qtest_log, "[S +%.06f] %s", now() - qtest->opened, text);
}

static void reply_fail(struct qtest_session *qtest, const char *why, const char *word)
{
	struct text text = { 0 };

	text_printf(&text, "FAIL %s '%s'\n", why, word);
	reply(qtest, text.s);
	text_free(&text);
}

/* A number as QEMU's qemu_strtoul() reads it: the whole word, decimal, octal or hex. */
static bool parse_number(struct qtest_session *qtest, const char *word, unsigned long max,
			 unsigned long *value)
{
	char *end;

	if (word) {
		errno = 0;
		*value = strtoul(word, &end, 0);
		if (!errno && end != word && !*end && *value <= max)
			return true;
	}
	reply_fail(qtest, "Not a number here:", word ?: "");
	return false;
}

/* Bytes of an access: the last letter of outb, inw, inl, ... */
static unsigned int access_size(const char *command)
{
	char letter = command[strlen(command) - 1];

	return letter == 'b' ? 1 : letter == 'w' ? 2 : 4;
}

/*
 * QEMU's device takes single bytes. QEMU cuts a wider access that begins at its port into bytes,
 * and all of them go to the device. An access that begins elsewhere does not reach it.
 */
static void out(struct qtest_session *qtest, char **words)
{
	struct guest *guest = qtest->base.guest;
	unsigned long port, value;
	unsigned int i;

	if (!parse_number(qtest, words[1], UINT16_MAX, &port) ||
	    !parse_number(qtest, words[2], ULONG_MAX, &value))
		return;
	for (i = 0; port == guest->device.port && i < access_size(words[0]); i++)
		guest_write(guest, value >> (8 * i), "qtest");
	reply(qtest, "OK\n");
}

static void in(struct qtest_session *qtest, char **words)
{
	const struct device *device = &qtest->base.guest->device;
	uint32_t ones = UINT32_MAX >> (32 - 8 * access_size(words[0]));
	uint32_t value = ones;
	unsigned long port;
	char text[32];

	if (!parse_number(qtest, words[1], UINT16_MAX, &port))
		return;
	if (port == device->port)
		value = (0x01010101u * device_read(device)) & ones;
	snprintf(text, sizeof(text), "OK 0x%04x\n", value);
	reply(qtest, text);
}

static void run_line(struct qtest_session *qtest, char *line)
{
	char *words[MAX_WORDS + 1] = { NULL }, *at = line;
	int n = 0;

	if (qtest_log)
		fprintf(qtest_log, "[R +%.06f] %s\n", now() - qtest->opened, line);
	while (n < MAX_WORDS && at)
		words[n++] = strsep(&at, " ");

	if (!strcmp(words[0], "outb") || !strcmp(words[0], "outw") || !strcmp(words[0], "outl"))
		out(qtest, words);
	else if (!strcmp(words[0], "inb") || !strcmp(words[0], "inw") || !strcmp(words[0], "inl"))
		in(qtest, words);
	else if (!strcmp(words[0], "endianness"))
		reply(qtest, "OK little\n");
	else
		reply_fail(qtest, "Unknown command", words[0]);
}

static void qtest_input(struct session *session, const char *bytes, size_t len)
{
	struct qtest_session *qtest = qtest_session(session);
	char *newline;

	text_add(&qtest->line, bytes, len);
	while (qtest->line.len && !session->guest->machine.exited) {
		newline = memchr(qtest->line.s, '\n', qtest->line.len);
		if (!newline)
			break;
		*newline = 0;
		run_line(qtest, qtest->line.s);
		text_drop(&qtest->line, newline + 1 - qtest->line.s);
	}
	if (qtest->line.len > QTEST_MAX_LINE)
		session_drop(session, "line too long");
}

static void qtest_open(struct session *session)
{
	struct qtest_session *qtest = qtest_session(session);

	qtest->opened = now();
	if (qtest_log)
		fprintf(qtest_log, "[I %.06f] OPENED\n", 0.0);
}

static void qtest_close(struct session *session)
{
	struct qtest_session *qtest = qtest_session(session);

	text_free(&qtest->line);
	if (qtest_log)
		fprintf(qtest_log, "[I +%.06f] CLOSED\n", now() - qtest->opened);
}

const struct protocol qtest_protocol = {
	.name = "qtest",
	.size = sizeof(struct qtest_session),
	.open = qtest_open,
	.input = qtest_input,
	.close = qtest_close,
};
