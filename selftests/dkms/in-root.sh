#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# in-root.sh UPGRADE...: what check-dkms.sh runs in a Debian root that it may spoil:
# the module installed for several kernels at once, a kernel upgrade (the packages
# UPGRADE) that brings the module by itself, removal that leaves nothing, and the
# ways in which an installation can go wrong, of which none may leave a half. KTAP.
#
# shellcheck disable=SC2016,SC2086,SC2317 # run calls the tests by their names
set -eu

# shellcheck source=selftests/dkms/in-root.bash
. "$(dirname "$0")/in-root.bash"

test_installs_for_all_kernels_at_once()
{
	project dkms-install "KREL=${kernels[0]}"
	project dkms-install
	[ "$(find /var/lib/dkms/$NAME -maxdepth 1 -name '[0-9]*' | wc -l)" = 1 ] ||
		fail "the second install didn't replace the first"
	for release in "${kernels[@]}"; do
		has_module "$release"
		alias_gives "$release" $NAME
		dkms status -m $NAME -k "$release" | grep installed
	done
	has_check_and_pages
	[ "${#kernels[@]}" -gt 1 ]
}

test_is_signed_where_dkms_signs()
{
	dpkg --compare-versions "$(dpkg-query -W -f '${Version}' dkms)" ge 3 ||
		skip "dkms before 3 signs nothing by itself"
	for release in "${kernels[@]}"; do
		modinfo -k "$release" -F sig_id $NAME | grep PKCS || fail "not signed for $release"
	done
}

