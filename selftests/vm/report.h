/* SPDX-License-Identifier: GPL-2.0-only */
/* What the bench tells: KTAP, or what happens in words; each guest's trace; a table. */
#ifndef VM_REPORT_H
#define VM_REPORT_H

#include "job.h"
#include "judge.h"
#include "record.h"

void report_begin(const struct options *opt, const struct job *first);
void report_log(const struct job *job, const struct record *record);
void report_again(const struct job *job, const struct record *record,
		  const struct verdict *verdict);
void report_result(const struct job *job, const struct record *record,
		   const struct verdict *verdict);
int report_end(void);

/* narrate.c */
void narrate(const struct trace *trace, const struct entry *entry);
void narrate_verdict(const struct record *record, const struct verdict *verdict);

#endif
