#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# guest-image.sh OUT: what check-handover.sh runs in a Debian root that it may spoil.
# Makes two guests of it: OUT/with, the module installed by DKMS as a user does it,
# and OUT/without, the module uninstalled again. Each has a disk (a file system
# without a partition), vmlinuz and initrd.
set -eu

out=$1
# shellcheck source=selftests/install/in-root.bash
. "$(dirname "$0")/in-root.bash"

for image in /boot/vmlinuz-*; do
	kernel=${image#/boot/vmlinuz-}
done

# Once udev is done: who has the device, then the panic. Nothing of it is loaded by
# the unit itself, so what the console shows is what the alias brought.
# It speaks through the kernel's log, which a panic that follows at once can't cut off.
install -D -m 755 /dev/stdin /usr/local/sbin/tell-and-panic <<'SCRIPT'
#!/bin/sh
say()
{
	echo "<3>handover: $*" >/dev/kmsg
}

modules()
{
	lsmod | awk '/^pvpanic/ { print $1 }' | sort | xargs
}

udevadm settle
for device in /sys/bus/platform/devices/QEMU0001:*; do
	say "driver $(basename "$(readlink "$device/driver")")"
done
say "modules $(modules)"
for module in $(tr ' ' '\n' </proc/cmdline | sed -n 's/^then=//p' | tr , ' '); do
	modprobe "$module" || say "$module refused"
	say "then $(basename "$(readlink "$device/driver")")"
done
if grep -q hand-over=now /proc/cmdline; then
	sh -e /usr/local/sbin/hand-over || say "hand-over refused"
	say "now $(basename "$(readlink "$device/driver")")"
	say "left $(modules)."
fi
echo c >/proc/sysrq-trigger
SCRIPT

# The commands of "Handing over from the in-tree driver", "Now", word for word.
awk '
	/^\* \*\*Now\*\*: / { now = 1 }
	now && /code-block:: sh/ { block = 1; next }
	block && /^\*/ { exit }
	block && NF { sub(/^ +/, ""); print }' "$TOP/Documentation/install.rst" >/usr/local/sbin/hand-over
[ -s /usr/local/sbin/hand-over ] || fail "install.rst names no commands for a hand-over now"
cat >/etc/systemd/system/tell-and-panic.service <<'UNIT'
[Unit]
After=systemd-udev-trigger.service
Wants=systemd-udev-trigger.service
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/tell-and-panic
[Install]
WantedBy=multi-user.target
UNIT
systemctl enable tell-and-panic.service

# The modules of a root in a chroot are found by what its own kernel needs.
sed -i 's/^MODULES=.*/MODULES=most/' /etc/initramfs-tools/initramfs.conf

disk()
{
	mkdir -p "$out/$1"
	cp "/boot/vmlinuz-$kernel" "$out/$1/vmlinuz"
	cp "/boot/initrd.img-$kernel" "$out/$1/initrd"
	rm -f "$out/$1/disk"
	mke2fs -q -t ext4 -d /mnt "$out/$1/disk" 900M
}

project dkms-install "KREL=$kernel"
# The device is asked for by alias; a build's tools are not needed any more.
mount --bind / /mnt
disk with
project dkms-uninstall
disk without
