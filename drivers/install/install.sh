#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Installs the module where a kernel finds it, and removes it again:
#
#	install.sh install RELEASE STAGE	STAGE: the folder that modules_install filled
#	install.sh uninstall RELEASE
#	install.sh dkms-install [RELEASE...]	default: all kernels that have headers
#	install.sh dkms-uninstall
#
# Besides the module, an installation has the modprobe file, the initramfs hook, pvpanic-check
# (built before) and the manual pages. An installation that fails leaves everything as it was.
# DESTDIR: a guest's mounted root instead of this machine (not for DKMS).
set -eu -o pipefail
export LC_ALL=C

TOP=$(cd "$(dirname "$0")/../.." && pwd)
NAME=pvpanic-guest
VERSION=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TOP/dkms.conf")
SUPPORTED=$(sed -n 's/^BUILD_EXCLUSIVE_KERNEL="\(.*\)"/\1/p' "$TOP/dkms.conf")
action=${1:-}
action=${action#may-}
DESTDIR=${DESTDIR:-}
[[ $action != dkms-* ]] || DESTDIR=

die()
{
	echo "make $action: $*" >&2
	exit 1
}

# Prints source, mode and path of each file beside the module. Files that belong to no package
# go below /usr/local. CHECK_TOOL is pvpanic-check for another architecture.
shared_files()
{
	local etc=$DESTDIR/etc local=$DESTDIR/usr/local

	echo "drivers/install/modprobe.conf 644 $etc/modprobe.d/$NAME.conf"
	[ ! -d "$etc/initramfs-tools" ] ||
		echo "drivers/install/initramfs-hook 755 $etc/initramfs-tools/hooks/$NAME"
	[ ! -d "$etc/dracut.conf.d" ] ||
		echo "drivers/install/dracut.conf 644 $etc/dracut.conf.d/$NAME.conf"
	echo "${CHECK_TOOL:-build/tools/pvpanic-check} 755 $local/bin/pvpanic-check"
	echo "Documentation/pvpanic-guest.4 644 $local/share/man/man4/pvpanic-guest.4"
	echo "Documentation/pvpanic-check.8 644 $local/share/man/man8/pvpanic-check.8"
}

# Prints the paths that match a pattern.
existing()
{
	local pattern

	for pattern; do
		compgen -G "$pattern" | sort || true
	done
}

by_hand() { existing "$DESTDIR/lib/modules/*/updates/$NAME.ko*"; }
by_dkms() { existing "/lib/modules/*/updates/dkms/$NAME.ko*"; }
dkms_versions() { existing "$DESTDIR/var/lib/dkms/$NAME/[0-9]*"; }
kernels_with_headers() { existing "/lib/modules/*/build/Makefile" | cut -d/ -f4; }

# An administrator's "dkms remove" leaves the sources.
installed_module()
{
	case $action in
	dkms-*) by_dkms; existing "/usr/src/$NAME-[0-9]*" "/var/lib/dkms/$NAME" ;;
	*) existing "$DESTDIR/lib/modules/${releases[0]}/updates/$NAME.ko*" ;;
	esac
}

installed_files()
{
	installed_module
	# shellcheck disable=SC2046 # a path is one word
	existing $(shared_files | cut -d' ' -f3)
}

# Deletes the paths on stdin, and the directories that are empty then.
delete()
{
	xargs -r -d '\n' rm -rf
	rmdir "$DESTDIR/lib/modules/"*/updates{/dkms,} "$DESTDIR/usr/local/share/man/"man[48] 2>/dev/null || true
}

run_depmod()
{
	printf '%s\n' "${releases[@]}" | xargs -r -n1 depmod -b "$DESTDIR/"
}

# From here to finish, a command that fails or a signal restores what was installed. The output
# goes to a log, because the user gets only one line.
begin()
{
	if ! tmp=$(mktemp -d 2>/dev/null) || ! installed_files | tar -cPf "$tmp/old.tar" -T - 2>/dev/null; then
		rm -rf "$tmp"
		die "no space in ${TMPDIR:-/tmp} to copy what is installed; free some, then run this again"
	fi
	# Not 3 and 4, which DKMS's make could take for the job server of a make -j.
	exec {stdout}>&1 {stderr}>&2 >"$tmp/log" 2>&1
	trap undo EXIT
	trap 'echo interrupted; exit 1' HUP INT TERM
}

