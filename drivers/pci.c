// SPDX-License-Identifier: GPL-2.0-only
/* The pvpanic device on PCI (QEMU: -device pvpanic-pci). BAR 0 is the register. */
#define pr_fmt(fmt) "pvpanic-guest: " fmt

#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "pvpanic.h"

/* Red Hat assigned these ids (QEMU, docs/specs/pci-ids). */
#define PVPANIC_PCI_VENDOR	0x1b36
#define PVPANIC_PCI_DEVICE	0x0011

static const struct pci_device_id pvpanic_pci_ids[] = {
	{ PCI_DEVICE(PVPANIC_PCI_VENDOR, PVPANIC_PCI_DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, pvpanic_pci_ids);

static int pvpanic_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct pvpanic *pv;
	u8 announced;
	int err;

	pv = devm_kzalloc(&pdev->dev, sizeof(*pv), GFP_KERNEL);
	if (!pv)
		return -ENOMEM;
	pv->dev = &pdev->dev;
	pci_set_drvdata(pdev, pv);

	if (!(pci_resource_flags(pdev, 0) & IORESOURCE_MEM) ||
	    pci_resource_flags(pdev, 0) & IORESOURCE_UNSET || !pci_resource_len(pdev, 0)) {
		dev_err(pv->dev, "not bound: BAR 0 has no memory address\n");
		return -ENODEV;
	}
	err = pcim_enable_device(pdev);
	if (err)
		return err;
	pv->address = pci_resource_start(pdev, 0);
	pv->mmio = pcim_iomap(pdev, 0, 1);
	if (!pv->mmio)
		return -ENOMEM;

	/* A read that no device answers gives all ones. */
	announced = readb(pv->mmio);
	if (announced == 0xff) {
		dev_err(pv->dev, "not bound: no device answers at %#lx\n", pv->address);
		return -ENODEV;
	}

	err = pvpanic_add(pv, announced);
	if (err)
		return err;
	err = pvpanic_add_attributes(pv);
	if (err)
		return err;
	pvpanic_log_armed(pv);
	return 0;
}

static struct pci_driver pvpanic_pci_driver = {
	.name = "pvpanic-guest",
	.id_table = pvpanic_pci_ids,
	.probe = pvpanic_pci_probe,
	.driver.probe_type = PROBE_FORCE_SYNCHRONOUS,
};

static int report_conflict(struct device *dev, void *unused)
{
	if (pci_match_id(pvpanic_pci_ids, to_pci_dev(dev)))
		pvpanic_report_conflict(dev, &pvpanic_pci_driver.driver);
	return 0;
}

/** pvpanic_pci_init - register the PCI driver; returns 0 or a negative errno */
int pvpanic_pci_init(void)
{
	int err;

	err = pci_register_driver(&pvpanic_pci_driver);
	if (!err)
		bus_for_each_dev(&pci_bus_type, NULL, NULL, report_conflict);
	return err;
}

/** pvpanic_pci_exit - unregister the PCI driver */
void pvpanic_pci_exit(void)
{
	pci_unregister_driver(&pvpanic_pci_driver);
}
