// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest link: a real guest's writes to the port. QEMU's isa-debugcon passes each byte that the
 * guest writes to a socket, and the simulator listens on that socket. So a real driver in a real
 * guest reports its panic to the simulator. Nothing is ever sent back.
 */
#include <stdint.h>

#include "guest.h"
#include "guest-link.h"

static void guest_link_open(struct session *session)
{
	(void)session;
}

static void guest_link_input(struct session *session, const char *bytes, size_t len)
{
	while (len--)
		guest_write(session->guest, (uint8_t)*bytes++, "guest");
}

const struct protocol guest_link_protocol = {
	.name = "guest",
	.size = sizeof(struct session),
	.open = guest_link_open,
	.input = guest_link_input,
	.close = guest_link_open,
};
