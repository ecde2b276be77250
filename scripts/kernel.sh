#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Brings the kernels that the guests boot. They are unpacked and not installed, but the headers of
# Debian 12's 6.12, which are installed to build with, bring its kernel with them:
#
#	kernel.sh get KEY	unpacks the kernel to build/kernels/KEY, or builds it
#	kernel.sh module KEY	builds the project's modules for it
#	kernel.sh copy KEY FOLDER	builds the driver in FOLDER/drivers for it, below FOLDER
#	kernel.sh keys		lists the keys
#
# What was made is the last line on stdout; all else goes to stderr. A result
# appears by a rename, whole or not at all. PVPANIC_ROOTS=1 builds in a build root
# even where the machine has the headers.
set -eu

# shellcheck source=scripts/common.bash
. "$(dirname "$0")/common.bash"
# shellcheck source=scripts/apt.bash
. "$LIB/apt.bash"

# choose KEY: sets suites, image, headers, compiler and the architecture from the table.
choose()
{
	local codename row

	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	row=$(awk -v key="$1" -v codename="$codename" '
		$1 == key && (!first || $2 ~ "^" codename "(,|$)") && !own {
			first = 1
			row = $2 " " $3 " " $4 " " $5
			own = $2 ~ "^" codename "(,|$)"
		}
		END { print row }' "$LIB/kernels")
	[ "$row" ] || die "no kernel $1; there are: $(list_keys | xargs)"
	read -r suites image headers compiler <<<"$row"
	base_suite=${suites%%,*}
	case $1 in *-arm64) debian_arch=arm64 ;; esac
}

list_keys()
{
	awk '!/^#/ && NF && !seen[$1]++ { print $1 }' "$LIB/kernels"
}

# The kernel that a metapackage stands for: linux-image-cloud-amd64 depends on
# linux-image-6.1.0-56-cloud-amd64, which may leave its files to linux-binary-,
# linux-modules- and linux-base- packages of the same release (7.x).
image_release()
{
	private_apt "$suites" apt-cache --no-all-versions show "$image" |
		sed -n 's/^Depends:.*linux-image-\([0-9][^ ,]*\).*/\1/p' | head -n1
}

# Takes the kernel proper out of a bzImage. Where it lies, and how long it is, the
# boot protocol's header says (setup_sects at 0x1f1, payload_offset at 0x248,
# payload_length at 0x24c); the last four bytes are its unpacked size, except after
# gzip, which has that itself. QEMU boots the ELF file by its PVH note, which saves
# the guest unpacking itself under emulation.
extract_vmlinux()
{
	local sectors offset length magic unpack trailer=4

	sectors=$(od -An -tu1 -j $((0x1f1)) -N1 "$1")
	offset=$(od -An -tu4 -j $((0x248)) -N4 "$1")
	length=$(od -An -tu4 -j $((0x24c)) -N4 "$1")
	offset=$(((sectors + 1) * 512 + offset))
	magic=$(od -An -tx1 -j "$offset" -N4 "$1" | tr -d ' ')
	case $magic in
	fd377a58) unpack="xz -dc" ;;
	28b52ffd) unpack="zstd -dcq" ;;
	02214c18) unpack="lz4 -dcq" ;;
	1f8b*) unpack="gzip -dc" trailer=0 ;;
	*) die "$1: a kernel packed in an unknown way ($magic)" ;;
	esac
	"$LIB/packages.sh" "$(case $unpack in xz*) echo xz-utils ;; *) echo "${unpack%% *}" ;; esac)"
	tail -c +$((offset + 1)) "$1" | head -c $((length - trailer)) | $unpack >"$2" 2>/dev/null ||
		die "$1: can't be unpacked; free some space in $BUILD, then run this again"
	[ "$(od -An -tx1 -N4 "$2" | tr -d ' ')" = 7f454c46 ] || die "$1: holds no ELF kernel"
}

# unpack_kernel DIR RELEASE: from the packages in DIR/debs to the files that get promises.
unpack_kernel()
{
	local dir=$1 release=$2 deb modules

	for deb in "$dir"/debs/*.deb; do
		dpkg-deb -x "$deb" "$dir/root" 2>/dev/null ||
			die "${deb##*/}: can't be unpacked; free some space in $BUILD, then run this again"
	done
	modules=$dir/root/lib/modules/$release
	if [ ! -d "$modules" ]; then
		mkdir -p "$dir/root/lib/modules"
		mv "$dir/root/usr/lib/modules/$release" "$modules"
		# Debian 13's 6.12 has only the modules there, 7.x all of it.
		for file in vmlinuz config System.map; do
			mv "$modules/$file" "$dir/$file" 2>/dev/null ||
				mv "$dir/root/boot/$file-$release" "$dir/$file"
		done
	else
		for file in vmlinuz config System.map; do
			mv "$dir/root/boot/$file-$release" "$dir/$file"
		done
	fi
	# For arm64 Debian does not pack the kernel.
	[ "$debian_arch" != amd64 ] || extract_vmlinux "$dir/vmlinuz" "$dir/vmlinux"
	mv "$modules" "$dir/modules"
	echo "$release" >"$dir/release"
	rm -rf "$dir/root" "$dir/debs"
}

