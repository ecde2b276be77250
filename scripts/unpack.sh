#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# unpack.sh [--suite SUITE] [--arch ARCH] NAME PKG...: Debian packages, by default of this
# machine's own suite, and the libraries they need, unpacked to build/unpacked/NAME and not
# installed: for programs that go into a guest, or whose installation would change this machine
# (kexec-tools takes over its reboots).
set -eu

# shellcheck source=scripts/common.bash
. "$(dirname "$0")/common.bash"
# shellcheck source=scripts/apt.bash
. "$LIB/apt.bash"

suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
while [ $# -gt 2 ]; do
	case $1 in
	--suite) suite=$2 ;;
	--arch) debian_arch=$2 ;;
	*) break ;;
	esac
	shift 2
done
[ $# -ge 2 ] || die "usage: unpack.sh [--suite SUITE] [--arch ARCH] NAME PKG..."
out=$BUILD/unpacked/$1
shift
mkdir -p "$BUILD/unpacked"
exec 8>"$BUILD/unpacked/.lock"
flock 8
if [ -e "$out/.packages" ] && [ "$(cat "$out/.packages")" = "$suite: $*" ]; then
	echo "$out"
	exit
fi
[ "$suite" ] || die "this machine is of no Debian release; needed: $*"
tmp=$(mktemp -d "$BUILD/unpacked/.new.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"
echo "unpacking, not installing: $*" >&2
private_update "$suite"
mkdir -p "$tmp/.debs/partial"
private_apt "$suite" apt-get -y --no-install-recommends --download-only \
	-o Dir::Cache::archives="$tmp/.debs" install "$@" >"$tmp/.log" 2>&1 ||
	why_not "$tmp/.log" "$*" "can't download $*"
for deb in "$tmp"/.debs/*.deb; do
	dpkg-deb -x "$deb" "$tmp"
done
rm -rf "$tmp/.debs" "$tmp/.log"
rm -rf "${tmp:?}/usr/share"
echo "$suite: $*" >"$tmp/.packages"
rm -rf "$out"
mv "$tmp" "$out"
echo "$out"
