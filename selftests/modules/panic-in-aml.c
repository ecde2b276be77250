// SPDX-License-Identifier: GPL-2.0-only
/*
 * Panics by what the ACPI interpreter is doing. The methods are those of the
 * variants under acpi/variants/: HOLD(ms) sleeps, SPIN or STAL(ms) spins.
 */
#include <linux/acpi.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/smp.h>

#include "panic-in.h"

#define HELD_MS 60000

static bool inside;

static int on_inside(struct kprobe *probe, struct pt_regs *regs)
{
	WRITE_ONCE(inside, true);

	return 0;
}

static char *method;

static void evaluate(void)
{
	acpi_status status;

	status = acpi_execute_simple_method(panic_in_device(), method, HELD_MS);
	pr_err("panic-in: %s returned: %s\n", method, acpi_format_exception(status));
}

/* Another CPU is seen inside the method before this one panics. */
static void panic_while(char *name, char *other_name, const char *symbol)
{
	struct kprobe probe = { .symbol_name = symbol, .pre_handler = on_inside };
	unsigned int other = cpumask_next(raw_smp_processor_id(), cpu_online_mask);

	if (other >= nr_cpu_ids)
		other = cpumask_first(cpu_online_mask);

	method = acpi_has_method(panic_in_device(), name) ? name : other_name;
	if (register_kprobe(&probe)) {
		pr_err("panic-in: no kprobe on %s\n", symbol);
		return;
	}
	panic_in_thread(evaluate, other);
	while (!READ_ONCE(inside))
		msleep(1);

	panic_in_now();
}

static void in_aml_busy(void)
{
	panic_while("SPIN", "STAL", "acpi_os_stall");
}

static void in_aml_hold(void)
{
	panic_while("HOLD", "HOLD", "acpi_os_sleep");
}

/* In place of the default handler: panics at the first access, then does as that does. */
static acpi_status handler(u32 function, acpi_physical_address address, u32 width, u64 *value,
			   void *context, void *region)
{
	static bool panicking;

	if (!panicking) {
		panicking = true;
		panic_in_now();
	}
	if ((function & ACPI_IO_MASK) == ACPI_WRITE)
		outb(*value, address);
	else
		*value = inb(address);

	return AE_OK;
}

static acpi_status setup(acpi_handle region, u32 function, void *context, void **region_context)
{
	return AE_OK;
}

static void in_aml_handler(void)
{
	unsigned long long answer;
	acpi_status status;

	status = acpi_install_address_space_handler(panic_in_device(), ACPI_ADR_SPACE_SYSTEM_IO,
						    handler, setup, NULL);
	if (ACPI_FAILURE(status)) {
		pr_err("panic-in: no handler: %s\n", acpi_format_exception(status));
		return;
	}

	method = "WRPT";
	acpi_execute_simple_method(panic_in_device(), "WRPT", 0);
	acpi_evaluate_integer(panic_in_device(), "RDPT", NULL, &answer);
}

const struct panic_way panic_ways_aml[] = {
	{ "aml-busy", in_aml_busy },
	{ "aml-hold", in_aml_hold },
	{ "aml-handler", in_aml_handler },
	{ NULL, NULL }
};
