// SPDX-License-Identifier: GPL-2.0-only
/*
 * acpi-check: does the ASL of this project compile, evaluate to what it says of
 * itself, and match the device of a real QEMU? KTAP on stdout.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

static const char * const machines[] = { "pc", "q35" };

static int usage(void)
{
	fprintf(stderr,
		"usage: acpi-check --build DIR [--device FILE.aml] [--root DIR]... FILE.asl...\n");
	return 2;
}

static void compare_all(const struct device *ours, const char *root)
{
	size_t m;

	if (!qemu_there(root)) {
		ktap_skip("there is none", "QEMU in %s", root_name(root));
		return;
	}
	for (m = 0; m < ARRAY_SIZE(machines); m++)
		compare_machine(ours, root, machines[m]);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "build", required_argument, NULL, 'b' },
		{ "device", required_argument, NULL, 'd' },
		{ "root", required_argument, NULL, 'r' },
		{ 0 }
	};
	const char *build = NULL, *device = NULL, *roots[MAX_ROOTS];
	int opt, i, j, count, n_roots = 0, plan = 0;
	bool comparable = true;
	struct source *src;
	struct device ours;
	size_t len = 0;
	uint8_t *aml;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 'b')
			build = optarg;
		else if (opt == 'd')
			device = optarg;
		else if (opt == 'r' && n_roots < MAX_ROOTS && optarg[0] == '/')
			roots[n_roots++] = optarg;
		else
			return usage();
	}
	count = argc - optind;
	if (!build || !count || (n_roots && !device))
		return usage();

	src = calloc(count, sizeof(*src));
	for (i = 0; i < count; i++) {
		if (source_read(&src[i], argv[optind + i], build)) {
			fprintf(stderr, "acpi-check: %s: cannot be read, or promises too much\n",
				argv[optind + i]);
			return 2;
		}
		plan += 1 + src[i].count;
	}
	aml = device ? file_read(device, &len) : NULL;
	if (n_roots && (!aml || aml_find_device(&ours, aml, len, "PEVT"))) {
		comparable = false;
		plan++;
	}
	for (i = 0; i < n_roots && comparable; i++)
		plan += qemu_there(roots[i]) ? (int)ARRAY_SIZE(machines) * compare_tests(&ours) : 1;

	ktap_plan(plan);
	for (i = 0; i < count; i++) {
		source_check_compiled(&src[i]);
		for (j = 0; j < src[i].count; j++)
			exec_check(&src[i], src[i].expects[j]);
	}
	if (!comparable)
		ktap_ok(false, "%s: a device PEVT to hold against QEMU's", device);
	for (i = 0; i < n_roots && comparable; i++)
		compare_all(&ours, roots[i]);
	for (i = 0; i < count; i++)
		source_free(&src[i]);
	free(src);
	free(aml);
	return ktap_failed() ? 1 : 0;
}
