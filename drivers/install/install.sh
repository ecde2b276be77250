#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Puts the module where a kernel finds it, and takes it away again:
#
#	install.sh install RELEASE STAGE	STAGE: what modules_install made
#	install.sh uninstall RELEASE
#	install.sh dkms-install [RELEASE...]	default: all kernels that have headers
#	install.sh dkms-uninstall
#
# It also installs the lines that make modprobe load the module before the kernel's own driver
# and that add the module to the initramfs, pvpanic-check (which is built already), and the
# manual pages of both. Either all of it is there in the end, or nothing.
# DESTDIR: a guest's mounted root instead of this machine (not for DKMS).
set -eu
export LC_ALL=C

HERE=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$HERE/../.." && pwd)
NAME=pvpanic-guest
VERSION=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TOP/dkms.conf")
SUPPORTED=$(sed -n 's/^BUILD_EXCLUSIVE_KERNEL="\(.*\)"/\1/p' "$TOP/dkms.conf")
DESTDIR=${DESTDIR:-}
SOURCE=/usr/src/$NAME-$VERSION
STAGED=/usr/src/.$NAME.new
TRIED=/var/lib/dkms/.$NAME.new
action=${1:-}

die()
{
	echo "make $action: $*" >&2
	exit 1
}

# Where each of the shared files goes. What is no part of a package belongs below
# /usr/local, whose programs and manual pages come first.
shared_files()
{
	local here=drivers/install local=$DESTDIR/usr/local

	echo "$here/modprobe.conf 644 $DESTDIR/etc/modprobe.d/$NAME.conf"
	[ ! -d "$DESTDIR/etc/initramfs-tools" ] ||
		echo "$here/initramfs-hook 755 $DESTDIR/etc/initramfs-tools/hooks/$NAME"
	[ ! -d "$DESTDIR/etc/dracut.conf.d" ] ||
		echo "$here/dracut.conf 644 $DESTDIR/etc/dracut.conf.d/$NAME.conf"
	echo "build/tools/pvpanic-check 755 $local/bin/pvpanic-check"
	echo "Documentation/pvpanic-guest.4 644 $local/share/man/man4/pvpanic-guest.4"
	echo "Documentation/pvpanic-check.8 644 $local/share/man/man8/pvpanic-check.8"
}

# Beside their places, where they take their room.
stage_shared()
{
	local file mode path

	while read -r file mode path; do
		mkdir -p "${path%/*}" && install -m "$mode" "$TOP/$file" "$path.new" || return 1
	done < <(shared_files)
}

place_shared()
{
	local file mode path

	while read -r file mode path; do
		mv "$path.new" "$path" || return 1
	done < <(shared_files)
}

unstage_shared()
{
	local file mode path

	while read -r file mode path; do
		rm -f "$path.new"
		case $path in */share/man/*) rmdir "${path%/*}" 2>/dev/null || true ;; esac
	done < <(shared_files)
}

remove_shared()
{
	local file mode path

	while read -r file mode path; do
		rm -f "$path"
	done < <(shared_files)
	unstage_shared
}

# An initramfs holds a copy of the module and of modprobe.d; only those that exist
# are made anew, by whichever tool makes them here.
update_initramfs()
{
	local release image command

	[ -z "$DESTDIR" ] || return 0
	for release; do
		for image in "/boot/initrd.img-$release" "/boot/initramfs-$release.img"; do
			[ -e "$image" ] || continue
			if command -v update-initramfs >/dev/null; then
				command=(update-initramfs -u -k "$release")
			elif command -v dracut >/dev/null; then
				command=(dracut --force --quiet "$image" "$release")
			else
				continue
			fi
			"${command[@]}" >&2 ||
				echo "make $action: $image could not be made; type: ${command[*]}" >&2
		done
	done
}

# The module of the kernel's own that has the device: pvpanic before 5.13.
in_tree_bound()
{
	[ -z "$DESTDIR" ] || return 0
	compgen -G '/sys/bus/platform/drivers/pvpanic-mmio/QEMU0001:*' >/dev/null || return 0
	basename "$(readlink /sys/bus/platform/drivers/pvpanic-mmio/module)"
}

need_root()
{
	[ "$(id -u)" = 0 ] || [ "$DESTDIR" ] || die "needs root; type: sudo make $action"
}

# The Debian package, or the other way of installing, has the same files.
need_no_package()
{
	[ -z "$(packaged)" ] || die "the Debian package $NAME-dkms is installed; type: apt-get remove $NAME-dkms"
}

need_no_dkms()
{
	[ -z "$(dkms_versions)" ] || die "DKMS has the module already; type: make dkms-uninstall"
}

# An administrator's "dkms remove" leaves the source in /usr/src, and the shared files.
dkms_versions()
{
	compgen -G "$DESTDIR/var/lib/dkms/$NAME/[0-9]*" || true
}

dkms_sources()
{
	compgen -G "/usr/src/$NAME-[0-9]*" || true
}

packaged()
{
	[ "$DESTDIR" ] || dpkg-query -W -f '${db:Status-Status}' "$NAME-dkms" 2>/dev/null | grep -x installed || true
}

installed_by_hand()
{
	compgen -G "$DESTDIR/lib/modules/*/updates/$NAME.ko*" || true
}

