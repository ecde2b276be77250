/* SPDX-License-Identifier: GPL-2.0-only */
/* Plays a script to a host and writes down its answers. */
#ifndef CONFORMANCE_PLAY_H
#define CONFORMANCE_PLAY_H

#include "peer.h"
#include "script.h"
#include "text.h"

/**
 * struct host_kind - a host that scripts are played to
 * @binary: what to run
 * @root: chroot, or NULL
 * @is_qemu: a real QEMU
 * @compat: for the simulator, its --compat; for QEMU, the --compat that resembles it
 * @version: of QEMU: major, minor, micro
 */
struct host_kind {
	const char *binary;
	const char *root;
	bool is_qemu;
	const char *compat;
	int version[3];
};

/**
 * struct transcript - the host's answers
 * @steps: for each step of the script
 * @n: their number
 * @version: of the greeting, 0 if there was none
 */
struct transcript {
	struct text *steps;
	size_t n;
	int version[3];
};

int play(const struct host_kind *kind, const struct script *script, struct transcript *out);
void transcript_free(struct transcript *transcript);

#endif
