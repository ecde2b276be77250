#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in a guest once udev has loaded what the device's alias brought: says on the second
# serial port which driver has the device, runs the script that the command line names
# (do=SCRIPT), and panics. It loads no module by itself.

# name_of LINK: the driver that a device's link names, or none
name_of()
{
	name=$(readlink "$1") && echo "${name##*/}" || echo none
}

report()
{
	for device in /sys/bus/platform/devices/QEMU0001:*; do
		echo "driver $(name_of "$device/driver")"
		echo "node $(name_of "/sys/bus/acpi/devices/${device##*/}/driver")"
	done
	echo "modules $(awk '/^pvpanic/ { print $1 }' /proc/modules | sort | xargs)"
	echo "version $(cat /sys/module/pvpanic_guest/version)"
}

# The port has sent all of it when it is closed, so before the panic.
{
	udevadm settle
	echo "kernel $(uname -r)"
	report
	pvpanic-check
	script=$(tr ' ' '\n' </proc/cmdline | sed -n 's/^do=//p')
	if [ "$script" ]; then
		sh -ex "/usr/local/lib/guest/$script" && echo "did $script"
		udevadm settle
		report
	fi
} >/dev/ttyS1 2>&1
echo c >/proc/sysrq-trigger
