// SPDX-License-Identifier: GPL-2.0-only
/*
 * An accelerator is believed when it has booted a guest, not because it is there:
 * /dev/kvm can exist, open, and lose every guest in its decompressor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static bool booted;

static void over(struct guest *guest)
{
	char reason[REASON_BYTES];

	booted = judge(guest, reason);
	if (!booted)
		fprintf(stderr, "vm-bench: no guest boots with --accel %s (%s): tcg it is\n",
			guest->job->opt->accel, reason);
	guest_free(guest);
}

/**
 * trial_boots() - does a guest come up with the accelerator asked for?
 * @kernel: to boot; the guest gets no device and loads nothing
 */
bool trial_boots(const struct options *opt, const struct kernel *kernel)
{
	const struct scenario scenario = {
		.name = "trial",
		.field = {
			[F_DEVICE] = "none",
			[F_EXPECT_LOAD] = "never",
			[F_EXPECT_EVENTS] = "none",
			[F_EXPECT_FATE] = "runs",
			[F_TIMEOUT] = "10",
		},
	};
	struct job job = {
		.scenario = &scenario,
		.kernel = kernel,
		.opt = opt,
		.name = "trial",
		.machine = "pc",
		.params = "",
		.cpus = 1,
	};
	struct guest *guest = calloc(1, sizeof(*guest));

	if (!guest)
		abort();
	if (guest_start(guest, &job, over))
		return false;
	uv_run(uv_default_loop(), UV_RUN_DEFAULT);
	return booted;
}
