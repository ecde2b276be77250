#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kselftest.sh DIR [TREE]: what a collection of the kernel's kselftest needs (headers,
# lib.mk, the runner), in DIR, which has the shape of a kernel tree. It comes from the
# kernel tree TREE (or its tools/testing/selftests), else from Debian's
# linux-source-6.12, which is installed where this machine's own suites have it, and
# else only unpacked: Debian 12 has it in its security archive, which a bare root may
# not name.
set -eu
export LC_ALL=C

LIB=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$LIB/../.." && pwd)
BUILD=$TOP/build
package=linux-source-6.12

die()
{
	echo "kselftest.sh: $*" >&2
	exit 1
}

# shellcheck source=selftests/lib/apt.bash
. "$LIB/apt.bash"

selftests=tools/testing/selftests
wanted=("$selftests"/{Makefile,lib.mk,run_kselftest.sh} scripts/subarch.include)

# put DIR: in one step, in place of what was there.
put()
{
	rm -rf "$1"
	mv "$tmp/tree" "$1"
}

[ $# -eq 1 ] || [ $# -eq 2 ] || die "usage: kselftest.sh DIR [TREE]"
mkdir -p "$BUILD"
tmp=$(mktemp -d "$BUILD/.kselftest.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"
mkdir "$tmp/tree"

if [ $# -eq 2 ]; then
	tree=$2
	[ ! -e "$tree/kselftest_harness.h" ] || tree=$tree/../../..
	[ -e "$tree/$selftests/lib.mk" ] || die "$2 is no kernel tree: it has no $selftests/lib.mk"
	(cd "$tree" && tar -cf - "${wanted[@]}" "$selftests"/kselftest*) | tar -xf - -C "$tmp/tree"
	put "$1"
	exit
fi

"$LIB/packages.sh" xz-utils
tar=/usr/src/$package.tar.xz
if [ ! -r "$tar" ] && ! "$LIB/packages.sh" "$package"; then
	echo "kselftest.sh: so it is unpacked from Debian 13's" >&2
	private_update trixie
	(cd "$tmp" && private_apt trixie apt-get download "$package" >log 2>&1) ||
		die "can't download $package: $(tail -n1 "$tmp/log")"
	dpkg-deb --fsys-tarfile "$tmp/$package"_*.deb | tar -xf - -C "$tmp" "./usr/src/$package.tar.xz"
	tar=$tmp/usr/src/$package.tar.xz
fi
tar -xf "$tar" -C "$tmp/tree" --strip-components=1 --wildcards \
	"${wanted[@]/#/$package/}" "$package/$selftests/kselftest*" || die "$tar can't be unpacked"
put "$1"
