// SPDX-License-Identifier: GPL-2.0-only
/* A client without a socket; see fuzz.h. */
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"

static const struct fuzz_client *client;
static bool dropped;

void session_send(struct session *session, const void *bytes, size_t len)
{
	(void)session;
	client->answer(bytes, len);
}

void session_drop(struct session *session, const char *why)
{
	(void)session;
	(void)why;
	dropped = true;
}

static void event(struct guest *guest, const struct machine_event *event)
{
	if (client->event)
		client->event(guest, event);
}

static void ended(struct guest *guest)
{
	FUZZ_CHECK(guest->machine.exited);
}

/**
 * fuzz_session() - a client connects to a fresh guest, sends @data and goes
 * @who: the client
 * @data: the bytes; the first says how the rest arrives, whole or in pieces
 * @size: their number
 *
 * Return: the guest, which pauses when it panics, so that it can go on.
 */
const struct guest *fuzz_session(const struct fuzz_client *who, const uint8_t *data, size_t size)
{
	static const struct compat compat = { .name = "fuzz", .events = 0x07 };
	static const struct options options = {
		.ioport = PVPANIC_PORT,
		.events = 0x07,
		.actions = { .panic = PANIC_PAUSE },
		.name = "guest-%d",
		.compat = &compat,
	};
	static const struct guest_ops ops = { .event = event, .ended = ended };
	static struct guest guest;
	const struct protocol *protocol = who->protocol;
	struct session *session = xcalloc(1, protocol->size);
	uint8_t byte = size ? data[size - 1] : 0;
	size_t piece;

	guest_init(&guest, &options, &ops, 0);
	dropped = false;
	client = who;
	session->protocol = protocol;
	session->guest = &guest;
	protocol->open(session);
	for (piece = size; size && !dropped; data += piece, size -= piece) {
		if (piece > size)
			piece = size;
		else if (data[0] & 0x80 && size > 7)
			piece = 7;
		protocol->input(session, (const char *)data, piece);
	}
	if (client->last)
		protocol->input(session, client->last, strlen(client->last));
	if (client->event)
		guest_write(&guest, byte, "fuzz");
	protocol->close(session);
	FUZZ_CHECK(LIST_EMPTY(&guest.monitors));
	free(session);
	return &guest;
}
