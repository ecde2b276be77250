// SPDX-License-Identifier: GPL-2.0-only
/* What the fuzzers share; see fuzz.h. */
#include <stdbool.h>

#include "fuzz.h"

static fuzz_answer_fn check_answer;
static bool dropped;
static struct guest guest;

void session_send(struct session *session, const void *bytes, size_t len)
{
	(void)session;
	if (check_answer)
		check_answer(bytes, len);
}

void session_drop(struct session *session, const char *why)
{
	(void)session;
	(void)why;
	dropped = true;
}

/** fuzz_guest() - the guest, fresh: one that pauses when it panics, for then it goes on */
struct guest *fuzz_guest(void)
{
	static char *argv[] = { "fuzz", "--qmp", "socket", "--panic", "pause", NULL };
	static struct options options;
	struct text error = { 0 };

	if (!options.compat)
		FUZZ_CHECK(!options_parse(&options, 5, argv, &error));
	guest_init(&guest, &options, 0);
	return &guest;
}

/**
 * fuzz_session() - a client that sends @data and goes
 * @protocol: what it is thought to speak
 * @data: the bytes; the first says how the rest arrives, whole or in pieces
 * @size: their number
 * @answer: called with each answer, which it checks; or NULL
 */
void fuzz_session(const struct protocol *protocol, const uint8_t *data, size_t size,
		  fuzz_answer_fn answer)
{
	struct session *session = xcalloc(1, protocol->size);
	size_t piece;

	dropped = false;
	check_answer = answer;
	session->protocol = protocol;
	session->guest = fuzz_guest();
	protocol->open(session);
	for (piece = size; size && !dropped; data += piece, size -= piece) {
		if (piece > size)
			piece = size;
		else if (data[0] & 0x80 && size > 7)
			piece = 7;
		protocol->input(session, (const char *)data, piece);
	}
	protocol->close(session);
	FUZZ_CHECK(!session->guest->monitors);
	free(session);
}