install_module()
{
	local release=$1 stage=$2 dir=$DESTDIR/lib/modules/$1 new why

	need_root
	[ -d "$dir" ] || die "kernel $release is not installed here (no $dir)"
	need_no_package
	need_no_dkms
	new=$(find "$stage" -name "$NAME.ko*" | head -n1)
	[ "$new" ] || die "modules_install made no module in $stage"

	mkdir -p "$dir/updates/.$NAME"
	# shellcheck disable=SC2064 # the path is fixed here
	trap "rm -rf '$dir/updates/.$NAME'; rmdir '$dir/updates' 2>/dev/null || true" EXIT
	cp "$new" "$dir/updates/.$NAME/new" 2>/dev/null ||
		die "no space for the module in $dir; free some, then run this again"
	mkdir "$dir/updates/.$NAME/old"
	find "$dir/updates" -maxdepth 1 -name "$NAME.ko*" -exec mv -t "$dir/updates/.$NAME/old" {} +
	mv "$dir/updates/.$NAME/new" "$dir/updates/${new##*/}"
	if ! why=$(depmod -b "$DESTDIR/" "$release" 2>&1 && stage_shared 2>&1 && place_shared 2>&1); then
		rm -f "$dir/updates/${new##*/}"
		find "$dir/updates/.$NAME/old" -type f -exec mv -t "$dir/updates" {} +
		unstage_shared
		[ "$(installed_by_hand)" ] || remove_shared
		depmod -b "$DESTDIR/" "$release" 2>/dev/null || true
		die "could not be finished and was undone: ${why##*$'\n'}; free some space where that is, then run this again"
	fi
	rm -rf "$dir/updates/.$NAME"
	update_initramfs "$release"
	echo "installed $dir/updates/${new##*/}"
	tell_handover
}

tell_handover()
{
	local bound

	bound=$(in_tree_bound)
	if [ "$bound" ]; then
		echo "$bound has the device until the next boot; to hand over now: modprobe -r $bound && modprobe $NAME"
	elif [ -z "$DESTDIR" ]; then
		echo "it is loaded at the next boot; to load it now: modprobe $NAME"
	fi
}

uninstall_module()
{
	local release=$1 dir=$DESTDIR/lib/modules/$1

	need_root
	if ! compgen -G "$dir/updates/$NAME.ko*" >/dev/null; then
		echo "kernel $release has no $NAME; nothing to do"
		return
	fi
	rm -f "$dir/updates/$NAME".ko*
	rmdir --ignore-fail-on-non-empty "$dir/updates"
	depmod -b "$DESTDIR/" "$release"
	[ "$(installed_by_hand)" ] || remove_shared
	update_initramfs "$release"
	echo "uninstalled $NAME from kernel $release"
	tell_loaded
}

tell_loaded()
{
	if [ -z "$DESTDIR" ] && [ -d /sys/module/pvpanic_guest ]; then
		echo "it is still loaded; to give the device back now: rmmod $NAME; modprobe -r pvpanic-mmio; udevadm trigger --action=add --subsystem-match=acpi"
	fi
}

kernels_with_headers()
{
	local dir

	for dir in /lib/modules/*/build/Makefile; do
		[ ! -e "$dir" ] || basename "${dir%/build/Makefile}"
	done
}

dkms_remove()
{
	local version

	for version in $(dkms_versions); do
		dkms remove -m "$NAME" -v "${version##*/}" --all >>"$log" 2>&1 || return 1
	done
	rm -rf "/usr/src/$NAME-"[0-9]* "/var/lib/dkms/$NAME"
}

# What is put beside before anything that is there is touched: the source, a DKMS of
# its own to try it in, and the shared files.
drop_staged()
{
	rm -rf "$STAGED" "$TRIED"
	unstage_shared
}

