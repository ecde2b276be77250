#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check-kdir.sh BUILD KDIR RELEASE [CC [WHO]]: can a module be built below BUILD with KDIR,
# the headers of kernel RELEASE? Says in one line, for WHO (make modules), what is missing
# and what mends it, in place of the screen of errors that the kernel's own build would print.
# ARCH and CROSS_COMPILE in the environment mean what they mean to that build.
set -eu
export LC_ALL=C

build=$1 kdir=$2 release=$3 cc=${4:-} who=${5:-make modules}
config=$kdir/include/config/auto.conf

die()
{
	echo "$who: $*" >&2
	exit 1
}

# kernel_arch MACHINE: the architecture that the kernel's build derives from uname -m, from
# gcc -dumpmachine or from ARCH=
kernel_arch()
{
	case $1 in
	x86_64*|i?86*) echo x86 ;;
	aarch64*) echo arm64 ;;
	*) echo "${1%%-*}" ;;
	esac
}

native=$(kernel_arch "$(uname -m)")
arch=$(kernel_arch "${ARCH:-$native}")
# The driver is tested on these two; headers of others are not compared.
theirs=$(sed -n 's/^CONFIG_\(X86\|ARM64\)=y$/\L\1/p' "$config" 2>/dev/null || true)
case $theirs in
x86) tuple=x86_64-linux-gnu ;;
*) tuple=aarch64-linux-gnu ;;
esac
cross="make modules ARCH=$theirs CROSS_COMPILE=$tuple- KDIR=$kdir"

if [ ! -e "$config" ] && [ "$arch" != "$native" ]; then
	die "no kernel headers in $kdir; unpack those of a kernel for $arch, and name them: make modules ARCH=$ARCH KDIR=FOLDER"
elif [ ! -e "$config" ]; then
	here=
	for dir in /lib/modules/*/build/Makefile; do
		[ ! -e "$dir" ] || here+=" $(basename "${dir%/build/Makefile}")"
	done
	mend="type: apt-get install linux-headers-$release"
	if ! apt-cache show "linux-headers-$release" >/dev/null 2>&1; then
		mend="name those of another kernel: make modules KREL=RELEASE"
	fi
	die "no kernel headers in $kdir; $mend (there are:${here:- none})"
fi

if [ "$theirs" ] && [ "$theirs" != "$arch" ]; then
	mend="type: $cross"
	[ "$theirs" != "$native" ] ||
		mend="without ARCH=$ARCH they fit; for $arch, name others: make modules ARCH=$ARCH KDIR=FOLDER"
	die "the headers in $kdir are for $theirs, not for $arch; $mend"
fi

# Debian's headers name their compiler, with or without the prefix of a cross-compiler. Elsewhere
# the kernel's build calls gcc, whatever the kernel was built with, but DKMS calls clang for a kernel
# of clang.
family=gcc
! grep -qx CONFIG_CC_IS_CLANG=y "$config" || family=clang
built=$(sed -n "s/^CONFIG_${family^^}_VERSION=\([0-9]*\)[0-9]\{4\}$/\1/p" "$config")
if [ "$family" = clang ]; then
	mend="apt-get install clang-$built lld-$built llvm-$built, then: make modules LLVM=-$built"
	want=gcc
	[[ $who != *dkms* ]] || want=clang
else
	want=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\?\([^ "]*\).*/\1/p' "$config")
	package=${want#*-linux-gnu-}
	package=${package:-gcc}
	[ "$arch" = "$native" ] || package+=-$tuple
	mend="apt-get install $package"
	[ -e "$kdir/.kernelvariables" ] || want=gcc
	[[ $want != gcc* ]] || want=${CROSS_COMPILE:-}$want
fi
cc=${cc:-${want:-gcc}}

command -v "${cc%% *}" >/dev/null || die "the compiler $cc is missing; type: $mend"

# Unquoted, as make would run it: it may be "ccache gcc".
is=gcc
# shellcheck disable=SC2086
[ "$(echo __clang__ | $cc -E -P - 2>/dev/null)" = __clang__ ] || is=clang
[ "$is" = "$family" ] ||
	die "kernel $release was built with $family, and $cc is $is; type: $mend"

# clang compiles for any architecture.
# shellcheck disable=SC2086
[ -z "$theirs" ] || [ $family = clang ] || [ "$(kernel_arch "$($cc -dumpmachine)")" = "$theirs" ] ||
	die "the compiler $cc is not for $theirs, as the headers are; type: $cross"

# A newer compiler than the kernel's is tried: the kernel's build warns of it.
# shellcheck disable=SC2086
version=$($cc -dumpversion)
[ "${version%%.*}" -ge "${built:-0}" ] ||
	die "kernel $release was built with $family $built, and $cc is $version; type: $mend"

# Headers bring programs that a build runs. Those of another machine, or of a later release of
# Debian, do not run here.
for program in scripts/basic/fixdep scripts/mod/modpost; do
	status=0
	output=$("$kdir/$program" -? 2>&1 </dev/null) || status=$?
	[ $status -ge 126 ] || [[ $output = *GLIBC_* ]] || continue
	mend="make -C $kdir modules_prepare"
	kbuild=$(readlink "$kdir/scripts" | sed -n 's,.*/\(linux-kbuild-[^/]*\)/scripts$,\1,p')
	unpacked=$(realpath -m "$kdir")
	unpacked=${unpacked%/usr/src/*}
	if [ "$kbuild" ]; then
		mend="apt-get install $kbuild"
		[ -z "$unpacked" ] ||
			mend="apt-get download $kbuild && dpkg-deb -x ${kbuild}_*.deb $unpacked"
	fi
	die "$kdir/$program does not run on this machine; type: $mend"
done

# What a build writes, in KiB, and some to spare.
mkdir -p "$build" 2>/dev/null || true
[ -w "$build" ] || die "can't write to $build; type: sudo $who"
space=$(df --output=avail -k "$build" | tail -n1)
[ "$space" -ge 4096 ] || die "no space in $build; free some, then run this again"
