# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # whoever sources this uses them
#
# Which modules modprobe loads for a pvpanic device, in which order. udev asks libkmod by the
# same aliases, and libkmod reads the same files.

ACPI_ALIAS=acpi:QEMU0001:
PCI_ALIAS=pci:v00001B36d00000011sv00001AF4sd00001100bc08sc80i00

# modules_for ALIAS MODPROBE-OPTION...
modules_for()
{
	local alias=$1

	shift
	modprobe "$@" -b -D "$alias" 2>/dev/null | sed -n 's/^insmod .*\///; s/\.ko.*//p' |
		awk '!seen[$0]++' | xargs
}

# What a kernel loads for the ACPI device if it has the in-tree driver and ours.
both_drivers()
{
	case $1 in
	5.10.*) echo "pvpanic pvpanic-guest" ;;
	*) echo "pvpanic pvpanic-guest pvpanic-mmio" ;;
	esac
}

in_tree_driver()
{
	case $1 in
	5.10.*) echo "pvpanic" ;;
	*) echo "pvpanic pvpanic-mmio" ;;
	esac
}
