// SPDX-License-Identifier: GPL-2.0-only
/* QMP input: each answer is one line of JSON with the members that it must have. */
#include <string.h>

#include <jansson.h>

#include "fuzz.h"
#include "qmp.h"

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
	json_decref(value);
}

static const struct fuzz_client client = {
	.protocol = &qmp_protocol,
	.answer = check,
	.event = qmp_broadcast,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_session(&client, data, size);
	return 0;
}
