// SPDX-License-Identifier: GPL-2.0-only
/*
 * kprobes, with the traps of the real ones. A probe with both an address and a name is refused.
 * The address stays after a failed registration. Unregistering marks a probe as disabled, so it
 * would stay silent after the next registration. A probe that is hit in a handler is skipped.
 */
#include "guest.h"

/* The address of a function is the address of its name. */
static const char *const symbols[] = {
	[PROBED_CRASH_KEXEC] = "__crash_kexec",
	[PROBED_POWER_OFF] = "machine_power_off",
	[PROBED_DOWN_TIMEOUT] = "down_timeout",
	[PROBED_ACQUIRE_LOCK] = "acpi_os_acquire_lock",
	[PROBED_DELETE_SEMAPHORE] = "acpi_os_delete_semaphore",
	[PROBED_MAP_IOMEM] = "acpi_os_map_iomem",
};

static struct kprobe *kprobes[GUEST_KPROBES];
static unsigned int nr_kprobes;

static kprobe_opcode_t *find_symbol(const char *symbol)
{
	unsigned int i;

	if (guest.no_kexec && !strcmp(symbol, symbols[PROBED_CRASH_KEXEC]))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(symbols); i++)
		if (!strcmp(symbols[i], symbol))
			return (kprobe_opcode_t *)symbols[i];
	guest_violation("no kernel has a function %s", symbol);

	return NULL;
}

static unsigned int find(const struct kprobe *probe)
{
	unsigned int i = 0;

	while (i < nr_kprobes && kprobes[i] != probe)
		i++;

	return i;
}

/*
 * Where ftrace can trace a function, it begins with endbr64 if there is IBT, and with ftrace's
 * call. kernel.ftrace_enabled=0 disarms a probe on that call.
 */
static unsigned int offset_after_ftrace(void)
{
	const unsigned int endbr64 = 4, call = 5;

	if (!guest.config->kprobes_on_ftrace)
		return 0;

	return guest.config->ibt ? endbr64 + call : call;
}

int register_kprobe(struct kprobe *probe)
{
	guest_slow_call(__func__);
	if (probe->offset != offset_after_ftrace())
		guest_violation("a kprobe on %s+%u", probe->symbol_name, probe->offset);
	if (guest.no_kprobes)
		return -EOPNOTSUPP;
	if (!probe->symbol_name == !probe->addr)
		return -EINVAL;
	if (probe->symbol_name)
		probe->addr = find_symbol(probe->symbol_name);
	if (!probe->addr)
		return -ENOENT;
	if (find(probe) < nr_kprobes || nr_kprobes == GUEST_KPROBES)
		return -EINVAL;
	probe->flags &= KPROBE_FLAG_DISABLED;
	if (guest_fault(__func__))
		return -ENOMEM;
	kprobes[nr_kprobes++] = probe;

	return 0;
}

void unregister_kprobe(struct kprobe *probe)
{
	unsigned int i = find(probe);

	guest_slow_call(__func__);
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

static void hit(struct kprobe *probe, unsigned long argument)
{
	struct pt_regs regs = { { argument } };

	if (probe->pre_handler && probe->pre_handler(probe, &regs))
		guest_violation("a kprobe's handler returns that it changed the registers");
	/* The function's first instruction has run now, so its arguments may be overwritten. */
	regs.arguments[0] = 0;
	if (probe->post_handler)
		probe->post_handler(probe, &regs, 0);
}

/** guest_probed() - a function begins that may have probes */
void guest_probed(enum probed function, void *argument)
{
	unsigned int i;

	if (guest.in_kprobe || guest.kprobes_disarmed)
		return;
	guest.in_kprobe = true;
	guest.preempt++;
	for (i = 0; i < nr_kprobes; i++)
		if (!(kprobes[i]->flags & KPROBE_FLAG_DISABLED) &&
		    kprobes[i]->addr == (kprobe_opcode_t *)symbols[function])
			hit(kprobes[i], (unsigned long)argument);
	guest.preempt--;
	guest.in_kprobe = false;
}

/** guest_kprobes() - the names of the probed functions; returns how many there are */
unsigned int guest_kprobes(const char *names[GUEST_KPROBES])
{
	unsigned int i;

	for (i = 0; i < nr_kprobes; i++)
		names[i] = kprobes[i]->symbol_name;

	return nr_kprobes;
}

/** guest_reset_kprobes() - as after boot */
void guest_reset_kprobes(void)
{
	nr_kprobes = 0;
}
