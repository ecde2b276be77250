// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pvpanic device as the ACPI device QEMU0001 (QEMU: -device pvpanic) and as the device tree
 * node qemu,pvpanic-mmio.
 */
#define pr_fmt(fmt) "pvpanic-guest: " fmt

#include <linux/acpi.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/of_device.h>
#include <linux/platform_device.h>

#include "pvpanic.h"
#include "wrpt.h"

static const struct acpi_device_id pvpanic_acpi_ids[] = {
	{ "QEMU0001", 0 },
	{ }
};
MODULE_DEVICE_TABLE(acpi, pvpanic_acpi_ids);

static const struct of_device_id pvpanic_of_ids[] = {
	{ .compatible = "qemu,pvpanic-mmio" },
	{ }
};
MODULE_DEVICE_TABLE(of, pvpanic_of_ids);

#ifdef CONFIG_ACPI
/* Firmware can point into RAM, or to a port that x86 does not have. Neither is a register. */
static bool take_resource(struct pvpanic *pv, const struct resource *res)
{
	if (resource_type(res) == IORESOURCE_IO && res->start && res->start <= U16_MAX) {
		pv->address = res->start;
		return IS_ENABLED(CONFIG_X86);
	}
	if (resource_type(res) == IORESOURCE_MEM && res->start &&
	    region_intersects(res->start, 1, IORESOURCE_SYSTEM_RAM,
			      IORES_DESC_NONE) == REGION_DISJOINT) {
		pv->address = res->start;
		pv->mmio = devm_ioremap(pv->dev, res->start, 1);
		return pv->mmio;
	}
	return false;
}

static int find_acpi_register(struct pvpanic *pv, const struct platform_device *pdev)
{
	unsigned int i;

	pv->address = pvpanic_params.port;
	if (pv->address)
		return 0;
	for (i = 0; i < pdev->num_resources; i++)
		if (take_resource(pv, &pdev->resource[i]))
			return 0;

	if (!IS_ENABLED(CONFIG_X86)) {
		dev_err(pv->dev, "not bound: no usable register in _CRS\n");
		return -ENODEV;
	}
	pv->address = 0x505;
	dev_warn(pv->dev, "no usable register in _CRS, using port %#lx\n", pv->address);
	return 0;
}

/* A read of the register gives the same number as RDPT. */
static unsigned int read_acpi_capability(struct pvpanic *pv)
{
	unsigned long long announced;
	acpi_status status;

	status = acpi_evaluate_integer(ACPI_HANDLE(pv->dev), "RDPT", NULL, &announced);
	if (ACPI_FAILURE(status)) {
		announced = pv->mmio ? readb(pv->mmio) : inb(pv->address);
		dev_warn(pv->dev, "no number from RDPT (%s), so the register is read: %#llx\n",
			 acpi_format_exception(status), announced);
	}
	return announced;
}

/*
 * Before 5.13 the in-tree driver binds to the ACPI node, so both drivers can be bound. A
 * duplicate is acceptable. The in-tree driver alone is not, because it is silent before kdump.
 */
static void report_duplicate(struct device *dev, struct device *node)
{
	device_lock(node);
	if (node->driver)
		dev_warn(dev, "%s reports panics too, so the host hears each one twice; to stop that: echo %s >/sys/bus/acpi/drivers/%s/unbind\n",
			 node->driver->name, dev_name(node), node->driver->name);
	device_unlock(node);
}

static int probe_acpi(struct pvpanic *pv, struct platform_device *pdev)
{
	int err;

	err = find_acpi_register(pv, pdev);
	if (err)
		return err;
	err = pvpanic_add(pv, read_acpi_capability(pv));
	if (err)
		return err;
	err = pvpanic_add_attributes(pv);
	if (err)
		return err;

	/* Last, because WRPT may never return. */
	if (pvpanic_params.wrpt)
		pvpanic_wrpt_rehearse(pv, pvpanic_crash_hooked());
	else
		pv->wrpt_refused = "transport=port";
	report_duplicate(pv->dev, &ACPI_COMPANION(pv->dev)->dev);
	return 0;
}
#else
static int probe_acpi(struct pvpanic *pv, struct platform_device *pdev)
{
	return -ENODEV;
}
#endif

static int probe_of(struct pvpanic *pv, struct platform_device *pdev)
{
	struct resource *res;
	int err;

	pv->mmio = devm_platform_get_and_ioremap_resource(pdev, 0, &res);
	if (IS_ERR(pv->mmio))
		return PTR_ERR(pv->mmio);
	pv->address = res->start;
	err = pvpanic_add(pv, readb(pv->mmio));
	if (err)
		return err;
	return pvpanic_add_attributes(pv);
}

static int pvpanic_platform_probe(struct platform_device *pdev)
{
	struct pvpanic *pv;
	int err;

	pv = devm_kzalloc(&pdev->dev, sizeof(*pv), GFP_KERNEL);
	if (!pv)
		return -ENOMEM;
	pv->dev = &pdev->dev;
	platform_set_drvdata(pdev, pv);

	if (ACPI_COMPANION(pv->dev))
		err = probe_acpi(pv, pdev);
	else if (pdev->dev.of_node)
		err = probe_of(pv, pdev);
	else
		err = -ENODEV;	/* driver_override offered us a device of another kind */
	if (err)
		return err;
	pvpanic_log_armed(pv);
	return 0;
}

static struct platform_driver pvpanic_platform_driver = {
	.probe = pvpanic_platform_probe,
	.driver = {
		.name = "pvpanic-guest",
		.acpi_match_table = pvpanic_acpi_ids,
		.of_match_table = pvpanic_of_ids,
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

static int report_conflict(struct device *dev, void *unused)
{
	if (acpi_match_device(pvpanic_acpi_ids, dev) || of_match_device(pvpanic_of_ids, dev))
		pvpanic_report_conflict(dev, &pvpanic_platform_driver.driver);
	return 0;
}

/** pvpanic_platform_init - register the platform driver; returns 0 or a negative errno */
int pvpanic_platform_init(void)
{
	int err;

	err = platform_driver_register(&pvpanic_platform_driver);
	if (!err)
		bus_for_each_dev(&platform_bus_type, NULL, NULL, report_conflict);
	return err;
}

/** pvpanic_platform_exit - unregister the platform driver */
void pvpanic_platform_exit(void)
{
	platform_driver_unregister(&pvpanic_platform_driver);
}
