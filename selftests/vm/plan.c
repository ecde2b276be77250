// SPDX-License-Identifier: GPL-2.0-only
/*
 * From scenarios to jobs. There are two tiers. The full one (make check-matrix) has each
 * scenario on every kernel that it is for, on all guests that it names. The quick one
 * (make check) has it on one guest a kernel: the first kernel boots the first guest, the
 * second kernel the second guest, and so on, around. See the fields guests and quick. Kernels of
 * each architecture are counted by themselves.
 */
#define _GNU_SOURCE
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "disk.h"
#include "job.h"
#include "snapshot.h"

/* What the guest reports of its devices: NAME=VALUE lines. */
static const char report[] = "panic-device report";

/* Before 5.13 the in-tree driver is one module, and knows no PCI device. */
static const char load_in_tree[] =
	"insmod /m/pvpanic.ko && { ! [ -e /m/pvpanic-mmio.ko ] || insmod /m/pvpanic-mmio.ko; }";
static const char load_in_tree_pci[] = "insmod /m/pvpanic.ko && insmod /m/pvpanic-pci.ko";

/* Which of these a kernel has as modules differs. */
static const char load_disk[] =
	"for m in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk "
	"crc16 crc32c_generic mbcache jbd2 ext4; "
	"do insmod /m/$m.ko; done 2>/dev/null";

/*
 * kexec checks the sums of all that it loads, and so does what it leaves between the
 * kernels: 3 s of a guest's 12 under TCG. Where a dump is made, they are checked.
 */
static const char load_crash_kernel[] = "load-crash-kernel --no-checks";
static const char load_crash_kernel_checked[] = "load-crash-kernel";

static void add_step(struct steps *to, struct step step)
{
	to->v = checked(realloc(to->v, (to->n + 1) * sizeof(*to->v)));
	to->v[to->n++] = step;
}

static void add_steps(struct steps *to, const struct steps *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		add_step(to, from->v[i]);
}

static void add_line(struct steps *to, int result, const char *line)
{
	add_step(to, (struct step){ .result = result, .line = (char *)line });
}

static void add_load(struct job *job)
{
	const struct scenario *s = job->scenario;
	const char *more = job->also_by_port ? " transport=port" : "";

	switch (s->driver) {
	case DRIVER_OURS:
		add_line(&job->steps, MUST_WORK,
			 format("insmod /m/pvpanic-guest.ko %s%s", s->params.text, more));
		break;
	case DRIVER_IN_TREE:
		add_line(&job->steps, MUST_WORK,
			 s->device.pci ? load_in_tree_pci : load_in_tree);
		break;
	case DRIVER_NONE:
		break;
	}
}

static void add_all_steps(struct job *job)
{
	const struct scenario *s = job->scenario;

	if (s->disk)
		add_line(&job->steps, MAY_FAIL, load_disk);
	add_steps(&job->steps, &s->before_load);
	add_load(job);
	if (s->kdump)
		add_line(&job->steps, MUST_WORK, s->crash_run ? load_crash_kernel_checked :
								load_crash_kernel);
	add_steps(&job->steps, &s->before);
	add_line(&job->steps, MAY_FAIL, report);
}

/* A firmware's name is its file's: OVMF.fd is OVMF. */
static char *name_of(const struct job *job)
{
	const char *option = job->opt->firmware[job->kernel->arch], *firmware = option ? option : "";
	const char *slash = strrchr(firmware, '/'), *file = slash ? slash + 1 : firmware;

	return format("%s %s/%d %s%s%s%.*s", job->kernel->key, job->place->machine,
		      job->place->cpus, job->scenario->name,
		      job->also_by_port ? " transport=port" : "", *file ? " " : "",
		      (int)strcspn(file, "."), file);
}

static bool chosen(const struct job *job)
{
	const char *only = job->opt->only;

	return !only || !fnmatch(only, job->name, FNM_EXTMATCH) ||
	       !fnmatch(only, job->scenario->name, FNM_EXTMATCH);
}

/* What was saved of a machine has no disk in it, and who dies in its boot never comes up. */
static bool can_begin_with_a_snapshot(const struct job *job)
{
	return !job->disk && job->scenario->trigger.kind != TRIGGER_BOOT;
}

