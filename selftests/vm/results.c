// SPDX-License-Identifier: GPL-2.0-only
/*
 * --results: at the end of a run, one line for each kernel, transport and firmware, from which
 * make support-table makes the table in Documentation/support.rst.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "results.h"

struct result {
	const struct kernel *kernel;
	const char *transport;
	const char *firmware;
	int passed;
	int failed;
	struct result *next;
};

static struct result *first;

/*
 * How the guest's driver reaches the host. With "ACPI, WRPT" the driver may use WRPT; in some of
 * these guests WRPT is not safe, so the driver writes the register. Return: NULL if the job says
 * nothing about the driver.
 */
static const char *transport_of(const struct job *job)
{
	const struct scenario *s = job->scenario;

	if (s->driver != DRIVER_OURS || job->must_fail)
		return NULL;
	switch (s->device.platform) {
	case DEVICE_NONE:
		return s->device.pci ? "PCI" : NULL;
	case DEVICE_MMIO:
		return "device tree";
	default:
		if (job->expect == &s->expect_by_port || s->params.port_only ||
		    job->expect->not_wrpt.text || words_have(&job->expect->say, "transport=port"))
			return "ACPI, register";
		return "ACPI, WRPT";
	}
}

static const char *firmware_of(const struct job *job)
{
	if (job->opt->firmware[job->kernel->arch] || strstr(job->scenario->qemu_args, "-bios "))
		return "UEFI";
	return job->kernel->arch == ARCH_X86 ? "BIOS" : "none";
}

/** results_add() - count a job that is done */
void results_add(const struct job *job, bool passed)
{
	const char *transport = transport_of(job), *firmware = firmware_of(job);
	struct result **at = &first;

	if (!transport)
		return;
	while (*at && ((*at)->kernel != job->kernel || strcmp((*at)->transport, transport) ||
		       strcmp((*at)->firmware, firmware)))
		at = &(*at)->next;
	if (!*at) {
		*at = checked(calloc(1, sizeof(**at)));
		**at = (struct result){ .kernel = job->kernel, .transport = transport,
					.firmware = firmware };
	}
	(*at)->passed += passed;
	(*at)->failed += !passed;
}

/* Return: the version, to be freed, or NULL. */
static char *version_of(const char *qemu)
{
	char *command = format("'%s' --version", qemu), version[32];
	FILE *f = popen(command, "r");
	bool found = f && fscanf(f, "QEMU emulator version %31[0-9.]", version) == 1;

	if (f)
		pclose(f);
	free(command);
	return found ? format("%s", version) : NULL;
}

/**
 * results_write() - append the results to the file of --results, if there is one
 * Return: 0, or -1 after a complaint on stderr.
 */
int results_write(const struct options *opt)
{
	static const char *const arch_names[ARCHS] = { "x86", "arm64" };
	time_t now = time(NULL);
	const struct result *r;
	char date[16], *version;
	FILE *f;

	if (!opt->results)
		return 0;
	strftime(date, sizeof(date), "%F", localtime(&now));
	f = fopen(opt->results, "a");
	for (r = first; f && r; r = r->next) {
		version = version_of(opt->qemu[r->kernel->arch]);
		if (!version) {
			fprintf(stderr, "vm-bench: %s does not tell its version\n",
				opt->qemu[r->kernel->arch]);
			fclose(f);
			return -1;
		}
		fprintf(f, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\n", r->kernel->key,
			r->kernel->release, arch_names[r->kernel->arch], r->transport, version,
			r->firmware, r->passed, r->failed, date, opt->results_of);
		free(version);
	}
	if (f && !fclose(f))
		return 0;
	perror(opt->results);
	return -1;
}
