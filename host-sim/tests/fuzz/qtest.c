// SPDX-License-Identifier: GPL-2.0-only
/* qtest input: each line gets one line, OK or FAIL. */
#include <string.h>

#include "fuzz.h"
#include "qtest.h"

static size_t answers;

static void check(const char *bytes, size_t len)
{
	FUZZ_CHECK(len > 2 && bytes[len - 1] == '\n');
	FUZZ_CHECK(!strncmp(bytes, "OK", 2) || !strncmp(bytes, "FAIL ", 5));
	answers++;
}

static const struct fuzz_client client = {
	.protocol = &qtest_protocol,
	.answer = check,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct guest *guest;
	size_t i, lines = 0;

	for (i = 0; i < size; i++)
		lines += data[i] == '\n';
	answers = 0;
	guest = fuzz_session(&client, data, size);
	FUZZ_CHECK(answers == lines || (guest->machine.exited && answers < lines));
	return 0;
}
