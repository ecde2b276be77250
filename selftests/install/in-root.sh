#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# in-root.sh OUT UPGRADE...: what check-dkms.sh runs in a Debian root that it may spoil:
# the module installed for several kernels at once, a kernel upgrade (the packages
# UPGRADE) that brings the module by itself, removal that leaves nothing, and the
# ways in which an installation can go wrong, of which none may leave a half. KTAP.
# After the upgrade it makes a guest of the root, in the folder OUT.
#
# shellcheck disable=SC2016,SC2086,SC2317 # run calls the tests by their names
set -eu

out=$1
shift
# shellcheck source=selftests/install/in-root.bash
. "$(dirname "$0")/in-root.bash"
# shellcheck source=selftests/install/guest-image.bash
. "$(dirname "$0")/guest-image.bash"

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

test_no_compiler_for_dkms()
{
	local compiler status=0

	compiler=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\?\([^ "]*\).*/\1/p' \
		"/lib/modules/${kernels[0]}/build/include/config/auto.conf")
	compiler=$(command -v "$compiler")
	mv "$compiler" /tmp/hidden
	(refused "is missing; type: apt-get install gcc-" \
		$PROJECT/drivers/install/install.sh dkms-install "${kernels[0]}") || status=1
	mv /tmp/hidden "$compiler"
	return $status
}

# in_small_src COMMAND...: with the headers, and no room for more than 16 KiB of ours
in_small_src()
{
	local status=0

	mkdir -p /tmp/src
	mount --bind /usr/src /tmp/src
	mount -t tmpfs -o size=16k tmpfs /usr/src
	ln -s /tmp/src/* /usr/src/
	"$@" || status=1
	umount /usr/src /tmp/src
	return $status
}

no_room_for_dkms()
{
	everything >/tmp/small
	(before=/tmp/small refused "No space left on device; free some" \
		$PROJECT/drivers/install/install.sh dkms-install "${kernels[0]}")
}

test_no_space_for_dkms()
{
	local status=0

	make -s -C $PROJECT pvpanic-check
	in_small_src no_room_for_dkms || status=1
	mount -t tmpfs -o size=64k tmpfs /var/lib/dkms
	(refused "make dkms-install: no space in /var/lib/dkms; free some" \
		$PROJECT/drivers/install/install.sh dkms-install "${kernels[0]}") || status=1
	umount /var/lib/dkms
	return $status
}

# Another release, and the same one again: what is there is taken away for one that was built.
test_failed_upgrade_keeps_what_was_there()
{
	local before=/tmp/installed sums

	everything >$before
	sums=$(md5sum /lib/modules/*/updates/dkms/*)
	for version in 1.0.1 "$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' $PROJECT/dkms.conf)"; do
		sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$version\"/" /tmp/broken/dkms.conf
		refused "no module for ${kernels[0]}, what was installed stays" \
			make -C /tmp/broken --no-print-directory dkms-install
		[ "$(md5sum /lib/modules/*/updates/dkms/*)" = "$sums" ] || fail "other modules"
	done
	in_small_src no_room_for_dkms
	dkms status -m $NAME -k "${kernels[0]}" | grep installed
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
		ours_is_first "$release"
	done </tmp/new
}

test_initramfs_has_module_and_softdeps()
{
	while read -r release; do
		lsinitramfs "/boot/initrd.img-$release" >/tmp/list
		grep "$NAME.ko" /tmp/list || fail "no module in the initramfs of $release"
		grep "etc/modprobe.d/$NAME.conf" /tmp/list || fail "no modprobe.d in it"
	done </tmp/new
}

test_makes_a_guest_of_the_new_kernel()
{
	mkdir -p "$out"
	make_boot_files "$out" "$(tail -n 1 /tmp/new)"
	make_disk "$out/disk"
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
		alias_gives "$release" "$(in_tree_driver "$release")"
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
	refused "no network" unshare --net $PROJECT/scripts/packages.sh hello
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
	echo "#error on purpose" >>/tmp/broken/drivers/module.c
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
prepare_guest
everything >/tmp/before

echo "TAP version 13"
echo "# dkms $(dpkg-query -W -f '${Version}' dkms), kernels: ${kernels[*]}"
echo "1..21"
run no_headers_for_the_asked_kernel
run no_headers_to_build_with
run wrong_compiler
run no_compiler_for_dkms
run no_network
run no_space_to_build_in
run not_root
run source_that_fails_to_build
run no_space_for_the_module
run no_space_for_dkms
run install_by_hand_and_back
run installs_for_all_kernels_at_once
run failed_upgrade_keeps_what_was_there
run is_signed_where_dkms_signs
run kernel_upgrade_brings_the_module
run new_kernel_gives_the_device_to_us
run initramfs_has_module_and_softdeps
run makes_a_guest_of_the_new_kernel
run kernel_removal_takes_its_module
run uninstall_leaves_nothing
run uninstall_gives_the_device_back
exit $failed
