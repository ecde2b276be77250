// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the bench has to know of a kernel, by its configuration. A kernel that comes
 * without one (make demo KERNEL=...) is taken for Debian's.
 */
#define _GNU_SOURCE
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"

static void read_config(struct kernel *k, const char *path)
{
	/* Each makes a kernel slower; all of them together, by a multiple. */
	static const char *const slow[] = { "CONFIG_KASAN=y", "CONFIG_PROVE_LOCKING=y",
					    "CONFIG_DEBUG_KMEMLEAK=y", "CONFIG_KCSAN=y" };
	FILE *f = fopen(path, "r");
	bool kprobes = !f, counts_spinlocks = !f, lto = false;
	char line[256];
	size_t i;

	k->patience = 1;
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strcmp(line, "CONFIG_ARM64=y"))
			k->arch = ARCH_ARM64;
		if (!strcmp(line, "CONFIG_PREEMPT_RT=y"))
			k->realtime = true;
		if (!strcmp(line, "CONFIG_KPROBES=y"))
			kprobes = true;
		if (!strcmp(line, "CONFIG_PREEMPT_COUNT=y"))
			counts_spinlocks = true;
		if (!strcmp(line, "CONFIG_LTO_CLANG=y"))
			lto = true;
		for (i = 0; i < sizeof(slow) / sizeof(*slow); i++)
			k->patience += strcmp(line, slow[i]) ? 0 : 2;
	}
	if (f)
		fclose(f);
	k->port_only = k->arch != ARCH_X86 || k->realtime || !counts_spinlocks || !kprobes;
	/* The function that takes ACPICA's spinlock was inlined, so the rehearsal sees none. */
	k->rehearsal_fails = lto && !k->port_only;
	k->port_only |= k->rehearsal_fails;
}

static char *read_word(const char *path)
{
	FILE *f = fopen(path, "r");
	char word[128], *found = NULL;

	if (f && fscanf(f, "%127s", word) == 1)
		found = format("%s", word);
	if (f)
		fclose(f);
	return found;
}

/**
 * kernel_find() - what there is of a kernel
 * @dir: its directory, whose last part is the kernel's key
 * @build: where the guests' initramfs lie
 *
 * Return: 0, or -1 after a complaint on stderr.
 */
int kernel_find(struct kernel *k, const char *dir, const char *build)
{
	const char *slash = strrchr(dir, '/');
	char *config = format("%s/config", dir), *release = format("%s/release", dir);

	*k = (struct kernel){ .key = format("%s", slash ? slash + 1 : dir) };
	read_config(k, config);
	k->release = read_word(release);
	free(config);
	free(release);
	if (!k->release) {
		fprintf(stderr, "vm-bench: %s: no kernel there (no file 'release')\n", dir);
		return -1;
	}
	k->packed = format("%s/vmlinuz", dir);
	k->image = format("%s/vmlinux", dir);
	if (access(k->image, R_OK)) {
		free(k->image);
		k->image = k->packed;
	}
	if (access(k->image, R_OK)) {
		fprintf(stderr, "vm-bench: %s: neither vmlinux nor vmlinuz\n", dir);
		return -1;
	}
	k->initramfs = format("%s/selftests/vm/initramfs-%s.cpio", build, k->release);
	k->kdump_initramfs = format("%s/selftests/vm/initramfs-kdump-%s.cpio", build, k->release);
	if (access(k->initramfs, R_OK)) {
		fprintf(stderr, "vm-bench: %s is missing: selftests/vm/initramfs.sh makes it\n",
			k->initramfs);
		return -1;
	}
	return 0;
}

/** kernel_wanted() - is a scenario for this kernel? */
bool kernel_wanted(const struct kernel *k, const struct kernels *kernels)
{
	int major = 0, minor = 0, version;

	sscanf(k->release, "%d.%d", &major, &minor);
	version = major * 1000 + minor;
	switch (kernels->kind) {
	case KERNELS_FROM:
		return version >= kernels->version;
	case KERNELS_BEFORE:
		return version < kernels->version;
	default:
		return !fnmatch(kernels->glob, k->key, FNM_EXTMATCH);
	}
}
