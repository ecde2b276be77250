#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# deb-in-root.sh OLD NEW: what check-deb.sh runs in a Debian root that it may spoil.
# OLD and NEW are folders with the packages of two releases, NEW the later one.
#
# shellcheck disable=SC2086,SC2317 # run_tests calls the tests by their names
set -eu

# shellcheck source=selftests/install/in-root.bash
. "$(dirname "$0")/in-root.bash"

old=$1 new=$2

version_of()
{
	dpkg-deb -f "$1/$NAME"-dkms_*.deb Version
}

installed_module()
{
	modinfo -k "$kernel" -F filename $NAME | grep /updates/dkms/ || fail "$kernel has no module"
	[ "$(dkms status -m $NAME | grep -c installed)" = 1 ] || fail "$(dkms status)"
	dkms status -m $NAME | grep -F "$1" || fail "not version $1: $(dkms status)"
}

in_initramfs()
{
	lsinitramfs "/boot/initrd.img-$kernel" | grep -cE "$NAME\.(ko|conf)" || true
}

has_page()
{
	zcat "/usr/share/man/man${1##*.}/$1.gz" | grep -i "^\.Dt ${1%.*} ${1##*.}" || fail "no manual page $1"
}

installs()
{
	dpkg -i "$old"/$NAME-dkms_*.deb "$old"/pvpanic-sim_*.deb "$old"/pvpanic-check_*.deb
	installed_module "$(version_of "$old")"
	ours_is_first "$kernel"
	[ "$(in_initramfs)" = 2 ] || fail "not in the initramfs"
}

# The running kernel's headers, and the metapackage that brings those of the kernels to come.
names_the_headers_of_the_running_kernel()
{
	local running meta postinst=/var/lib/dpkg/info/$NAME-dkms.postinst

	mkdir /tmp/meta
	mkdir /tmp/meta/DEBIAN
	printf '%s\n' 'Package: linux-image-6.12-cloud-amd64' 'Version: 1' 'Architecture: all' \
		'Maintainer: nobody <nobody@example.org>' 'Description: names a kernel' \
		'Depends: linux-image-6.12.9+deb12-cloud-amd64 (= 6.12.9-1)' >/tmp/meta/DEBIAN/control
	dpkg-deb --build /tmp/meta /tmp/meta.deb
	dpkg -i --force-depends /tmp/meta.deb
	uname() { echo "$running"; }
	eval "$(sed -n '/^name_headers()/,/^}/p' $postinst)"
	while read -r running meta; do
		mkdir "/lib/modules/$running"
		[ "$(name_headers)" = "$NAME-dkms: kernel $running has no headers here, so no module was built for it; type: apt-get install linux-headers-$running $meta" ] ||
			fail "$running: $(name_headers)"
		mkdir "/lib/modules/$running/build"
		[ -z "$(name_headers)" ] || fail "$running has headers"
		rm -r "/lib/modules/$running"
		[ -z "$(name_headers)" ] || fail "$running is not of this root"
	done <<-'END'
		6.1.0-99-amd64 linux-headers-amd64
		6.1.0-99-cloud-amd64 linux-headers-cloud-amd64
		6.1.0-99-rt-amd64 linux-headers-rt-amd64
		6.1.0-99-arm64 linux-headers-arm64
		6.12.99+deb13-cloud-arm64 linux-headers-cloud-arm64
		6.12.9+deb12-cloud-amd64 linux-headers-6.12-cloud-amd64
		6.8.0-99-generic linux-headers-generic
	END
	dpkg --purge linux-image-6.12-cloud-amd64
	grep -x '	name_headers' $postinst || fail "it is never called"
}

simulator_runs()
{
	pvpanic-sim --help | grep -- --qmp
	has_page pvpanic-sim.1
}

# A root is no guest: the verdict is that of a machine without the device, in words
# that only the program has, and with the exit status that the page promises.
pvpanic_check_runs()
{
	local status=0

	[ "$(command -v pvpanic-check)" = /usr/bin/pvpanic-check ] || fail "not in /usr/bin"
	mkdir -p /tmp/no-device/sys/bus
	pvpanic-check --root /tmp/no-device >/tmp/verdict || status=$?
	[ $status = 2 ] || fail "exit status $status"
	grep '^PVPANIC CRITICAL: NOT armed: .*(no-device); remedy: ' /tmp/verdict
	[ "$(pvpanic-check --version)" = "pvpanic-check $(version_of "$old")" ] || fail "another version"
	[ "$(systemctl is-enabled pvpanic-check.timer)" = enabled ] || fail "the timer is not enabled"
	systemd-analyze verify --man=no pvpanic-check.timer pvpanic-check.service
	has_page pvpanic-check.8
	has_page $NAME.4
}

make_does_not_mix_with_the_package()
{
	local target

	for target in dkms-install install; do
		refused "^make $target: .*; type: apt-get remove $NAME-dkms\$" project $target "KREL=$kernel"
	done
	installed_module "$(version_of "$old")"
}

upgrade_replaces_the_module()
{
	dpkg -i "$new"/$NAME-dkms_*.deb "$new"/pvpanic-sim_*.deb "$new"/pvpanic-check_*.deb
	installed_module "$(version_of "$new")"
	[ ! -e "/usr/src/$NAME-$(version_of "$old")" ] || fail "the old source stayed"
	[ "$(in_initramfs)" = 2 ] || fail "not in the initramfs"
}

reinstalls_after_dkms_remove()
{
	dkms remove -m $NAME -v "$(version_of "$new")" --all
	dpkg -i "$new"/$NAME-dkms_*.deb
	installed_module "$(version_of "$new")"
	[ "$(in_initramfs)" = 2 ] || fail "not in the initramfs"
}

removal_gives_the_device_back()
{
	apt-get -y -q remove $NAME-dkms pvpanic-sim pvpanic-check
	alias_gives "$kernel" "$(in_tree_driver "$kernel")"
	[ "$(in_initramfs)" = 0 ] || fail "still in the initramfs"
}

purge_leaves_nothing()
{
	dpkg --purge $NAME-dkms pvpanic-sim pvpanic-check
	no_trace
}

# The kernel that the newest initramfs belongs to.
for image in /boot/initrd.img-*; do
	kernel=${image#/boot/initrd.img-}
done

echo "    # $(version_of "$old"), then $(version_of "$new"), on $kernel"
run_tests installs names_the_headers_of_the_running_kernel simulator_runs pvpanic_check_runs \
	make_does_not_mix_with_the_package upgrade_replaces_the_module reinstalls_after_dkms_remove \
	removal_gives_the_device_back purge_leaves_nothing
