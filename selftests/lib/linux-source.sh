#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# linux-source.sh DIR TAR-ARGS...: the kernel's source, or a part of it, from Debian's
# linux-source-6.12, unpacked to DIR by a rename, whole or not at all. The package is
# installed where this machine's own suites have it, and else only unpacked: Debian 12
# has it in its security archive, which a bare root may not name.
set -eu

# shellcheck source=selftests/lib/common.bash
. "$(dirname "$0")/common.bash"
package=linux-source-6.12

# shellcheck source=selftests/lib/apt.bash
. "$LIB/apt.bash"

[ $# -ge 1 ] || die "usage: linux-source.sh DIR TAR-ARGS..."
dir=$1
shift
"$LIB/packages.sh" xz-utils
mkdir -p "$BUILD"
exec 5>"$BUILD/.linux-source.lock"
flock 5
rm -rf "$BUILD"/.linux-source.??????	# of a run that was killed
tmp=$(mktemp -d "$BUILD/.linux-source.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"

tar=/usr/src/$package.tar.xz
if [ ! -r "$tar" ] && ! "$LIB/packages.sh" "$package"; then
	echo "linux-source.sh: so it is unpacked from Debian 13's" >&2
	private_update trixie
	(cd "$tmp" && private_apt trixie apt-get download "$package" >log 2>&1) ||
		die "can't download $package: $(tail -n1 "$tmp/log"); with a network, type: apt-get update, then this again"
	dpkg-deb --fsys-tarfile "$tmp/$package"_*.deb | tar -xf - -C "$tmp" "./usr/src/$package.tar.xz"
	tar=$tmp/usr/src/$package.tar.xz
fi
mkdir "$tmp/source"
tar -xf "$tar" -C "$tmp/source" "$@" || die "$tar can't be unpacked; is the disk full?"
rm -rf "$dir"
mv "$tmp/source" "$dir"
