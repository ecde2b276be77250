// SPDX-License-Identifier: GPL-2.0-only
/*
 * pvpanic-guest: tells the hypervisor when this guest panics, is about to enter a crash kernel,
 * or powers off. This file has the module's parameters. core.c sends the events.
 */
#define pr_fmt(fmt) "pvpanic-guest: " fmt

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#include "pvpanic.h"
#include "version.h"

static char *transport = "auto";
module_param(transport, charp, 0444);
MODULE_PARM_DESC(transport, "auto: use WRPT where that is safe, otherwise write the register; port: always write the register");
module_param_named(events, pvpanic_params.events, uint, 0444);
MODULE_PARM_DESC(events, "events to send: the sum of 1 (panicked), 2 (crash kernel loaded) and 4 (shutdown); default 7");
/* Elsewhere, an I/O port is an address in PCI memory: another device, or none. */
#ifdef CONFIG_X86
module_param_hw_named(port, pvpanic_params.port, uint, ioport, 0444);
MODULE_PARM_DESC(port, "I/O port of the ACPI device (default: from _CRS, otherwise 0x505)");
#endif
module_param_named(crash_hook, pvpanic_params.crash_hook, bool, 0444);
MODULE_PARM_DESC(crash_hook, "tell the host before a crash kernel starts (default 1)");

static int __init check_params(void)
{
	pvpanic_params.wrpt = !strcmp(transport, "auto");
	if (!pvpanic_params.wrpt && strcmp(transport, "port")) {
		pr_err("transport=%s is invalid; use auto or port\n", transport);
		return -EINVAL;
	}
	if (pvpanic_params.events & ~PVPANIC_EVENTS) {
		pr_err("events=%#x is invalid; use 0 to 7\n", pvpanic_params.events);
		return -EINVAL;
	}
	if (pvpanic_params.port > U16_MAX) {
		pr_err("port=%#x is invalid; use 1 to 0xffff\n", pvpanic_params.port);
		return -EINVAL;
	}
	return 0;
}

static int __init pvpanic_init(void)
{
	int err;

	err = check_params();
	if (err)
		return err;
	err = pvpanic_core_init();
	if (err)
		return err;
	err = pvpanic_platform_init();
	if (err)
		goto exit_core;
	err = pvpanic_pci_init();
	if (err)
		goto exit_platform;
	return 0;

exit_platform:
	pvpanic_platform_exit();
exit_core:
	pvpanic_core_exit();
	return err;
}
module_init(pvpanic_init);

static void __exit pvpanic_exit(void)
{
	pvpanic_pci_exit();
	pvpanic_platform_exit();
	pvpanic_core_exit();
}
module_exit(pvpanic_exit);

MODULE_DESCRIPTION("Reports panics, crash kernels and power-off to the hypervisor (pvpanic)");
MODULE_AUTHOR("pvpanic-guest maintainers <maintainers@pvpanic-guest.invalid>");
MODULE_LICENSE("GPL");
MODULE_VERSION(PVPANIC_GUEST_VERSION);
