#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# guest-image.sh OUT OTHER UPGRADE...: what check-install.sh runs in a Debian root that it may
# spoil. Takes the root through the ways in which an installation can go, and makes the disks
# and initramfs of guests that boot the result. OTHER is a key of a kernel in build/kernels;
# UPGRADE are the packages of a newer kernel and its headers.
set -eu

out=$1 other=$2
shift 2
# shellcheck source=selftests/install/in-root.bash
. "$(dirname "$0")/in-root.bash"
# shellcheck source=selftests/install/guest-image.bash
. "$(dirname "$0")/guest-image.bash"

# lay_out KEY: a kernel of build/kernels, as its package would
lay_out()
{
	local dir=$TOP/build/kernels/$1

	release=$(cat "$dir/release")
	mkdir -p "/lib/modules/$release"
	cp -a "$dir/modules/." "/lib/modules/$release"
	cp "$dir/vmlinuz" "/boot/vmlinuz-$release"
	cp "$dir/config" "/boot/config-$release"
	depmod "$release"
	update-initramfs -c -k "$release"
}

# add_ours: the module for the kernel that was laid out last
add_ours()
{
	install -D -m 644 "$TOP/build/$release/$NAME.ko" "/lib/modules/$release/updates/$NAME.ko"
	depmod "$release"
	update-initramfs -u -k "$release"
}

prepare_guest
kernel=${kernels[0]}
[ ${#kernels[@]} = 1 ] || fail "more than one kernel: ${kernels[*]}"

# Before the installation: an initramfs that has the in-tree driver alone.
echo pvpanic-mmio >>/etc/initramfs-tools/modules
update-initramfs -u -k "$kernel"
make_boot_files "$out/in-tree-in-initramfs" "$kernel"
sed -i '/^pvpanic-mmio$/d' /etc/initramfs-tools/modules

# An older source is installed, removed from DKMS by hand, and then the current one is installed.
cp -r $PROJECT /tmp/old
sed -i 's/^MODULE_VERSION(.*/MODULE_VERSION("old");/' /tmp/old/drivers/module.c
make -C /tmp/old --no-print-directory dkms-install
modinfo -k "$kernel" -F version $NAME | grep -x old || fail "the old source was not built"
dkms remove -m $NAME -v "$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' $PROJECT/dkms.conf)" --all
project dkms-install
make_boot_files "$out/ours" "$kernel"

# Kernels that DKMS knows nothing of: one without our module, and two with it.
lay_out "$other"
make_boot_files "$out/$other" "$release"
lay_out built-in
add_ours
make_boot_files "$out/built-in" "$release"
lay_out 5.10
make_boot_files "$out/5.10-in-tree-first" "$release"
add_ours
make_boot_files "$out/5.10" "$release"

# A kernel upgrade for which DKMS can't build the module. dpkg may leave such a kernel
# unconfigured and without an initramfs; it can be booted all the same.
for source in "/usr/src/$NAME-"*/drivers/module.c; do
	echo "#error on purpose" >>"$source"
done
apt-get -y -q --no-install-recommends --no-download install "$@" || echo "dpkg: status $?"
for dir in /lib/modules/*/build/Makefile; do
	release=$(basename "${dir%/build/Makefile}")
	[ "$release" = "$kernel" ] || upgrade=$release
done
[ -e "/boot/initrd.img-$upgrade" ] || update-initramfs -c -k "$upgrade"
! modinfo -k "$upgrade" $NAME || fail "DKMS has built the module for $upgrade"
make_boot_files "$out/build-failed" "$upgrade"
make_disk "$out/disk-installed"

# The same with the file that the softdeps replaced.
cp /etc/modprobe.d/$NAME.conf /tmp/softdeps
cp "$TOP/selftests/install/blacklist.conf" /etc/modprobe.d/$NAME.conf
make_disk "$out/disk-blacklist"
cp /tmp/softdeps /etc/modprobe.d/$NAME.conf

sh -ex /usr/local/lib/guest/keep-out
make_boot_files "$out/kept-out" "$kernel"
make_disk "$out/disk-kept-out"
rm /etc/modprobe.d/keep-out.conf

project dkms-uninstall
make_boot_files "$out/uninstalled" "$kernel"
make_disk "$out/disk-uninstalled"
