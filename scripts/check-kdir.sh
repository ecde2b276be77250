#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check-kdir.sh BUILD KDIR RELEASE [CC [WHO]]: can a module be built below BUILD with KDIR,
# the headers of kernel RELEASE? Says in one line, for WHO (make modules), what is missing
# and what mends it, in place of the screen of errors that the kernel's own build would print.
set -eu
export LC_ALL=C

build=$1 kdir=$2 release=$3 cc=${4:-} who=${5:-make modules}
config=$kdir/include/config/auto.conf

die()
{
	echo "$who: $*" >&2
	exit 1
}

if [ ! -e "$config" ]; then
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

# Debian's headers name their compiler. Elsewhere the kernel's build calls gcc, whatever the
# kernel was built with, but DKMS calls clang for a kernel of clang.
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
	mend="apt-get install ${package:-gcc}"
	[ -e "$kdir/.kernelvariables" ] || want=gcc
fi
cc=${cc:-${want:-gcc}}

command -v "${cc%% *}" >/dev/null || die "the compiler $cc is missing; type: $mend"

# Unquoted, as make would run it: it may be "ccache gcc".
is=gcc
# shellcheck disable=SC2086
[ "$(echo __clang__ | $cc -E -P - 2>/dev/null)" = __clang__ ] || is=clang
[ "$is" = "$family" ] ||
	die "kernel $release was built with $family, and $cc is $is; type: $mend"

# A newer compiler than the kernel's is tried: the kernel's build warns of it.
# shellcheck disable=SC2086
version=$($cc -dumpversion)
[ "${version%%.*}" -ge "${built:-0}" ] ||
	die "kernel $release was built with $family $built, and $cc is $version; type: $mend"

# What a build writes, in KiB, and some to spare.
mkdir -p "$build" 2>/dev/null || true
[ -w "$build" ] || die "can't write to $build; type: sudo $who"
space=$(df --output=avail -k "$build" | tail -n1)
[ "$space" -ge 4096 ] || die "no space in $build; free some, then run this again"
