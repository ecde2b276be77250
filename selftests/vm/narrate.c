// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to one guest, told to a person as it happens: what matters to somebody who
 * has never seen it, with times, and one plain sentence at the end.
 */
#include <stdio.h>
#include <string.h>

#include "report.h"

/* Lines by a part of them; each is told once. */
static const struct {
	enum source source;
	const char *part, *words;
} told[] = {
	{ FROM_CONSOLE, "Linux version", "its kernel starts" },
	{ FROM_CONSOLE, "ACPI: Core revision", "its kernel reads the firmware's tables" },
	{ FROM_CONSOLE, "Run /init", "its kernel is up and starts the first process" },
	{ FROM_GUEST, "up ", "the guest is up:" },
	{ FROM_CONSOLE, ": armed: ", "the driver is armed:" },
	{ FROM_BENCH, "trigger: ", "the guest is made to panic: echo c >/proc/sysrq-trigger" },
	{ FROM_CONSOLE, "Kernel panic - not syncing", "the guest's console:" },
	{ FROM_QEMU, "name 'pvpanic'", "the byte at the register:" },
	{ FROM_MONITOR, "\"GUEST_PANICKED\"", "the host's event (QMP):" },
	{ FROM_MONITOR, "\"status\": \"guest-panicked\"", "the host's run state (QMP):" },
	{ FROM_BENCH, "outcome: reboots", "let go on by the host, the guest reboots" },
};

enum { TOLD = sizeof(told) / sizeof(*told), EVENT = 8 };

static double when[TOLD];

static void tell(const struct entry *entry, const char *words)
{
	const char *text = entry->text;
	unsigned int port, value;
	const char *address;

	if (entry->source == FROM_CONSOLE && text[0] == '[' && strchr(text, ']'))
		text = strchr(text, ']') + 2;
	printf("%7.3f s  %s", entry->ms / 1e3, words);
	address = strstr(text, " addr ");
	if (entry->source == FROM_QEMU && address &&
	    sscanf(address, " addr %x value %x", &port, &value) == 2)
		printf(" 0x%02x written to 0x%x", value, port);
	else if (words[strlen(words) - 1] == ':')
		printf(" %s", text);
	putchar('\n');
	fflush(stdout);
}

/** narrate() - a trace_listener for a person at a terminal */
void narrate(const struct trace *trace, const struct entry *entry)
{
	int i;

	if (trace->n == 1) {
		memset(when, 0, sizeof(when));
		printf("  0.000 s  a guest is started, under QEMU\n");
		fflush(stdout);
	}
	for (i = 0; i < TOLD; i++) {
		if (told[i].source != entry->source || when[i] ||
		    !strstr(entry->text, told[i].part))
			continue;
		when[i] = entry->ms;
		tell(entry, told[i].words);
	}
}

/** narrate_verdict() - the last sentence */
void narrate_verdict(const struct record *record, const struct verdict *verdict)
{
	putchar('\n');
	if (verdict->good)
		printf("The guest panicked, and %.0f ms after it was told to, its host knew.\n",
		       when[EVENT] - record->trigger_ms);
	else
		printf("The host was not told as it should have been: %s.\n", verdict->reason);
}
