// SPDX-License-Identifier: GPL-2.0-only
/* The guest link: any bytes at all, and never an answer. */
#include "fuzz.h"

static void check(const char *bytes, size_t len)
{
	(void)bytes;
	(void)len;
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_session(&guest_link_protocol, data, size, check);
	return 0;
}
