/* SPDX-License-Identifier: GPL-2.0-only */
/* QMP, the QEMU Machine Protocol: the part of it that has to do with a panicking guest. */
#ifndef HOST_SIM_QMP_H
#define HOST_SIM_QMP_H

#include "session.h"

struct machine_event;

extern const struct protocol qmp_protocol;

void qmp_broadcast(struct guest *guest, const struct machine_event *event);

#endif
