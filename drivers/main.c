// SPDX-License-Identifier: GPL-2.0-only
/*
 * pvpanic-guest: tells the hypervisor that this guest has panicked. This file
 * binds to the ACPI device QEMU0001; what it is about begins in notify.c.
 */
#define pr_fmt(fmt) "pvpanic-guest: " fmt

#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/string.h>

#include "pvpanic.h"

static char *transport = "auto", *events = "7", *port = "", *crash_hook = "1";

module_param(transport, charp, 0444);
MODULE_PARM_DESC(transport, "auto: WRPT when that is safe, else the port; port: never WRPT");
module_param(events, charp, 0444);
MODULE_PARM_DESC(events, "what to send: 1 panicked, 2 crash kernel loaded, 4 shutdown (default 7)");
module_param_hw(port, charp, ioport, 0444);
MODULE_PARM_DESC(port, "the device's I/O port (default: from _CRS, else 0x505)");
module_param(crash_hook, charp, 0444);
MODULE_PARM_DESC(crash_hook, "0 or 1: tell the host before a crash kernel is started (default 1)");

/* The same, checked. */
static struct { unsigned int port_only, events, port, crash_hook; } param;
static struct platform_driver pvpanic_driver;

static const struct acpi_device_id pvpanic_ids[] = { { "QEMU0001", 0 }, { } };
MODULE_DEVICE_TABLE(acpi, pvpanic_ids);

/* Firmware that points into RAM, or where x86 has no port, names no register. */
static void pvpanic_find_port(struct pvpanic *pv, const struct platform_device *pdev)
{
	const struct resource *res, *end = pdev->resource + pdev->num_resources;

	pv->port = param.port;
	for (res = pdev->resource; !pv->port && res < end; res++) {
		if (resource_type(res) == IORESOURCE_IO && res->start <= U16_MAX)
			pv->port = res->start;
		else if (resource_type(res) == IORESOURCE_MEM && res->start &&
			 region_intersects(res->start, 1, IORESOURCE_SYSTEM_RAM,
					   IORES_DESC_NONE) == REGION_DISJOINT)
			pv->mmio = devm_ioremap(pv->dev, res->start, 1);
		if (pv->mmio)
			pv->port = res->start;
	}
	if (!pv->port) {
		pv->port = 0x505;
		dev_warn(pv->dev, "no usable port in _CRS, using %#lx\n", pv->port);
	}
}

/* The register answers a read with what RDPT should have said. */
static int pvpanic_find_capability(struct pvpanic *pv)
{
	unsigned long long answer;
	acpi_status status;

	status = acpi_evaluate_integer(ACPI_HANDLE(pv->dev), "RDPT", NULL, &answer);
	if (ACPI_FAILURE(status)) {
		answer = pv->mmio ? readb(pv->mmio) : inb(pv->port);
		dev_warn(pv->dev, "no number from RDPT (%s); port %#lx says %#llx\n",
			 acpi_format_exception(status), pv->port, answer);
	}

	pv->capability = answer & PVPANIC_EVENTS;
	pv->events = pv->capability & param.events;
	if (pv->capability)
		return 0;
	dev_err(pv->dev, "left alone: the host announces no event (%#llx)\n", answer);
	return -ENODEV;
}

/* The administrator decides which driver has the device, so the log gives the command. */
static int __init pvpanic_report_conflict(struct device *dev, void *unused)
{
	if (!acpi_match_device(pvpanic_ids, dev))
		return 0;
	device_lock(dev);
	if (dev->driver && dev->driver != &pvpanic_driver.driver)
		pr_warn("%s is held by %s; to hand over: cd /sys/bus/platform/drivers; echo %s | tee %s/unbind pvpanic-guest/bind\n",
			dev_name(dev), dev->driver->name, dev_name(dev), dev->driver->name);
	device_unlock(dev);
	return 0;
}

/*
 * Before 5.13 the in-tree driver binds to the ACPI node, so both drivers can be bound. A
 * duplicate is acceptable. Silence before kdump, which the in-tree driver alone means, is not.
 */
static void pvpanic_report_duplicate(struct device *dev, struct device *node)
{
	device_lock(node);
	if (node->driver)
		dev_warn(dev, "%s reports panics too, so the host hears each one twice; to stop that: echo %s >/sys/bus/acpi/drivers/%s/unbind\n",
			 node->driver->name, dev_name(node), node->driver->name);
	device_unlock(node);
}

static int pvpanic_probe(struct platform_device *pdev)
{
	struct pvpanic *pv;
	int err;

	if (!ACPI_COMPANION(&pdev->dev))
		return -ENODEV;

	pv = devm_kzalloc(&pdev->dev, sizeof(*pv), GFP_KERNEL);
	if (!pv)
		return -ENOMEM;

	pv->dev = &pdev->dev;
	dev_set_drvdata(pv->dev, pv);
	pv->unsafe = "transport=port";	/* or until WRPT has been rehearsed */
	pvpanic_find_port(pv, pdev);
	err = pvpanic_find_capability(pv) ?: pvpanic_arm(pv, param.crash_hook);
	if (err)
		return err;
	if (!param.port_only)
		pvpanic_rehearse(pv);	/* last, because WRPT may never return */
	dev_info(pv->dev, "armed:%s%s%s; %sport %s%#lx%s%s%s; kdump hook %s\n",
		 pv->events & PVPANIC_PANICKED ? " panicked" : "",
		 pv->events & PVPANIC_CRASH_LOADED ? " crash_loaded" : "",
		 pv->events & PVPANIC_SHUTDOWN ? " shutdown" : "",
		 pv->unsafe ? "" : "WRPT, then ", pv->mmio ? "mem " : "", pv->port,
		 pv->unsafe ? " (not WRPT: " : "", pv->unsafe ?: "", pv->unsafe ? ")" : "",
		 pv->crash_hook_state);
	pvpanic_report_duplicate(pv->dev, &ACPI_COMPANION(pv->dev)->dev);
	return 0;
}

static struct platform_driver pvpanic_driver = {
	.probe = pvpanic_probe,
	.driver = {
		.name = "pvpanic-guest",
		.acpi_match_table = pvpanic_ids,
		.dev_groups = pvpanic_groups,
	},
};

static bool __init pvpanic_number(const char *name, const char *text, unsigned int min,
				  unsigned int max, unsigned int *number)
{
	if (!kstrtouint(text, 0, number) && *number >= min && *number <= max)
		return true;
	pr_err("%s=%s: want a number from %u to %#x\n", name, text, min, max);
	return false;
}

static int __init pvpanic_init(void)
{
	int err;

	param.port_only = !strcmp(transport, "port");
	if (!param.port_only && strcmp(transport, "auto")) {
		pr_err("transport=%s: want auto or port\n", transport);
		return -EINVAL;
	}
	if (!pvpanic_number("events", events, 0, PVPANIC_EVENTS, &param.events) ||
	    (*port && !pvpanic_number("port", port, 1, U16_MAX, &param.port)) ||
	    !pvpanic_number("crash_hook", crash_hook, 0, 1, &param.crash_hook))
		return -EINVAL;

	err = platform_driver_register(&pvpanic_driver);
	if (!err)
		bus_for_each_dev(&platform_bus_type, NULL, NULL, pvpanic_report_conflict);
	return err;
}
module_init(pvpanic_init);

static void __exit pvpanic_exit(void)
{
	platform_driver_unregister(&pvpanic_driver);
}
module_exit(pvpanic_exit);

MODULE_DESCRIPTION("Tells the hypervisor of a guest's panic (ACPI device QEMU0001)");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0");
