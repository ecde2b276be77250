/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_GUEST_H
#define VM_GUEST_H

#include "job.h"
#include "record.h"

struct guest;

typedef void (*guest_over)(struct guest *guest, void *user);

struct guest *guest_start(struct job *job, guest_over over, void *user);
struct job *guest_job(const struct guest *guest);
const struct record *guest_record(const struct guest *guest);
void guest_stop(struct guest *guest);
void guest_free(struct guest *guest);

#endif
