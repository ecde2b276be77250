// SPDX-License-Identifier: GPL-2.0-only
// What makes a device a pvpanic: the ACPI ID, and that it is there.
Name (_HID, "QEMU0001")
Name (_STA, 0x0F)
