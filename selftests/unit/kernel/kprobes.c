// SPDX-License-Identifier: GPL-2.0-only
/*
 * kprobes, with what surprises about the real ones: a probe with an address and a name is
 * refused, the address stays when a registration fails, and unregistering marks the probe
 * disabled, so that it would stay silent after the next registration.
 */
#include "world.h"

#define MAX_KPROBES 8

/* The address of a function is, here, where its name stands. */
static const char *const symbols[] = {
	[PROBED_CRASH_KEXEC] = "__crash_kexec",
	[PROBED_DOWN_TIMEOUT] = "down_timeout",
	[PROBED_DELETE_SEMAPHORE] = "acpi_os_delete_semaphore",
	[PROBED_MAP_IOMEM] = "acpi_os_map_iomem",
};

static struct kprobe *kprobes[MAX_KPROBES];
static unsigned int nr_kprobes;

static kprobe_opcode_t *find_symbol(const char *symbol)
{
	unsigned int i;

	if (world.no_kexec && !strcmp(symbol, symbols[PROBED_CRASH_KEXEC]))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(symbols); i++)
		if (!strcmp(symbols[i], symbol))
			return (kprobe_opcode_t *)symbols[i];
	world_violation("no kernel has a function %s", symbol);

	return NULL;
}

static unsigned int find(const struct kprobe *probe)
{
	unsigned int i = 0;

	while (i < nr_kprobes && kprobes[i] != probe)
		i++;

	return i;
}

int register_kprobe(struct kprobe *probe)
{
	world_slow_call(__func__);
	if (world.no_kprobes)
		return -EOPNOTSUPP;
	if (!probe->symbol_name == !probe->addr)
		return -EINVAL;
	if (probe->symbol_name)
		probe->addr = find_symbol(probe->symbol_name);
	if (!probe->addr)
		return -ENOENT;
	if (find(probe) < nr_kprobes || nr_kprobes == MAX_KPROBES)
		return -EINVAL;
	probe->flags &= KPROBE_FLAG_DISABLED;
	if (world_fault(__func__))
		return -ENOMEM;
	kprobes[nr_kprobes++] = probe;

	return 0;
}

void unregister_kprobe(struct kprobe *probe)
{
	unsigned int i = find(probe);

	world_slow_call(__func__);
	if (i == nr_kprobes) {
		probe->addr = NULL;
		return;
	}
	probe->flags |= KPROBE_FLAG_DISABLED;
	kprobes[i] = kprobes[--nr_kprobes];
}

int register_kprobes(struct kprobe **probes, int num)
{
	int i, err;

	for (i = 0; i < num; i++) {
		err = register_kprobe(probes[i]);
		if (err) {
			unregister_kprobes(probes, i);
			return err;
		}
	}

	return 0;
}

void unregister_kprobes(struct kprobe **probes, int num)
{
	int i;

	for (i = 0; i < num; i++)
		unregister_kprobe(probes[i]);
}

unsigned long regs_get_kernel_argument(struct pt_regs *regs, unsigned int n)
{
	return regs->arguments[n];
}

/** world_probed() - a function begins that someone may have probed */
void world_probed(enum probed function, void *argument)
{
	struct pt_regs regs = { { (unsigned long)argument } };
	unsigned int i;

	world.preempt++;
	for (i = 0; i < nr_kprobes; i++) {
		if (kprobes[i]->flags & KPROBE_FLAG_DISABLED ||
		    kprobes[i]->addr != (kprobe_opcode_t *)symbols[function])
			continue;
		if (kprobes[i]->pre_handler)
			kprobes[i]->pre_handler(kprobes[i], &regs);
		/* By now the function's first instruction has run: its arguments may be gone. */
		regs.arguments[0] = 0;
		if (kprobes[i]->post_handler)
			kprobes[i]->post_handler(kprobes[i], &regs, 0);
	}
	world.preempt--;
}

/** world_kprobes() - what is probed now; returns how many, at most 8 */
unsigned int world_kprobes(const char **names)
{
	unsigned int i;

	for (i = 0; i < nr_kprobes; i++)
		names[i] = kprobes[i]->symbol_name;

	return nr_kprobes;
}

/** world_reset_kprobes() - as after boot */
void world_reset_kprobes(void)
{
	nr_kprobes = 0;
}