# unpack_cross_headers DIR RELEASE DEB: headers of another architecture can't be installed here,
# because they depend on its compiler. They include a package for all architectures
# (linux-headers-*-common) and programs that run here (linux-kbuild-*), whose names are left in
# DIR/headers/needs.
unpack_cross_headers()
{
	local dir=$1/headers release=$2 kdir=$1/headers/usr/src/linux-headers-$2 kbuild

	dpkg-deb -x "$3" "$dir" 2>/dev/null ||
		die "${3##*/}: can't be unpacked; free some space in $BUILD, then run this again"
	dpkg-deb -f "$3" Depends | grep -oE 'linux-(headers-[^ ,]*-common|kbuild-[^ ,]*)' >"$dir/needs"
	# They find linux-kbuild by a relative link, and from 7.x on themselves by a full path.
	kbuild=$(grep '^linux-kbuild-' "$dir/needs")
	mkdir -p "$dir/usr/lib"
	ln -s "/usr/lib/$kbuild" "$dir/usr/lib/$kbuild"
	# shellcheck disable=SC2016 # make's to expand
	sed -i 's|^KBUILD_OUTPUT=.*|KBUILD_OUTPUT := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))|' \
		"$kdir/Makefile"
	ln -s "usr/src/linux-headers-$release" "$dir/build"
}

