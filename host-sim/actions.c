// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU has the same words for a machine's actions in -action and in QMP's set-action, and so does
 * the simulator.
 */
#include <string.h>

#include "actions.h"

/* Each list of words is in the order of the enum in machine.h. */
static const struct {
	const char *name;
	const char *words[8];
} kinds[] = {
	{ "panic", { "pause", "shutdown", "exit-failure", "none" } },
	{ "shutdown", { "poweroff", "pause" } },
	{ "reboot", { "reset", "shutdown" } },
	/* There is no watchdog, but QEMU accepts its action without one too. */
	{ "watchdog", { "reset", "shutdown", "poweroff", "inject-nmi", "pause", "debug", "none" } },
};

/**
 * actions_words() - the words that an action may have
 * @name: the action, "panic" or another
 *
 * Return: the words, NULL after the last; NULL if there is no such action.
 */
const char *const *actions_words(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!strcmp(kinds[i].name, name))
			return kinds[i].words;
	}
	return NULL;
}

/**
 * actions_set() - change one action
 * @actions: the machine's actions
 * @name: which
 * @word: to what
 *
 * Return: 0, or -1 if there is no such action or it has no such word.
 */
int actions_set(struct machine_actions *actions, const char *name, const char *word)
{
	const char *const *words = actions_words(name);
	int i = 0;

	while (words && words[i] && strcmp(words[i], word))
		i++;
	if (!words || !words[i])
		return -1;
	if (words == kinds[0].words)
		actions->panic = i;
	else if (words == kinds[1].words)
		actions->shutdown = i;
	else if (words == kinds[2].words)
		actions->reboot = i;
	return 0;
}
