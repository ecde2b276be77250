#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Packs the guest's root for one kernel: busybox, the bench's init, and every
# module a scenario may ask for, uncompressed, in /m. What nobody debugs in there is left
# out: each guest unpacks it all.
# usage: initramfs.sh KERNEL-DIR BUILD-DIR
set -eu -o pipefail

kernel=$1 build=$2
release=$(cat "$kernel/release")
out=$build/selftests/vm/initramfs-$release.cpio
root=$(mktemp -d "$build/selftests/vm/root.XXXXXX")
new=$out.new.$$
trap 'rm -rf "$root" "$new"' EXIT
trap 'exit 1' HUP INT TERM	# only when the command that fills it has ended

mkdir -p "$root/bin" "$root/sbin" "$root/m" "$root/proc" "$root/sys" "$root/dev" "$root/tmp"
# shellcheck source=selftests/vm/guest-programs.bash
. "$(dirname "$0")/guest-programs.bash"
for program in "${programs[@]}"; do
	[ ! -e "$program" ] || $strip -o "$root/bin/${program##*/}" "$program"
done
mv "$root/bin/init" "$root/init"
cp "$busybox" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
cp "$(dirname "$0")/early.sh" "$root/early"
cp "$(dirname "$0")/panic-device.sh" "$root/bin/panic-device"
cp "$(dirname "$0")/early-modprobe.sh" "$root/sbin/modprobe"

# The in-tree driver, to compare with, watchdogs, and what a disk takes; modules may be
# compressed, and which of them exist differs from kernel to kernel.
find "$kernel/modules/" -path '*/misc/pvpanic*.ko*' -o -name 'virtio.ko*' -o \
	-name 'ext4.ko*' -o -name 'jbd2.ko*' -o -name 'mbcache.ko*' -o -name 'crc16.ko*' -o \
	-name 'crc32c_generic.ko*' -o -name 'virtio_ring.ko*' -o -name 'virtio_pci*.ko*' -o -name 'virtio_blk.ko*' -o \
	-name 'watchdog.ko*' -o -name 'i6300esb.ko*' -o -name 'softdog.ko*' |
	while read -r module; do
	name=${module##*/}
	case $name in
	*.ko.xz) xz -dc "$module" >"$root/m/${name%.xz}" ;;
	*.ko.zst) zstd -dcq "$module" >"$root/m/${name%.zst}" ;;
	*) cp "$module" "$root/m/$name" ;;
	esac
done
for module in "$build/$release"/*.ko "$build/$release"/test/*.ko; do
	[ ! -e "$module" ] || $strip --strip-debug -o "$root/m/${module##*/}" "$module"
done

(cd "$root" && find . | LC_ALL=C sort | cpio --quiet -o -H newc) >"$new"
mv "$new" "$out"
