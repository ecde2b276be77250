/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fuzzers share a guest without sockets, and a transport that checks each answer. A fuzzer that
 * only waits for a crash finds little, so each fuzzer knows what a right answer looks like.
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

/**
 * struct fuzz_client - a client without a socket
 * @protocol: what it is thought to speak
 * @last: sent after the fuzzer's bytes, or NULL
 * @answer: called with each answer, which it checks
 * @event: called with each event of the machine, or NULL; if set, the guest writes a byte at last
 */
struct fuzz_client {
	const struct protocol *protocol;
	const char *last;
	void (*answer)(const char *bytes, size_t len);
	void (*event)(struct guest *guest, const struct machine_event *event);
};

const struct guest *fuzz_session(const struct fuzz_client *client, const uint8_t *data,
				 size_t size);

#endif
