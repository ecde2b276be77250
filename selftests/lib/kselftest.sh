#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kselftest.sh DIR: the kernel's test headers from Debian's linux-source-6.12, which
# is installed where this machine's own suites have it, and else only unpacked:
# Debian 12 has it in its security archive, which a bare root may not name.
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

[ $# -eq 1 ] || die "usage: kselftest.sh DIR"
"$LIB/packages.sh" xz-utils
mkdir -p "$BUILD"
tmp=$(mktemp -d "$BUILD/.kselftest.XXXXXX")
trap 'rm -rf "$tmp"' EXIT

tar=/usr/src/$package.tar.xz
if [ ! -r "$tar" ] && ! "$LIB/packages.sh" "$package"; then
	echo "kselftest.sh: so it is unpacked from Debian 13's" >&2
	private_update trixie
	(cd "$tmp" && private_apt trixie apt-get download "$package" >log 2>&1) ||
		die "can't download $package: $(tail -n1 "$tmp/log")"
	dpkg-deb --fsys-tarfile "$tmp/$package"_*.deb | tar -xf - -C "$tmp" "./usr/src/$package.tar.xz"
	tar=$tmp/usr/src/$package.tar.xz
fi
mkdir "$tmp/headers"
tar -xf "$tar" -C "$tmp/headers" --strip-components=4 --wildcards \
	"$package/tools/testing/selftests/kselftest*.h" || die "$tar can't be unpacked"
rm -rf "$1"
mv "$tmp/headers" "$1"
