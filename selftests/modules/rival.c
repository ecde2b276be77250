// SPDX-License-Identifier: GPL-2.0-only
/*
 * For test guests: another driver that takes QEMU0001 and does nothing with it,
 * where the kernel has no in-tree driver that would.
 */
#include <linux/acpi.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static int rival_probe(struct platform_device *pdev)
{
	return 0;
}

static const struct acpi_device_id rival_ids[] = {
	{ "QEMU0001", 0 },
	{ "", 0 }
};

static struct platform_driver rival_driver = {
	.probe = rival_probe,
	.driver = { .name = "rival", .acpi_match_table = rival_ids },
};
module_platform_driver(rival_driver);

MODULE_DESCRIPTION("Test only: holds QEMU0001");
MODULE_LICENSE("GPL");
