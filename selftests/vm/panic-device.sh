#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# For a guest: finds its panic devices, so that a scenario need not know their names.
# The first device is QEMU0001 of ACPI, or that of the device tree. A PCI device follows it or is
# alone.
#
#	panic-device [pci]		prints the sysfs directory of the first device, or of the PCI one
#	panic-device bind [pci]		binds our driver to it
#	panic-device unbind [pci]	unbinds the driver that has it
#	panic-device bind-other ID	binds our driver to the first PCI function with this device id
#	panic-device wait [pci]		returns when a driver is bound to it
#	panic-device gone		returns when there is no PCI device
#	panic-device report		prints attributes and the driver of each, as NAME=VALUE

platform=/sys/bus/platform/devices/QEMU0001:00
[ -e "$platform" ] || platform=/sys/bus/platform/devices/4ff00000.pvpanic

pci_device()
{
	for dir in /sys/bus/pci/devices/*; do
		read -r vendor <"$dir/vendor" && read -r id <"$dir/device"
		[ "$vendor $id" != "0x1b36 0x0011" ] || echo "$dir"
	done 2>/dev/null
}

first_device()
{
	if [ "$1" != pci ] && [ -e "$platform" ]; then echo "$platform"; else pci_device; fi
}

# report DIRECTORY PREFIX
report()
{
	for name in capability events transport port crash_hook; do
		{ read -r value <"$1/$name"; } 2>/dev/null && echo "$2$name=$value"
	done
	driver=$(readlink "$1/driver")
	driver=${driver##*/}
	echo "$2driver=${driver:-none}"
}

report_all()
{
	if [ -e "$platform" ]; then
		report "$platform" ""
		prefix=pci-
	fi
	device=$(pci_device)
	if [ -n "$device" ]; then
		report "$device" "${prefix-}"
	elif [ ! -e "$platform" ]; then
		echo driver=none
	fi
}

# driver_override makes any PCI function ours.
bind_other()
{
	for dir in /sys/bus/pci/devices/*; do
		read -r id <"$dir/device"
		[ "$id" != "$1" ] || break
	done
	[ "$id" = "$1" ] || exit 2
	[ ! -e "$dir/driver" ] || echo "${dir##*/}" >"$dir/driver/unbind"
	echo pvpanic-guest >"$dir/driver_override"
	echo "${dir##*/}" >/sys/bus/pci/drivers/pvpanic-guest/bind
}

# Attributes appear before the probe function ends. It holds the lock that driver_override takes.
wait_for_driver()
{
	until device=$(first_device "$1") && [ -e "$device/events" ]; do :; done
	cat "$device/driver_override" >/dev/null
}

case ${1-} in
bind)
	device=$(first_device "${2-}") && bus=$(readlink -f "$device/subsystem") &&
		echo "${device##*/}" >"$bus/drivers/pvpanic-guest/bind"
	;;
unbind)
	device=$(first_device "${2-}") && echo "${device##*/}" >"$device/driver/unbind"
	;;
bind-other) bind_other "$2" ;;
wait) wait_for_driver "${2-}" ;;
gone) while pci_device | grep -q .; do :; done ;;
report) report_all ;;
*) first_device "${1-}" | grep . ;;
esac
