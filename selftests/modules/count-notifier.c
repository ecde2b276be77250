// SPDX-License-Identifier: GPL-2.0-only
/*
 * For test guests: how many instructions a panic notifier takes. With QEMU's -icount shift=0,
 * the time-stamp counter counts instructions. This module replaces the function of the pvpanic
 * driver's notifier. In a panic it calls the driver's function between two reads of the counter.
 */
#define pr_fmt(fmt) "count-notifier: " fmt

#include <linux/acpi.h>
#include <linux/kallsyms.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/notifier.h>
#if __has_include("linux/panic_notifier.h")	/* since 5.14 */
#include <linux/panic_notifier.h>
#endif
#include <linux/preempt.h>
#include <linux/string.h>
#include <asm/msr.h>

/* scenarios/figures.ini compares the number of bytes that the host received with this. */
#define CALLS	8

/* A driver never sends this event in a panic without a crash kernel. */
#define EVENT_OF_WRPT_ALONE	2

static bool wrpt;
module_param(wrpt, bool, 0444);
MODULE_PARM_DESC(wrpt, "the driver uses WRPT: count also WRPT alone, and the driver without it");

static notifier_fn_t driver_function;
static acpi_handle wrpt_handle;

static int empty(struct notifier_block *nb, unsigned long code, void *text)
{
	return NOTIFY_DONE;
}

static int wrpt_alone(struct notifier_block *nb, unsigned long code, void *text)
{
	acpi_execute_simple_method(wrpt_handle, NULL, EVENT_OF_WRPT_ALONE);
	return NOTIFY_DONE;
}

/* The least of several calls, because a slab that is full costs ACPICA thousands more. */
static noinline unsigned int count(notifier_fn_t function, struct notifier_block *nb)
{
	unsigned int i, least = UINT_MAX;
	u64 start;

	for (i = 0; i < CALLS; i++) {
		start = rdtsc();
		function(nb, 0, "");
		least = min_t(u64, least, rdtsc() - start);
	}
	return least;
}

static int count_in_panic(struct notifier_block *nb, unsigned long code, void *text)
{
	unsigned int none = count(empty, nb);
	unsigned int driver = count(driver_function, nb) - none;
	unsigned int alone, refused;

	if (!wrpt) {
		pr_emerg("register=%u\n", driver);
		return NOTIFY_DONE;
	}
	alone = count(wrpt_alone, nb) - none;
	preempt_disable();	/* The guard takes this for a spinlock. The guest ends soon. */
	refused = count(driver_function, nb) - none;
	pr_emerg("wrpt=%u alone=%u refused=%u\n", driver, alone, refused);
	return NOTIFY_DONE;
}

static acpi_status find_wrpt(acpi_handle device, u32 level, void *unused, void **also_unused)
{
	return acpi_get_handle(device, "WRPT", &wrpt_handle);
}

/* Never unloaded, so there is no exit: the driver's notifier keeps calling this module. */
static int __init count_notifier_init(void)
{
	struct notifier_block *nb = rcu_dereference_raw(panic_notifier_list.head);
	char name[KSYM_SYMBOL_LEN];

	acpi_get_devices("QEMU0001", find_wrpt, NULL, NULL);
	if (!wrpt_handle)
		return -ENODEV;
	for (; nb; nb = rcu_dereference_raw(nb->next)) {
		snprintf(name, sizeof(name), "%ps", nb->notifier_call);
		if (!strstr(name, "[pvpanic"))
			continue;
		driver_function = nb->notifier_call;
		nb->notifier_call = count_in_panic;
		return 0;
	}
	return -ENOENT;
}
module_init(count_notifier_init);

MODULE_DESCRIPTION("Test only: counts the instructions of the pvpanic driver's panic notifier");
MODULE_LICENSE("GPL");
