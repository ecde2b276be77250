#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# For a guest: PID 1 of an initramfs that loads the driver and then finds no root.
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
insmod /m/pvpanic-guest.ko
exit 1
