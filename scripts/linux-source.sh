#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# linux-source.sh DIR TAR-ARGS...: the kernel's source, or a part of it, from Debian's
# linux-source-6.12, unpacked to DIR by a rename, whole or not at all. The package is
# installed where this machine's own suites have it, and else only unpacked: Debian 12
# has it in its security archive, which a bare root may not name.
set -eu

# shellcheck source=scripts/common.bash
. "$(dirname "$0")/common.bash"
package=linux-source-6.12

# shellcheck source=scripts/apt.bash
. "$LIB/apt.bash"

[ $# -ge 1 ] || die "usage: linux-source.sh DIR TAR-ARGS..."
dir=$1
shift
"$LIB/packages.sh" xz-utils
need_room 16 "the kernel's source"
mkdir -p "$BUILD"
exec 5>"$BUILD/.linux-source.lock"
flock 5
rm -rf "$BUILD"/.linux-source.??????	# of a run that was killed
tmp=$(mktemp -d "$BUILD/.linux-source.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"

status=0
tar=/usr/src/$package.tar.xz
[ -r "$tar" ] || "$LIB/packages.sh" "$package" || status=$?
[ $status != 2 ] || exit 2
if [ $status != 0 ]; then
	need_room 400 "the kernel's source"
	echo "linux-source.sh: so it is unpacked from Debian 13's" >&2
	private_update trixie
	(cd "$tmp" && private_apt trixie apt-get download "$package" >log 2>&1) ||
		why_not "$tmp/log" "the kernel's source" "can't download $package"
	dpkg-deb --fsys-tarfile "$tmp/$package"_*.deb |
		tar -xf - -C "$tmp" "./usr/src/$package.tar.xz" 2>"$tmp/log" || need_no_fill "$tmp/log" "the kernel's source"
	tar=$tmp/usr/src/$package.tar.xz
fi
mkdir "$tmp/source"
tar -xf "$tar" -C "$tmp/source" "$@" 2>"$tmp/log" || {
	need_no_fill "$tmp/log" "the kernel's source"
	die "$tar can't be unpacked: $(head -n1 "$tmp/log")"
}
rm -rf "$dir"
mv "$tmp/source" "$dir"
