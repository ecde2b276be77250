// SPDX-License-Identifier: GPL-2.0-only
/*
 * QMP: what QEMU tells of its guest, and what it is asked.
 *
 * Only events that speak of the guest's life are kept for the judge, in the
 * form NAME or NAME:detail, where the detail is what tells one from another:
 * the action of a panic event, the reason of a shutdown.
 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static const struct {
	const char *name, *detail;
} kept[] = {
	{ "GUEST_PANICKED", "action" },
	{ "GUEST_CRASHLOADED", "action" },
	{ "GUEST_PVSHUTDOWN", "action" },
	{ "STOP", NULL },
	{ "RESUME", NULL },
	{ "RESET", "reason" },
	{ "SHUTDOWN", "reason" },
	{ "SUSPEND", NULL },
	{ "SUSPEND_DISK", NULL },
	{ "WAKEUP", NULL },
};

/*
 * What an event means for the guest's fate; STOP alone means nothing. A guest that
 * has gone to sleep is woken: its line ends by that.
 */
static void fate_of(struct guest *guest, const char *event)
{
	if (!strncmp(event, "GUEST_PANICKED", 14) || !strcmp(event, "STOP"))
		monitor_do(guest, "query-status");
	else if (!strcmp(event, "SUSPEND"))
		monitor_do(guest, "system_wakeup");
	else if (!strcmp(event, "SHUTDOWN:guest-reset") || !strcmp(event, "RESET:guest-reset"))
		steps_fate(guest, "reboots");
	else if (!strcmp(event, "SHUTDOWN:guest-shutdown"))
		steps_fate(guest, "poweroff");
	else if (!strcmp(event, "SHUTDOWN:guest-panic"))
		steps_fate(guest, "killed");
}

static void event(struct guest *guest, const json_t *message, const char *name)
{
	const json_t *data = json_object_get(message, "data");
	const char *detail = NULL;
	char *word;
	size_t i;

	if (guest->copying) {
		copy_event(guest, message, name);
		return;
	}
	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (!strcmp(kept[i].name, name))
			break;
	if (i == sizeof(kept) / sizeof(*kept))
		return;
	if (kept[i].detail)
		detail = json_string_value(json_object_get(data, kept[i].detail));
	word = detail ? format("%s:%s", name, detail) : format("%s", name);
	/* The reset that every machine starts with is not the guest's. */
	if (strcmp(word, "RESET:host-qmp-system-reset")) {
		words_add(&guest->events, word);
		fate_of(guest, word);
	}
	free(word);
}

/* The answer to query-status: the run state is polled as management software would. */
static void status(struct guest *guest, const char *state)
{
	if (guest->copying)
		copy_status(guest, state);
	else if (!strcmp(state, "guest-panicked"))
		steps_fate(guest, "paused");
	else if (!strcmp(state, "internal-error"))
		guest_trouble(guest, "QEMU: internal error");
	else if (!strcmp(state, "running") && guest->halted)
		steps_fate(guest, "halts");
	else if (!strcmp(state, "running") && guest->answered)
		steps_fate(guest, "runs");
}

/*
 * The answer to "xp", lines like "ff000000: 0x00 0x01". It is the last thing that
 * is asked of a guest.
 */
static void memory(struct guest *guest, const char *answer)
{
	struct words w = { 0 };
	size_t i;

	words_split(&w, answer, " \r\n");
	for (i = 0; i < w.n; i++)
		if (!strncmp(w.v[i], "0x", 2))
			words_add(&guest->memory, w.v[i] + 2);
	words_free(&w);
	guest_end(guest);
}

/**
 * monitor_heard() - take in one line from QEMU's monitor
 */
void monitor_heard(struct guest *guest, const char *line)
{
	json_error_t error;
	json_t *message = json_loads(line, 0, &error);
	const char *text;

	if (!message) {
		guest_trouble(guest, "QMP: no JSON: %s", error.text);
		return;
	}
	if (json_object_get(message, "QMP")) {
		monitor_do(guest, "qmp_capabilities");
		if (guest->copying)
			copy_load(guest);
	}
	text = json_string_value(json_object_get(message, "event"));
	if (text)
		event(guest, message, text);
	text = json_string_value(json_object_get(json_object_get(message, "return"), "status"));
	if (text)
		status(guest, text);
	if (json_object_get(message, "return"))
		steps_monitor(guest);
	text = json_string_value(json_object_get(message, "return"));
	if (text && guest->reading)
		memory(guest, text);
	if (json_object_get(message, "error"))
		guest_trouble(guest, "QMP: a command failed: %s", line);
	json_decref(message);
}

/**
 * monitor_do() - send a command
 * @command: its name, or a whole QMP object where it has arguments
 */
void monitor_do(struct guest *guest, const char *command)
{
	char *line;

	if (command[0] == '{')
		line = format("%s", command);
	else
		line = format("{\"execute\": \"%s\"}", command);
	guest_send(guest, TO_MONITOR, line);
	free(line);
}

/**
 * monitor_read_memory() - ask for bytes of the guest's physical memory, then end the guest
 */
void monitor_read_memory(struct guest *guest, const char *address, size_t bytes)
{
	char *command = format("{\"execute\": \"human-monitor-command\", \"arguments\": "
			       "{\"command-line\": \"xp /%zuxb %s\"}}", bytes, address);

	guest->reading = true;
	monitor_do(guest, command);
	free(command);
}