undo()
{
	local cause

	set +e
	trap '' HUP INT TERM
	if cause=$(grep -m1 'No space left' "$tmp/log"); then
		cause="no space, and nothing was changed: $cause; free some, then run this again"
	else
		cause="failed, and nothing was changed: $(tail -n1 "$tmp/log"); see build/install.log"
	fi
	mkdir -p "$TOP/build" && cp "$tmp/log" "$TOP/build/install.log"
	installed_files | delete
	tar -xPf "$tmp/old.tar" || die "failed, and what was installed is only in $tmp/old.tar" 2>&"$stderr"
	run_depmod
	rm -rf "$tmp"
	die "$cause" 2>&"$stderr"
}

# finish TEXT: installs what all kernels share, and ends what begin began.
finish()
{
	local file mode path

	while read -r file mode path; do
		install -D -m "$mode" "$TOP/$file" "$path"
	done < <(shared_files)
	run_depmod
	trap - EXIT HUP INT TERM
	exec 1>&"$stdout" 2>&"$stderr" {stdout}>&- {stderr}>&-
	rm -rf "$tmp"
	update_initramfs
	echo "$1"
	say_how_to_load
}

# An initramfs has a copy of the module and of the modprobe file.
update_initramfs()
{
	local release image command

	for release in "${releases[@]}"; do
		image=$(existing "/boot/initrd.img-$release" "/boot/initramfs-$release.img" | tail -n1)
		if [ "$DESTDIR" ] || [ ! "$image" ]; then
			continue
		elif command -v update-initramfs >/dev/null; then
			command=(update-initramfs -u -k "$release")
		elif command -v dracut >/dev/null; then
			command=(dracut --force --quiet "$image" "$release")
		else
			continue
		fi
		"${command[@]}" >&2 || echo "make $action: $image could not be made; type: ${command[*]}" >&2
	done
}

say_how_to_load()
{
	local mmio=/sys/bus/platform/drivers/pvpanic-mmio bound running

	[ -z "$DESTDIR" ] || return 0
	running=/lib/modules/$(uname -r)
	if [ "$action" = dkms-install ] && [ -d "$running" ] && [ ! -e "$running/build/Makefile" ]; then
		echo "kernel ${running##*/}, which runs now, has no headers here; type: apt-get install linux-headers-${running##*/}"
	fi
	if [ "$(existing "$mmio/QEMU0001:*")" ]; then
		# Before Linux 5.13 the module is pvpanic.
		bound=$(basename "$(readlink "$mmio/module")")
		echo "$bound has the device until the next boot; to hand over now: modprobe -r $bound && modprobe $NAME"
	else
		echo "it is loaded at the next boot; to load it now: modprobe $NAME"
	fi
}

install_module()
{
	local dir=$DESTDIR/lib/modules/$1 new

	releases=("$1")
	[ -d "$dir" ] || die "kernel $1 is not installed here (no $dir)"
	[ -z "$(dkms_versions)" ] || die "DKMS has the module already; type: make dkms-uninstall"
	new=$(find "$2" -name "$NAME.ko*" -print -quit)
	[ "$new" ] || die "modules_install made no module in $2"

	begin
	installed_module | delete
	install -D -m 644 "$new" "$dir/updates/${new##*/}"
	finish "installed $dir/updates/${new##*/}"
}

