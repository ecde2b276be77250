# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Makes bootable guests of the Debian root that this runs in, which may be spoilt. Sourced
# after in-root.bash; systemd, udev and e2fsprogs are installed.

# Once udev is done, the guest says what it has, and panics. Its scripts are the manual's
# commands, word for word.
prepare_guest()
{
	local file

	install -m 755 "$TOP/selftests/install/guest-report.sh" /usr/local/sbin/guest-report
	mkdir -p /usr/local/lib/guest /tmp/commands
	awk -v OUT=/tmp/commands -f "$TOP/Documentation/commands.awk" "$TOP/Documentation/install.rst"
	for file in /tmp/commands/*.install-*; do
		cp "$file" "/usr/local/lib/guest/${file##*.install-}"
	done
	cat >/etc/systemd/system/guest-report.service <<-'UNIT'
		[Unit]
		After=systemd-udev-trigger.service
		Wants=systemd-udev-trigger.service
		[Service]
		Type=oneshot
		ExecStart=/usr/local/sbin/guest-report
		[Install]
		WantedBy=multi-user.target
	UNIT
	systemctl enable guest-report.service
	# The disk's driver, and no more: a small initramfs takes less time to make and to boot.
	mkdir -p /etc/initramfs-tools/conf.d
	echo MODULES=list >/etc/initramfs-tools/conf.d/few-modules
	printf '%s\n' virtio_pci virtio_blk ext4 >>/etc/initramfs-tools/modules
}

# make_disk FILE: this root, without what only a build needs, as a file system.
make_disk()
{
	local dir

	mount --bind / /mnt
	for dir in /usr/src /usr/include /usr/lib/gcc /usr/libexec/gcc /var/cache /var/lib/apt /tmp; do
		[ ! -d "$dir" ] || mount -t tmpfs tmpfs "/mnt$dir"
	done
	# pvpanic-check asks whether the kernel has headers.
	find /usr/src -mindepth 1 -maxdepth 1 -type d -printf '/mnt%p\0' | xargs -0 mkdir -p
	rm -f "$1"
	mke2fs -q -t ext4 -d /mnt "$1" 1200M
	umount -R /mnt
}

# make_boot_files DIR RELEASE: what QEMU boots that kernel by.
make_boot_files()
{
	mkdir -p "$1"
	cp "/boot/vmlinuz-$2" "$1/vmlinuz"
	cp "/boot/initrd.img-$2" "$1/initrd"
}
