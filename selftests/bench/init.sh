#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# PID 1 of a guest whose panic notifier is counted. The kernel hands DRIVER=in-tree|port|auto
# from its command line to this script as a variable.
busybox mount -t proc proc /proc	# without /proc the shell finds no other command
mount -t sysfs sysfs /sys
case $DRIVER in
in-tree)
	insmod /m/pvpanic.ko
	# Since 5.13 the in-tree driver is two modules.
	[ ! -e /m/pvpanic-mmio.ko ] || insmod /m/pvpanic-mmio.ko
	;;
*) insmod /m/pvpanic-guest.ko "transport=$DRIVER" ;;
esac
wrpt=0
[ "$(cat /sys/bus/platform/devices/QEMU0001:00/transport)" != wrpt ] || wrpt=1
echo "memory=$(cat /sys/module/pvpanic*/coresize | awk '{ sum += $1 } END { print sum }')"
insmod /m/count-notifier.ko wrpt=$wrpt && echo c >/proc/sysrq-trigger
reboot -f