run_dkms()
{
	local state=/var/lib/dkms/$NAME/$VERSION

	echo "dkms: $1 $NAME $VERSION for $2" >&"$stderr"
	dkms "$1" -m "$NAME" -v "$VERSION" -k "$2" || {
		cat "$state/build/make.log" "$state/$2"/*/log/make.log 2>/dev/null || true
		echo "no module for $2"
		exit 1
	}
}

dkms_install()
{
	local hand source=/usr/src/$NAME-$VERSION release build=()

	hand=$(by_hand | tail -n1)
	[ -z "$hand" ] || die "$hand is there; type: make uninstall KREL=$(cut -d/ -f4 <<<"$hand")"
	[ $# -gt 0 ] || mapfile -t releases < <(kernels_with_headers)
	[ $# -eq 0 ] || releases=("$@")
	[ ${#releases[@]} -gt 0 ] ||
		die "no kernel here has its headers; type: apt-get install linux-headers-$(uname -r)"
	for release in "${releases[@]}"; do
		[ -e "/lib/modules/$release/build/Makefile" ] ||
			die "kernel $release has no headers here; type: apt-get install linux-headers-$release"
		[[ $release =~ $SUPPORTED ]] || continue
		"$TOP/scripts/check-kdir.sh" /var/lib/dkms "/lib/modules/$release/build" \
			"$release" "" "make $action" || exit 1
		build+=("$release")
	done
	[ ${#build[@]} -gt 0 ] ||
		die "the module is for later kernels than ${releases[*]}; type: apt-get install linux-image-amd64 linux-headers-amd64"
	# Kernels that lose an old module need depmod, too.
	mapfile -t releases < <({ printf '%s\n' "${build[@]}"; by_dkms | cut -d/ -f4; } | sort -u)

	# The old modules stay until all new ones are built.
	begin
	rm -rf "/usr/src/$NAME-"[0-9]* "/var/lib/dkms/$NAME"
	mkdir -p "$source/drivers"
	cp "$TOP/Kbuild" "$TOP/dkms.conf" "$TOP/COPYING" "$source"
	cp "$TOP"/drivers/*.[ch] "$source/drivers"
	dkms add -m "$NAME" -v "$VERSION"
	for release in "${build[@]}"; do
		run_dkms build "$release"
	done
	by_dkms | delete
	for release in "${build[@]}"; do
		run_dkms install "$release"
	done
	finish "installed $NAME $VERSION by DKMS for: ${build[*]}"
}

uninstall()
{
	local owner="kernel ${1:-}" version output

	releases=("$@")
	if [ "$action" = dkms-uninstall ]; then
		owner=DKMS
		mapfile -t releases < <({ kernels_with_headers; by_dkms | cut -d/ -f4; } | sort -u)
	fi
	if [ -z "$(installed_module)" ]; then
		echo "$owner has no $NAME; nothing to do"
		return
	fi
	if [ "$action" = dkms-uninstall ]; then
		for version in $(dkms_versions); do
			output=$(dkms remove -m "$NAME" -v "${version##*/}" --all 2>&1) ||
				die "dkms remove: ${output##*$'\n'}"
		done
	fi
	installed_module | delete
	# The module of another kernel needs the shared files.
	[ "$(by_hand)" ] || installed_files | delete
	[ "$action" = dkms-uninstall ] || run_depmod
	update_initramfs
	echo "uninstalled $NAME from $owner"
	[ "$DESTDIR" ] || [ ! -d /sys/module/pvpanic_guest ] ||
		echo "it is still loaded; to give the device back now: rmmod $NAME; modprobe -r pvpanic-mmio; udevadm trigger --action=add --subsystem-match=acpi"
}

[ "$(id -u)" = 0 ] || [ "$DESTDIR" ] || die "needs root; type: sudo make $action"
[[ ${1:-} != may-* ]] || exit 0
[ "$action" = uninstall ] || [ "$DESTDIR" ] ||
	! dpkg-query -W -f '${db:Status-Status}\n' "$NAME-dkms" 2>/dev/null | grep -qx installed ||
	die "the Debian package $NAME-dkms is installed; type: apt-get remove $NAME-dkms"
case $action in
install) install_module "${@:2}" ;;
dkms-install) dkms_install "${@:2}" ;;
uninstall|dkms-uninstall) uninstall "${@:2}" ;;
*) die "usage: install.sh install|uninstall|dkms-install|dkms-uninstall ..." ;;
esac