# Which kernel came, and that nobody had to ask for the module.
test_kernel_upgrade_brings_the_module()
{
	local release new=()

	apt-get -y -q --no-install-recommends --no-download install "${upgrade[@]}"
	for dir in /lib/modules/*/build/Makefile; do
		release=$(basename "${dir%/build/Makefile}")
		case " ${kernels[*]} " in *" $release "*) ;; *) new+=("$release") ;; esac
	done
	[ ${#new[@]} -gt 0 ] || fail "the upgrade brought no kernel"
	for release in "${new[@]}"; do
		has_module "$release"
		echo "$release" >>/tmp/new
	done
}

# The new kernel has the in-tree driver too, which claims the same alias.
test_new_kernel_gives_the_device_to_us()
{
	while read -r release; do
		find "/lib/modules/$release" "/usr/lib/modules/$release" -name 'pvpanic*.ko*' ! -path '*/updates/*' |
			grep pvpanic || fail "$release has no in-tree driver to compare with"
		alias_gives "$release" $NAME
		pci_untouched "$release"
	done </tmp/new
}

test_initramfs_has_module_and_blacklist()
{
	while read -r release; do
		lsinitramfs "/boot/initrd.img-$release" >/tmp/list
		grep "$NAME.ko" /tmp/list || fail "no module in the initramfs of $release"
		grep "etc/modprobe.d/$NAME.conf" /tmp/list || fail "no modprobe.d in it"
	done </tmp/new
}

test_kernel_removal_takes_its_module()
{
	run-parts --arg="${kernels[1]}" /etc/kernel/prerm.d
	! compgen -G "/lib/modules/${kernels[1]}/updates/dkms/$NAME.ko*" ||
		fail "the module of a removed kernel stayed"
}

test_uninstall_leaves_nothing()
{
	project dkms-uninstall
	no_trace
}

test_uninstall_gives_the_device_back()
{
	while read -r release; do
		lsinitramfs "/boot/initrd.img-$release" >/tmp/list
		! grep $NAME /tmp/list || fail "still in the initramfs of $release"
		modprobe -S "$release" -b -D acpi:QEMU0001: | grep -E 'pvpanic(-mmio)?\.ko' ||
			fail "the in-tree driver is still kept off"
	done </tmp/new
}

test_no_headers_for_the_asked_kernel()
{
	refused "apt-get install linux-headers-9.9.9" project dkms-install KREL=9.9.9
}

test_no_headers_to_build_with()
{
	refused "no kernel headers in /lib/modules/9.9.9/build" project modules KREL=9.9.9
	refused "no kernel headers in /nowhere" project modules KDIR=/nowhere
}

# Compilers that say what real ones would: clang, and a gcc from long ago.
test_wrong_compiler()
{
	printf '#!/bin/sh\ncat >/dev/null; echo 1\n' >/tmp/clang
	printf '#!/bin/sh\ncase $1 in -dumpversion) echo 4.9 ;; *) cat ;; esac\n' >/tmp/old-gcc
	chmod +x /tmp/clang /tmp/old-gcc
	refused "apt-get install gcc-" project modules "KREL=${kernels[0]}" CC=/tmp/no-gcc
	refused "/tmp/clang is clang; type: apt-get install gcc-" \
		project modules "KREL=${kernels[0]}" CC=/tmp/clang
	refused "/tmp/old-gcc is 4.9; type: apt-get install gcc-" \
		project modules "KREL=${kernels[0]}" CC=/tmp/old-gcc
}

test_no_network()
{
	refused "no network" unshare --net $PROJECT/selftests/lib/packages.sh hello
}

test_no_space_to_build_in()
{
	local status=0

	mkdir -p $PROJECT/build
	mount -t tmpfs -o size=64k tmpfs $PROJECT/build
	(refused "no space" project modules "KREL=${kernels[0]}") || status=1
	umount $PROJECT/build
	return $status
}

test_not_root()
{
	refused "sudo make install" setpriv --reuid=65534 --clear-groups \
		make -C $PROJECT --no-print-directory install
	refused "sudo make dkms-install" setpriv --reuid=65534 --clear-groups \
		make -C $PROJECT --no-print-directory dkms-install
}

test_source_that_fails_to_build()
{
	cp -r $PROJECT /tmp/broken
	echo "#error on purpose" >>/tmp/broken/drivers/main.c
	refused "no module for ${kernels[0]}, nothing was installed" \
		make -C /tmp/broken --no-print-directory dkms-install
	grep -q "on purpose" /tmp/broken/build/dkms.log || fail "the log doesn't say why"
}

test_no_space_for_the_module()
{
	local dir=/lib/modules/${kernels[0]}/updates status=0

	mkdir -p "$dir"
	mount -t tmpfs -o size=4k tmpfs "$dir"
	(refused "no space" project install "KREL=${kernels[0]}") || status=1
	umount "$dir"
	rmdir "$dir"
	return $status
}

test_install_by_hand_and_back()
{
	project install "KREL=${kernels[0]}"
	modinfo -k "${kernels[0]}" -F filename $NAME | grep "/updates/$NAME.ko" || fail "not there"
	alias_gives "${kernels[0]}" $NAME
	has_check_and_pages
	project dkms-install 2>/tmp/err && fail "DKMS beside it was not refused"
	grep "type: make uninstall KREL=${kernels[0]}\$" /tmp/err || fail "and doesn't say what to do"
	project uninstall "KREL=${kernels[0]}"
	unchanged
}

upgrade=("$@")
rm -f /tmp/new

echo "TAP version 13"
echo "# dkms $(dpkg-query -W -f '${Version}' dkms), kernels: ${kernels[*]}"
echo "1..17"
run no_headers_for_the_asked_kernel
run no_headers_to_build_with
run wrong_compiler
run no_network
run no_space_to_build_in
run not_root
run source_that_fails_to_build
run no_space_for_the_module
run install_by_hand_and_back
run installs_for_all_kernels_at_once
run is_signed_where_dkms_signs
run kernel_upgrade_brings_the_module
run new_kernel_gives_the_device_to_us
run initramfs_has_module_and_blacklist
run kernel_removal_takes_its_module
run uninstall_leaves_nothing
run uninstall_gives_the_device_back
exit $failed
