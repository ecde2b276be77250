// SPDX-License-Identifier: GPL-2.0-only
/*
 * Panics at the entry of any function of the kernel, in the very context in which
 * it is called and with whatever its callers hold: a kprobe sends the caller to
 * panic() in place of the function. What has the kernel call
 * it is a script, run by a usermode helper, or the way itself.
 */
#include <linux/acpi.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/umh.h>

#include "panic-in.h"

static char *symbol = "";
module_param(symbol, charp, 0444);
MODULE_PARM_DESC(symbol, "for context=at: the function");

static char *script = "";
module_param(script, charp, 0444);
MODULE_PARM_DESC(script, "for context=at: a file of shell lines that have the kernel call it");

/* The only task whose call counts; NULL for any. */
static struct task_struct *only;

static int on_entry(struct kprobe *probe, struct pt_regs *regs)
{
	static atomic_t taken;

	if ((only && current != only) || atomic_xchg(&taken, 1))
		return 0;
	instruction_pointer_set(regs, (unsigned long)panic_in_now);

	return 1;
}

/* A probe that has one is never made a jump, which could not change where it returns to. */
static void unused(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static int arm(const char *name)
{
	static struct kprobe probe = { .pre_handler = on_entry, .post_handler = unused };
	int err;

	probe.symbol_name = name;
	err = register_kprobe(&probe);
	if (err)
		pr_err("panic-in: no kprobe on %s: %d\n", name, err);

	return err;
}

static void in_at(void)
{
	char *argv[3] = { "sh", script, NULL };
	char *envp[3] = { "PATH=/bin", "HOME=/", NULL };

	if (!arm(symbol) && *script)
		call_usermodehelper("/bin/busybox", argv, envp, UMH_WAIT_EXEC);
}

/* An SSDT of one name, whose loading enters the interpreter and stays in there. */
static void in_acpi_load(void)
{
	static const u8 aml[] = { 0x08, 'P', 'V', 'T', 'L', 0x00 };	/* Name (PVTL, Zero) */
	struct acpi_table_header *table = kzalloc(sizeof(*table) + sizeof(aml), GFP_KERNEL);
	unsigned int i, index;
	u8 sum = 0;

	if (!table)
		return;
	memcpy(table->signature, ACPI_SIG_SSDT, ACPI_NAMESEG_SIZE);
	table->length = sizeof(*table) + sizeof(aml);
	table->revision = 2;
	memcpy(table->oem_id, "PVPANI", ACPI_OEM_ID_SIZE);
	memcpy(table->oem_table_id, "PANICIN ", ACPI_OEM_TABLE_ID_SIZE);
	memcpy(table + 1, aml, sizeof(aml));
	for (i = 0; i < table->length; i++)
		sum += ((u8 *)table)[i];
	table->checksum = -sum;

	only = current;
	if (!arm("acpi_ps_parse_aml"))
		pr_err("panic-in: acpi_load_table: %d\n", acpi_load_table(table, &index));
}

const struct panic_way panic_ways_at[] = {
	{ "at", in_at },
	{ "at-later", in_at, true },
	{ "acpi-load", in_acpi_load },
	{ NULL, NULL }
};
