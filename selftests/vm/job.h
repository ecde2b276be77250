/* SPDX-License-Identifier: GPL-2.0-only */
/* A job is one scenario on one kernel and one machine. The plan is the list of all jobs. */
#ifndef VM_JOB_H
#define VM_JOB_H

#include "kernel.h"
#include "scenario.h"
#include "text.h"

struct options {
	struct words kernels;
	const char *qemu[ARCHS];
	const char *firmware[ARCHS];
	const char *accel;
	const char *only;
	const char *module;
	struct regex must_fail;
	const char *cmdline;
	const char *build;
	const char *logs;
	const char *results;
	const char *results_of;
	int repeat;
	int jobs;
	bool quick;
	bool narrate;
	bool list;
	bool fields;
};

/* A disk and a snapshot belong to several jobs, see disk.c and snapshot.c. */
struct disk;
struct snapshot;

struct job {
	const struct scenario *scenario;
	const struct kernel *kernel;
	const struct options *opt;
	const struct place *place;
	char *name;
	bool also_by_port;		/* the scenario's second run, with transport=port */
	const struct expect *expect;	/* of the scenario, or if the driver uses the port alone */
	const struct regex *must_fail;	/* or NULL */
	struct steps steps;		/* before the trigger */
	struct disk *disk;		/* or NULL */
	struct snapshot *snapshot;	/* or NULL */
	int boot;			/* how often a guest was booted for it */
	struct job *next;
};

struct job *plan_jobs(const struct options *opt, const struct scenarios *all,
		      const struct kernel *kernels);
struct job *plan_job(const struct options *opt, const struct scenario *s,
		     const struct kernel *kernel, const struct place *place, bool also_by_port);

#endif
