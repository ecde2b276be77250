/* SPDX-License-Identifier: GPL-2.0-only */
/* Plays a script to a host and writes down what it answers. */
#ifndef CONFORMANCE_PLAY_H
#define CONFORMANCE_PLAY_H

#include "peer.h"
#include "script.h"

/**
 * struct host_kind - a host that scripts are played to
 * @binary: what to run
 * @root: chroot, or NULL
 * @is_qemu: a real QEMU
 * @compat: the simulator: which QEMU to resemble; QEMU: which compat is its like
 * @version: of QEMU, for people
 */
struct host_kind {
	const char *binary;
	const char *root;
	bool is_qemu;
	const char *compat;
	char version[32];
};

/**
 * struct transcript - what the host said
 * @steps: for each step of the script
 * @n: their number
 * @major: of the version in its greeting, 0 if there was none
 * @version: the greeting's version as text
 */
struct transcript {
	struct text *steps;
	size_t n;
	int major;
	char version[32];
};

int play(const struct host_kind *kind, const struct script *script, struct transcript *out);
void transcript_free(struct transcript *transcript);

#endif
