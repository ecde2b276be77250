// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log shows afterwards what happened: every byte that a guest wrote, every event, every client
 * that connected, disconnected or was dropped.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <jansson.h>

#include "log.h"
#include "machine.h"

static FILE *log_file;

/**
 * log_open() - start logging
 * @path: the file, appended to
 *
 * Return: 0, or an errno.
 */
int log_open(const char *path)
{
	log_file = fopen(path, "ae");
	if (!log_file)
		return errno;
	/* A script that waits for a line must see it at once. */
	setvbuf(log_file, NULL, _IOLBF, 0);
	return 0;
}

/** log_close() - write what is still buffered, and close */
void log_close(void)
{
	if (log_file)
		fclose(log_file);
	log_file = NULL;
}

static void log_line(json_t *fields)
{
	struct timespec now;
	char *text;

	clock_gettime(CLOCK_REALTIME, &now);
	text = json_dumps(fields, JSON_EMBED | JSON_ENSURE_ASCII);
	if (text)
		fprintf(log_file, "{\"time\": %lld.%06ld, %s}\n", (long long)now.tv_sec,
			now.tv_nsec / 1000, text);
	free(text);
	json_decref(fields);
}

/** log_event() - an event was emitted */
void log_event(unsigned int guest, const struct machine_event *event)
{
	const char *why = event->cause == CAUSE_NONE ? NULL : cause_name(event->cause);

	if (!log_file)
		return;
	log_line(json_pack("{s:s, s:i, s:s, s:s*, s:s*}", "what", "event", "guest", guest, "event",
			   event->name, "action", event->action, "reason", why));
}

/**
 * log_port_write() - the guest wrote to the port
 * @guest: its number
 * @source: "qtest", "guest" or "storm"
 * @value: the byte
 * @ignored: bits that the device does not recognise
 */
void log_port_write(unsigned int guest, const char *source, uint8_t value, uint8_t ignored)
{
	if (!log_file)
		return;
	log_line(json_pack("{s:s, s:i, s:s, s:i}", "what", "write", "guest", guest, "source",
			   source, "value", value));
	if (ignored)
		log_line(json_pack("{s:s, s:i, s:i}", "what", "guest-error", "guest", guest,
				   "ignored-bits", ignored));
}

/**
 * log_client() - a client connected or disconnected
 * @guest: number of its guest
 * @what: "connect", "disconnect", "drop" or "accept-failed"
 * @protocol: its protocol's name
 * @why: the reason, or NULL
 */
void log_client(unsigned int guest, const char *what, const char *protocol, const char *why)
{
	if (!log_file)
		return;
	log_line(json_pack("{s:s, s:i, s:s, s:s*}", "what", what, "guest", guest, "protocol",
			   protocol, "why", why));
}

/** log_process() - the process itself: "ready", "storm", "end" */
void log_process(const char *what, unsigned int guests)
{
	if (log_file)
		log_line(json_pack("{s:s, s:i}", "what", what, "guests", guests));
}
