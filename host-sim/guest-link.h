/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest link: a real guest's writes to the port. */
#ifndef HOST_SIM_GUEST_LINK_H
#define HOST_SIM_GUEST_LINK_H

#include "session.h"

extern const struct protocol guest_link_protocol;

#endif