get()
{
	local key=$1 dir=$BUILD/kernels/$1 release pkg pkgs=()

	choose "$key"
	if [ "$suites" = source ]; then
		# shellcheck disable=SC2086 # one word a fragment
		"$LIB/build-kernel.sh" "$key" "$compiler" ${image//,/ }
		echo "$dir"
		return
	fi
	if [ -e "$dir/release" ]; then
		echo "$dir"
		return
	fi
	mkdir -p "$BUILD/kernels"
	exec 8>"$BUILD/kernels/.lock"
	flock 8
	if [ -e "$dir/release" ]; then
		echo "$dir"
		return
	fi

	rm -rf "$BUILD"/kernels/.new.*	# of a run that was killed
	need_room 500 "kernel $key"
	tmp=$(mktemp -d "$BUILD/kernels/.new.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	chmod 755 "$tmp"
	private_update "$suites"
	release=$(image_release)
	[ "$release" ] || die "${suites//,/ and } have no $image"
	for pkg in "linux-image-$release" "linux-binary-$release" "linux-modules-$release" \
		   "linux-base-$release" "$headers-$release"; do
		[ "$pkg" != "$headers-$release" ] || [ "$debian_arch" != amd64 ] || continue
		private_apt "$suites" apt-cache show "$pkg" >/dev/null 2>&1 && pkgs+=("$pkg")
	done
	echo "kernel $key: $release from ${suites##*,}" >&2
	mkdir "$tmp/debs"
	(cd "$tmp/debs" && private_apt "$suites" apt-get download "${pkgs[@]}" >../log 2>&1) ||
		why_not "$tmp/log" "kernel $key" "can't download ${pkgs[*]}"
	rm "$tmp/log"
	if [ "$debian_arch" != amd64 ]; then
		unpack_cross_headers "$tmp" "$release" "$tmp/debs/$headers-$release"_*.deb
		rm "$tmp/debs/$headers-$release"_*.deb
	fi
	unpack_kernel "$tmp" "$release"
	rm -rf "$dir"
	mv "$tmp" "$dir"
	exec 8>&-
	echo "$dir"
}

# What a build needs beside the headers, which bring their compiler but, from 7.x,
# not the assembler that it calls.
tools=(binutils make)

# Everything that a build reads; a folder is newer when a file came or went.
newest_sources()
{
	find "$TOP/Kbuild" "$TOP/drivers" "$TOP/selftests/modules" -newer "$1" ! -name '.*' |
		head -n1
}

# Native where the headers are there, or where this machine's own suite offers them.
have_headers()
{
	local release=$1 codename

	[ -z "${PVPANIC_ROOTS:-}" ] || return 1
	[ ! -e "/lib/modules/$release/build/Makefile" ] || return 0
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	[ "$codename" = "$base_suite" ] && [ "$(id -u)" = 0 ] || return 1
	[ ! -e "$BUILD/roots/$base_suite/lib/modules/$release/build/Makefile" ] || return 1
	"$LIB/packages.sh" "${tools[@]}" "$headers-$release" && return 0
	[ $? != 2 ] || exit 2
	echo "kernel.sh: so a build root of $base_suite is made for $release" >&2
	return 1
}

module()
{
	local key=$1 release out targets=(modules)

	get "$key" >/dev/null
	choose "$key"
	release=$(cat "$BUILD/kernels/$key/release")
	out=$BUILD/$release
	mkdir -p "$out"
	exec 7>"$out/.lock"
	flock 7
	if [ -e "$out/.built" ] && [ -z "$(newest_sources "$out/.built")" ]; then
		echo "$out/pvpanic-guest.ko"
		return
	fi
	touch "$out/.building"
	[ ! -e "$TOP/selftests/modules/Kbuild" ] || targets+=(test-modules)
	build "${targets[@]}"
	mv "$out/.building" "$out/.built"
	echo "$out/pvpanic-guest.ko"
}

# What make needs to know to build for arm64.
cross=(ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-)

# cross_build MAKE-ARGUMENT...: as build(), for another architecture. Where the kernel is of this
# machine's own suite, it is built here, else in a build root of its suite.
cross_build()
{
	local headers=$BUILD/kernels/$key/headers needs
	local make=(make -C "$TOP" --no-print-directory "$@" "KREL=$release" "KDIR=$headers/build"
		    "${cross[@]}")

	mapfile -t needs <"$headers/needs"
	needs+=("${tools[@]}" "$compiler" "binutils-${compiler#*-*-}")
	if [ -z "${PVPANIC_ROOTS:-}" ] && [ "$(id -u)" = 0 ] &&
	   [ "$base_suite" = "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" ]; then
		"$LIB/packages.sh" "${needs[@]}"
		"${make[@]}" >&2
		return
	fi
	"$LIB/root.sh" make "$suites" "${needs[@]}"
	"$LIB/root.sh" run "$base_suite" "${make[@]}" >&2
}

# build MAKE-ARGUMENT...: for the kernel $key of release $release, which choose has chosen
build()
{
	local pkgs status=0

	if [ "$suites" = source ]; then
		[ "$compiler" = - ] || set -- "$@" "LLVM=${compiler#clang}"
		[ "$debian_arch" = amd64 ] || set -- "$@" "${cross[@]}"
		make -C "$TOP" --no-print-directory "$@" "KREL=$release" \
			"KDIR=$BUILD/linux/$key" >&2
	elif [ "$debian_arch" != amd64 ]; then
		cross_build "$@"
	elif have_headers "$release"; then
		"$LIB/packages.sh" "${tools[@]}"
		make -C "$TOP" --no-print-directory "$@" "KREL=$release" \
			"KDIR=/lib/modules/$release/build" >&2
	else
		pkgs=("${tools[@]}" "$headers-$release")
		[ "$compiler" = - ] || pkgs+=("$compiler")
		"$LIB/root.sh" make "$suites" "${pkgs[@]}" || status=$?
		[ $status != 2 ] || exit 2
		[ $status = 0 ] ||
			die "no headers of $release; if Debian has a newer one: rm -r build/kernels/$key, then again"
		"$LIB/root.sh" run "$base_suite" make -C "$TOP" --no-print-directory \
			"$@" "KREL=$release" "KDIR=/lib/modules/$release/build" >&2
	fi
}

# copy KEY FOLDER: the driver whose sources are in FOLDER/drivers, built beside ours
copy()
{
	local key=$1 folder=$2 release out

	choose "$key"
	release=$(cat "$BUILD/kernels/$key/release")
	out=$folder/$release
	mkdir -p "$out"
	build modules "SRC=$folder/drivers" "OUT=$out"
	echo "$out/pvpanic-guest.ko"
}

case ${1:-} in
copy) [ $# -eq 3 ] || die "usage: kernel.sh copy KEY FOLDER" ;;
get|module) [ $# -eq 2 ] || die "usage: kernel.sh $1 KEY; keys: $(list_keys | xargs)" ;;
keys) ;;
*) die "usage: kernel.sh get|module KEY; keys: $(list_keys | xargs)" ;;
esac

case $1 in
get) get "$2" ;;
module) module "$2" ;;
copy) copy "$2" "$3" ;;
keys) list_keys ;;
esac
