// SPDX-License-Identifier: GPL-2.0-only
/* QMP input: whatever comes, each answer is one line of JSON that jansson can read. */
#include <string.h>

#include <jansson.h>

#include "fuzz.h"

static void check(const char *bytes, size_t len)
{
	json_t *value;

	FUZZ_CHECK(len > 2 && !memcmp(bytes + len - 2, "\r\n", 2));
	FUZZ_CHECK(!memchr(bytes, '\n', len - 1));
	value = json_loadb(bytes, len, JSON_ALLOW_NUL, NULL);
	FUZZ_CHECK(json_is_object(value));
	FUZZ_CHECK(json_object_get(value, "QMP") || json_object_get(value, "event") ||
		   json_object_get(value, "return") || json_object_get(value, "error"));
	json_decref(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_session(&qmp_protocol, data, size, check);
	return 0;
}
