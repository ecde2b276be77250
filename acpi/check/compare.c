// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is pvpanic.asl still what QEMU builds? Each object of the device is held
 * against the one in QEMU's DSDT, so that a difference has a name; then the two
 * devices are compared as wholes, which shows objects that only QEMU has.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static void note_bytes(const char *who, const uint8_t *p, size_t len)
{
	char hex[3 * 64 + 1] = "";
	size_t i;

	for (i = 0; i < len && i < 64; i++)
		snprintf(hex + 3 * i, 4, " %02x", p[i]);
	ktap_note("%s%s%s", who, hex, i < len ? " ..." : "");
}

/** compare_tests() - how many tests compare_machine() makes of a device */
int compare_tests(const struct device *ours)
{
	return ours->count + 1;
}

/** root_name() - a build root's short name, for the name of a test */
const char *root_name(const char *root)
{
	return root[1] ? strrchr(root, '/') + 1 : root;
}

/**
 * compare_machine() - hold our device against that of one QEMU machine
 * @ours: the device of pvpanic.asl
 * @root: the system that has the QEMU
 * @machine: its machine type
 */
void compare_machine(const struct device *ours, const char *root, const char *machine)
{
	const char *name = root_name(root);
	struct device theirs = { 0 };
	const struct node *n, *t;
	uint8_t *dsdt;
	size_t len;
	bool same;
	int i;

	dsdt = qemu_dsdt(root, machine, &len);
	if (!dsdt)
		ktap_note("QEMU in %s, machine %s: no DSDT to be had", root, machine);
	else if (aml_find_device(&theirs, dsdt, len, "PEVT"))
		ktap_note("QEMU in %s, machine %s: its DSDT has no PEVT that we understand", root,
			  machine);

	for (i = 0; i < ours->count; i++) {
		n = &ours->nodes[i];
		t = aml_find_node(&theirs, n);
		same = t && t->len == n->len && !memcmp(t->aml, n->aml, n->len);
		ktap_ok(same, "QEMU in %s, %s: %s %s", name, machine, n->kind, n->name);
		if (!same) {
			note_bytes("ours:  ", n->aml, n->len);
			note_bytes("theirs:", t ? t->aml : NULL, t ? t->len : 0);
		}
	}
	same = theirs.len == ours->len && !memcmp(theirs.aml, ours->aml, ours->len);
	ktap_ok(same, "QEMU in %s, %s: the device, byte for byte", name, machine);
	if (!same) {
		note_bytes("ours:  ", ours->aml, ours->len);
		note_bytes("theirs:", theirs.aml, theirs.len);
	}
	free(dsdt);
}
