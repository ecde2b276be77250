// SPDX-License-Identifier: GPL-2.0-only
/*
 * For test guests: panics in the context that its parameter names, so that a
 * scenario can be a line: insmod panic-in.ko context=hardirq
 */
#define pr_fmt(fmt) "panic-in: " fmt

#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/string.h>

#include "panic-in.h"

static char *context = "task";
module_param(context, charp, 0444);
MODULE_PARM_DESC(context, "where to panic; a wrong one lists them all");

static char *path = "\\_SB.PEVT";
module_param(path, charp, 0444);
MODULE_PARM_DESC(path, "the pvpanic device in the ACPI namespace");

static const struct panic_way *const tables[] = {
	panic_ways_context, panic_ways_kernel, panic_ways_power, panic_ways_at, panic_ways_fault,
#ifdef CONFIG_X86
	panic_ways_x86, panic_ways_aml, panic_ways_guard,
#endif
};

acpi_handle panic_in_device(void)
{
	static char * const qemu[] = { "\\_SB.PCI0.ISA.PEVT", "\\_SB.PCI0.S08.PEVT" };
	acpi_handle handle = NULL;
	unsigned int i;

	if (ACPI_SUCCESS(acpi_get_handle(NULL, path, &handle)))
		return handle;
	for (i = 0; i < ARRAY_SIZE(qemu); i++)
		if (ACPI_SUCCESS(acpi_get_handle(NULL, qemu[i], &handle)))
			return handle;

	return NULL;
}

/* A condition that always holds, lest the compiler make callers that never return. */
void panic_in_now(void)
{
	if (READ_ONCE(context))
		panic("panic-in %s", context);
}

static int panic_in_thread_fn(void *go)
{
	((void (*)(void))go)();
	while (!kthread_should_stop())
		msleep(100);

	return 0;
}

int panic_in_thread(void (*go)(void), unsigned int cpu)
{
	struct task_struct *task = kthread_create(panic_in_thread_fn, go, "panic-in/%u", cpu);

	if (IS_ERR(task))
		return PTR_ERR(task);

	kthread_bind(task, cpu);
	wake_up_process(task);

	return 0;
}

static int __init panic_in_init(void)
{
	const struct panic_way *way;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (way = tables[i]; way->context; way++)
			if (!strcmp(way->context, context)) {
				pr_info("context=%s\n", context);
				way->go();
				if (way->later)
					return 0;
				/* What was set in motion may need this task to wait for it. */
				msleep(30000);
				pr_err("context=%s did not panic\n", context);
				return -EIO;
			}

	pr_err("context=%s: want one of\n", context);
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (way = tables[i]; way->context; way++)
			pr_err("  %s\n", way->context);

	return -EINVAL;
}
module_init(panic_in_init);

MODULE_DESCRIPTION("Test only: panics in a chosen context");
MODULE_LICENSE("GPL");
