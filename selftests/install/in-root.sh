#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# in-root.sh OUT UPGRADE...: what check-dkms.sh runs in a Debian root that it may spoil: installs
# the module for several kernels at once, upgrades the kernel (the packages UPGRADE), which must
# bring the module by itself, and uninstalls. What fails must change nothing. After the upgrade
# it makes a guest of the root, in the folder OUT.
#
# shellcheck disable=SC2086,SC2317 # run_tests calls the tests by their names
set -eu

out=$1
shift
# shellcheck source=selftests/install/in-root.bash
. "$(dirname "$0")/in-root.bash"
# shellcheck source=selftests/install/guest-image.bash
. "$(dirname "$0")/guest-image.bash"
INSTALLER=$PROJECT/drivers/install/install.sh

installs_for_all_kernels_at_once()
{
	project dkms-install "KREL=${kernels[0]}"
	project dkms-install
	[ "$(find /var/lib/dkms/$NAME -maxdepth 1 -name '[0-9]*' | wc -l)" = 1 ] ||
		fail "the second install didn't replace the first"
	for release in "${kernels[@]}"; do
		has_module "$release"
		ours_is_loaded "$release"
		dkms status -m $NAME -k "$release" | grep installed
	done
	has_check_and_pages
	[ "${#kernels[@]}" -gt 1 ]
}

is_signed_where_dkms_signs()
{
	dpkg --compare-versions "$(dpkg-query -W -f '${Version}' dkms)" ge 3 ||
		ktap_skip "dkms before 3 signs nothing by itself"
	for release in "${kernels[@]}"; do
		modinfo -k "$release" -F sig_id $NAME | grep PKCS || fail "not signed for $release"
	done
}

# On another machine, the hook that Debian runs for a new kernel must succeed and build nothing.
# DKMS says by a status of its own that it passes over a kernel.
passes_over_other_machines_and_old_kernels()
{
	local version release build hook=0 status=0

	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' $PROJECT/dkms.conf)
	build=$(readlink -f "/lib/modules/${kernels[0]}/build")
	for release in 9.9.9 5.4.9; do
		mkdir /lib/modules/$release
		ln -s "$build" /lib/modules/$release/build
	done
	cp /bin/uname /tmp/uname
	# shellcheck disable=SC2016 # the other shell expands them
	printf '#!/bin/sh\n[ "$1" = -m ] && echo riscv64 || exec /tmp/uname "$@"\n' >/tmp/riscv64
	chmod 755 /tmp/riscv64
	mount --bind /tmp/riscv64 /bin/uname
	/etc/kernel/postinst.d/dkms 9.9.9 || hook=$?
	umount /bin/uname
	dkms build -m $NAME -v "$version" -k 5.4.9 || status=$?
	rm -r /lib/modules/{9.9.9,5.4.9}
	[ $hook = 0 ] || fail "the hook ends with status $hook"
	[ $status = 77 ] || [ $status = 9 ] || fail "dkms build ends with status $status"
	! compgen -G "/var/lib/dkms/$NAME/$version/[59].*.9" || fail "a module was built"
}

# Hides /usr/src behind a file system that has no space for the sources. The headers stay visible.
# They refer to ../lib, so they stay below /usr.
fill_usr_src()
{
	mkdir -p /usr/headers
	mount --bind /usr/src /usr/headers
	mount -t tmpfs -o size=16k tmpfs /usr/src
	ln -s /usr/headers/* /usr/src/
}

# The old modules must stay until there are new ones, of another release or of the same one.
failed_upgrade_keeps_what_was_there()
{
	local version status=0

	for version in 1.0.1 "$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' $PROJECT/dkms.conf)"; do
		sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$version\"/" /tmp/broken/dkms.conf
		refused "nothing was changed: no module for ${kernels[0]//+/\\+}; see build/install.log" \
			make -C /tmp/broken --no-print-directory dkms-install
	done
	fill_usr_src
	(refused "no space, and nothing was changed: cp: .*free some" $INSTALLER dkms-install) || status=1
	umount /usr/src /usr/headers
	ours_is_loaded "${kernels[0]}"
	dkms status -m $NAME -k "${kernels[0]}" | grep installed
	return $status
}

interrupt_build()
{
	$INSTALLER dkms-install &
	until compgen -G "/var/lib/dkms/$NAME/*/build/drivers"; do
		sleep 0.1
	done >/dev/null
	kill -TERM $!
	wait $!
}

interrupted_upgrade_keeps_what_was_there()
{
	refused "nothing was changed: interrupted" interrupt_build
	ours_is_loaded "${kernels[0]}"
	dkms status -m $NAME -k "${kernels[0]}" | grep installed
}

# Which kernel came, and that nobody had to ask for the module.
kernel_upgrade_brings_the_module()
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
new_kernel_gives_the_device_to_us()
{
	while read -r release; do
		ours_is_first "$release"
	done </tmp/new
}

initramfs_has_module_and_softdeps()
{
	while read -r release; do
		lsinitramfs "/boot/initrd.img-$release" >/tmp/list
		grep "$NAME.ko" /tmp/list || fail "no module in the initramfs of $release"
		grep "etc/modprobe.d/$NAME.conf" /tmp/list || fail "no modprobe.d in it"
	done </tmp/new
}

makes_a_guest_of_the_new_kernel()
{
	mkdir -p "$out"
	make_boot_files "$out" "$(tail -n 1 /tmp/new)"
	make_disk "$out/disk"
}

kernel_removal_takes_its_module()
{
	run-parts --arg="${kernels[1]}" /etc/kernel/prerm.d
	! compgen -G "/lib/modules/${kernels[1]}/updates/dkms/$NAME.ko*" ||
		fail "the module of a removed kernel stayed"
}

uninstall_leaves_nothing()
{
	project dkms-uninstall
	no_trace
}

uninstall_gives_the_device_back()
{
	while read -r release; do
		lsinitramfs "/boot/initrd.img-$release" >/tmp/list
		! grep $NAME /tmp/list || fail "still in the initramfs of $release"
		alias_gives "$release" "$(in_tree_driver "$release")"
	done </tmp/new
}

source_that_fails_to_build()
{
	cp -r $PROJECT /tmp/broken
	echo "#error on purpose" >>/tmp/broken/drivers/module.c
	refused "nothing was changed: no module for ${kernels[0]//+/\\+}; see build/install.log" \
		make -C /tmp/broken --no-print-directory dkms-install
	grep -q "on purpose" /tmp/broken/build/install.log || fail "the log doesn't say why"
}

install_by_hand_and_back()
{
	project install "KREL=${kernels[0]}"
	modinfo -k "${kernels[0]}" -F filename $NAME | grep "/updates/$NAME.ko" || fail "not there"
	ours_is_loaded "${kernels[0]}"
	has_check_and_pages
	project uninstall "KREL=${kernels[0]}"
	unchanged
}

upgrade=("$@")
rm -f /tmp/new
prepare_guest
everything >/tmp/before

echo "    # dkms $(dpkg-query -W -f '${Version}' dkms), kernels: ${kernels[*]}"
run_tests source_that_fails_to_build install_by_hand_and_back installs_for_all_kernels_at_once \
	failed_upgrade_keeps_what_was_there interrupted_upgrade_keeps_what_was_there \
	is_signed_where_dkms_signs passes_over_other_machines_and_old_kernels \
	kernel_upgrade_brings_the_module new_kernel_gives_the_device_to_us \
	initramfs_has_module_and_softdeps makes_a_guest_of_the_new_kernel kernel_removal_takes_its_module \
	uninstall_leaves_nothing uninstall_gives_the_device_back