stage()
{
	mkdir -p "$STAGED/$NAME-$VERSION/drivers" "$TRIED" &&
	cp "$TOP/Kbuild" "$TOP/dkms.conf" "$TOP/COPYING" "$STAGED/$NAME-$VERSION/" &&
	cp "$TOP"/drivers/*.[ch] "$STAGED/$NAME-$VERSION/drivers/" &&
	stage_shared
}

# dkms_each build|install TREE OPTION...: for all of $releases; $built are those that have it.
dkms_each()
{
	local what=$1 tree=$2 release status

	shift 2
	built=()
	dkms add -m "$NAME" -v "$VERSION" "$@" >>"$log" 2>&1 ||
		die "dkms add: $(tail -n1 "$log"); $outcome"
	for release in "${releases[@]}"; do
		echo "dkms: $NAME $VERSION for $release" >&2
		status=0
		dkms "$what" -m "$NAME" -v "$VERSION" -k "$release" "$@" >>"$log" 2>&1 || status=$?
		case $status in
		0) built+=("$release") ;;
		# What DKMS says of a kernel that dkms.conf excludes.
		9|77) echo "dkms: $release is older than the module supports" >&2 ;;
		*)
			mkdir -p "$TOP/build"
			cat "$log" "$tree/$NAME/$VERSION/build/make.log" \
				"$tree/$NAME/$VERSION/$release"/*/log/make.log \
				>"$TOP/build/dkms.log" 2>/dev/null || true
			! grep -q 'No space left' "$TOP/build/dkms.log" ||
				die "no space to build for $release in /var/lib/dkms, $outcome; free some, then run this again"
			die "no module for $release, $outcome; see build/dkms.log"
			;;
		esac
	done
	[ ${#built[@]} -gt 0 ] || die "no kernel here is one that the module supports"
}

dkms_install()
{
	local release releases built outcome why by_hand

	need_root
	need_no_package
	by_hand=$(installed_by_hand | head -n1)
	[ -z "$by_hand" ] || die "$by_hand is there; type: make uninstall KREL=$(cut -d/ -f4 <<<"$by_hand")"
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
	done

	log=$(mktemp)
	trap 'drop_staged; rm -f "$log"' EXIT
	outcome="nothing was installed"
	[ -z "$(dkms_versions)" ] || outcome="what was installed stays"
	drop_staged
	why=$(stage 2>&1) || die "could not be begun, $outcome: ${why##*$'\n'}; free some space where that is, then run this again"
	if [ "$(dkms_versions)" ]; then
		dkms_each build "$TRIED" --dkmstree "$TRIED" --sourcetree "$STAGED"
		outcome="and what was installed is gone"
	fi
	dkms_remove || die "the version that is there can't be removed: $(tail -n1 "$log")"
	trap 'dkms_remove || true; remove_shared; drop_staged; rm -f "$log"' EXIT
	mv "$STAGED/$NAME-$VERSION" "$SOURCE"
	dkms_each install /var/lib/dkms
	why=$(place_shared 2>&1) || die "could not be finished, $outcome: ${why##*$'\n'}; free some space where that is, then run this again"
	trap 'drop_staged; rm -f "$log"' EXIT

	update_initramfs "${built[@]}"
	echo "installed $NAME $VERSION by DKMS for: ${built[*]}"
	tell_running
	tell_handover
}

# The kernel that runs keeps its own driver if it has no headers to build with.
tell_running()
{
	local release

	release=$(uname -r)
	case " ${built[*]} " in *" $release "*) return ;; esac
	[ ! -d "/lib/modules/$release" ] || [ -e "/lib/modules/$release/build/Makefile" ] ||
		echo "kernel $release, which runs now, has no headers here; type: apt-get install linux-headers-$release"
}

dkms_uninstall()
{
	local releases

	need_root
	need_no_package
	if [ -z "$(dkms_versions)$(dkms_sources)" ]; then
		echo "DKMS has no $NAME; nothing to do"
		return
	fi
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	mapfile -t releases < <(kernels_with_headers)
	dkms_remove || die "dkms remove: $(tail -n1 "$log")"
	[ "$(installed_by_hand)" ] || remove_shared
	drop_staged	# of an installation that was killed
	update_initramfs "${releases[@]}"
	echo "uninstalled $NAME from DKMS"
	tell_loaded
}

case $action in
may-install|may-dkms-install) action=${action#may-}; need_root; exit ;;
install|uninstall|dkms-install|dkms-uninstall) shift ;;
*) die "usage: install.sh install|uninstall|dkms-install|dkms-uninstall ..." ;;
esac
case $action in
install) install_module "$@" ;;
uninstall) uninstall_module "$@" ;;
dkms-install) dkms_install "$@" ;;
dkms-uninstall) dkms_uninstall ;;
esac
