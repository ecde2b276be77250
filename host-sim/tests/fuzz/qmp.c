// SPDX-License-Identifier: GPL-2.0-only
/*
 * QMP input: each answer is one line of JSON with the members that it must have. After any bytes,
 * one that JSON never has (0xff) must bring the simulator back to a state where it hears a request.
 */
#include <stdbool.h>
#include <string.h>

#include <jansson.h>

#include "fuzz.h"
#include "qmp.h"

#define LAST "the last request"

static bool heard;

static void check(const char *bytes, size_t len)
{
	json_t *value, *error;

	FUZZ_CHECK(len > 2 && !memcmp(bytes + len - 2, "\r\n", 2));
	FUZZ_CHECK(!memchr(bytes, '\n', len - 1));
	value = json_loadb(bytes, len, JSON_ALLOW_NUL, NULL);
	error = json_object_get(value, "error");
	FUZZ_CHECK(json_object_get(value, "QMP") || json_object_get(value, "event") ||
		   json_object_get(value, "return") || error);
	FUZZ_CHECK(!error || (json_string_length(json_object_get(error, "class")) &&
			      json_string_length(json_object_get(error, "desc"))));
	heard |= !strcmp(json_string_value(json_object_get(value, "id")) ?: "", LAST);
	json_decref(value);
}

static const struct fuzz_client client = {
	.protocol = &qmp_protocol,
	.last = "\xff\n{\"execute\": \"query-status\", \"id\": \"" LAST "\"}\n",
	.answer = check,
	.event = qmp_broadcast,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct guest *guest;

	heard = false;
	guest = fuzz_session(&client, data, size);
	FUZZ_CHECK(heard || guest->machine.exited);
	return 0;
}
