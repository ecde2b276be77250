#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# guest-root.sh BUILD KERNEL-DIR INSTALLED OUT: the bench's initramfs for a kernel, and
# in it what a guest has where all of this is installed: the module as depmod knows it,
# pvpanic-check, and in /kselftest the collection, which lies in INSTALLED. It appears
# as OUT/selftests/vm/initramfs-RELEASE.cpio, where vm-bench --build OUT looks.
set -eu
export LC_ALL=C

build=$1 kernel=$2 installed=$3 out=$4
release=$(cat "$kernel/release")
modules=lib/modules/$release
mkdir -p "$out/selftests/vm"
"$(dirname "$0")/../../scripts/packages.sh" kmod
root=$(mktemp -d "$out/root.XXXXXX")
trap 'rm -rf "$root"' EXIT

mkdir -p "$root/bin" "$root/etc" "$root/$modules/updates"
printf '%s\n' root:x:0:0::/:/bin/sh nobody:x:65534:65534::/:/bin/sh >"$root/etc/passwd"
cp -r "$installed" "$root/kselftest"
ln -s ../kselftest/pvpanic/pvpanic-check "$root/bin/"
cp "$build/$release/pvpanic-guest.ko" "$root/$modules/updates/"
cp "$kernel/modules"/modules.{order,builtin,builtin.modinfo} "$root/$modules/"
/sbin/depmod -b "$root" "$release"
chmod -R go+rX "$root"
{
	cat "$build/selftests/vm/initramfs-$release.cpio"
	(cd "$root" && find . | sort | cpio --quiet -o -H newc)
} >"$root.cpio"
mv "$root.cpio" "$out/selftests/vm/initramfs-$release.cpio"
