/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the fuzzers share: a guest without sockets, and a transport that checks what is sent.
 * A fuzzer that only waits for a crash sees little; each has an opinion on the answers as well.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "guest.h"
#include "session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)     \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

typedef void (*fuzz_answer_fn)(const char *bytes, size_t len);

struct guest *fuzz_guest(void);
void fuzz_session(const struct protocol *protocol, const uint8_t *data, size_t size,
		  fuzz_answer_fn answer);

#endif
