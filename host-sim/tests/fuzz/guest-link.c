// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest link: any bytes, and never an answer. The guest pauses at a panic and powers off when
 * it says so, by the specification as this file understands it.
 */
#include "fuzz.h"
#include "guest-link.h"

static void check(const char *bytes, size_t len)
{
	(void)bytes;
	(void)len;
	abort();
}

static const struct fuzz_client client = {
	.protocol = &guest_link_protocol,
	.answer = check,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool off = false, panicked = false;
	const struct guest *guest;
	size_t i;

	for (i = 0; i < size && !off; i++) {
		panicked |= data[i] & 1;
		off = (data[i] & 7) == 4;
	}
	guest = fuzz_session(&client, data, size);
	FUZZ_CHECK(guest->machine.exited == off);
	FUZZ_CHECK((guest->machine.state == RUN_STATE_GUEST_PANICKED) == panicked);
	return 0;
}