/**
 * plan_job() - a job outside of any plan
 * @also_by_port: the scenario's second run, with transport=port
 */
struct job *plan_job(const struct options *opt, const struct scenario *s,
		     const struct kernel *kernel, const struct place *place, bool also_by_port)
{
	struct job *job = checked(calloc(1, sizeof(*job)));
	bool by_port = also_by_port || (kernel->port_only && !s->params.port_only);

	*job = (struct job){
		.scenario = s,
		.kernel = kernel,
		.opt = opt,
		.place = place,
		.also_by_port = also_by_port,
		.expect = !by_port ? &s->expect :
			  !also_by_port && kernel->rehearsal_fails ? &s->expect_rehearsed :
			  &s->expect_by_port,
		.must_fail = opt->must_fail.text ? &opt->must_fail :
			     s->must_fail.text ? &s->must_fail : NULL,
	};
	job->name = name_of(job);
	add_all_steps(job);
	return job;
}

struct plan {
	const struct options *opt;
	struct job *first;
	struct job **last;
};

static void add_job(struct plan *plan, const struct scenario *s, const struct kernel *kernel,
		    const struct place *place, bool also_by_port)
{
	const struct options *opt = plan->opt;
	struct job *job;
	char *line;
	int i;

	for (i = 0; i < opt->repeat; i++) {
		job = plan_job(opt, s, kernel, place, also_by_port);
		if (!chosen(job))
			return;
		*plan->last = job;
		plan->last = &job->next;
		if (opt->list)
			continue;
		if (s->disk)
			job->disk = disk_of(s->disk, kernel->key, opt->build);
		if (can_begin_with_a_snapshot(job)) {
			line = boot_command_line(job);
			job->snapshot = snapshot_plan(line);
			free(line);
		}
	}
}

/*
 * Of @n kernels, the one for what the quick tier runs on one kernel only. The name decides, so
 * that a new scenario does not move the others.
 */
static size_t one_kernel_of(const struct scenario *s, size_t n)
{
	size_t hash = 0;
	const char *c;

	for (c = s->name; *c; c++)
		hash = 31 * hash + *c;
	return hash % n;
}

/* The scenario is for @wanted kernels, and this one has the index @turn among them. */
static void add_scenario(struct plan *plan, const struct scenario *s, const struct kernel *kernel,
			 size_t turn, size_t wanted)
{
	bool quick = plan->opt->quick, one_kernel = s->quick == QUICK_ONE_KERNEL;
	bool this_one = turn == one_kernel_of(s, wanted);
	const struct places *guests = &s->guests[kernel->arch];
	size_t i, n = guests->n;

	if (quick && (s->quick == QUICK_NO || (one_kernel && !this_one)))
		return;
	for (i = 0; i < n; i++)
		if (!quick || i == (one_kernel ? 0 : turn % n))
			add_job(plan, s, kernel, &guests->v[i], false);
	if (s->also_by_port && !quick)
		add_job(plan, s, kernel, &guests->v[0], true);
}

static bool is_for(const struct scenario *s, const struct kernel *kernel)
{
	return s->guests[kernel->arch].n && kernel_wanted(kernel, &s->kernels);
}

/* Begun last, such a guest would have a core idle at the end. */
static bool takes_long(const struct scenario *s)
{
	return s->timeout > 100;
}

/**
 * plan_jobs() - all that the options ask for
 * @kernels: as many as the options name
 */
struct job *plan_jobs(const struct options *opt, const struct scenarios *all,
		      const struct kernel *kernels)
{
	struct plan plan = { .opt = opt, .last = &plan.first };
	size_t n = opt->kernels.n, i, k, wanted;
	const struct scenario *s;

	for (i = 0; i < 2 * n; i++) {
		for (s = all->first; s; s = s->next) {
			const struct kernel *kernel = &kernels[i % n];
			size_t before = 0;
			bool counts;

			if (takes_long(s) != (i < n) || !is_for(s, kernel))
				continue;
			for (wanted = k = 0; k < n; k++) {
				counts = kernels[k].arch == kernel->arch && is_for(s, &kernels[k]);
				before += k < i % n && counts;
				wanted += counts;
			}
			add_scenario(&plan, s, kernel, before, wanted);
		}
	}
	return plan.first;
}
