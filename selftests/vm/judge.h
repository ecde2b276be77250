/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_JUDGE_H
#define VM_JUDGE_H

#include "job.h"
#include "record.h"

struct verdict {
	bool good;
	bool failed_as_it_must;
	bool event_lost;
	char reason[REASON_BYTES];	/* every fault that was found */
};

void judge(const struct job *job, const struct record *record, struct verdict *verdict);
bool judge_came_up(const struct record *record);
bool judge_hung(const struct record *record);
bool judge_disturbed(const struct job *job, const struct record *record);

#endif
