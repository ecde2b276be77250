// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line, one word in each line of the input. Either the options are usable afterwards,
 * or there is an error message.
 */
#include <string.h>

#include "fuzz.h"
#include "options.h"

#define MAX_WORDS 64

static void check_options(const struct options *o)
{
	unsigned int i;

	if (o->help || o->version)
		return;
	FUZZ_CHECK(o->compat && o->guests >= 1 && o->n_endpoints >= 1);
	for (i = 0; i < o->n_endpoints; i++)
		FUZZ_CHECK(*o->endpoints[i].path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = xcalloc(1, size + 1), *at = copy, *argv[MAX_WORDS + 2] = { "pvpanic-sim" };
	struct text error = { 0 };
	struct options options;
	int argc = 1;

	memcpy(copy, data, size);
	while (at && argc <= MAX_WORDS)
		argv[argc++] = strsep(&at, "\n");
	if (options_parse(&options, argc, argv, &error))
		FUZZ_CHECK(error.len > 0);
	else
		check_options(&options);
	options_free(&options);
	text_free(&error);
	free(copy);
	return 0;
}
