#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# deb.sh OUT [VERSION]: builds the Debian packages from a copy of the tree, because a
# package's build cleans up where it is run, and puts them into OUT. VERSION stands
# for a later release than the tree's, for a test of upgrades.
set -eu
export LC_ALL=C

TOP=$(cd "$(dirname "$0")/.." && pwd)
OUT=$1 VERSION=${2:-}

die()
{
	echo "make deb: $*" >&2
	exit 1
}

"$TOP/scripts/packages.sh" debhelper dh-dkms dpkg-dev gcc libc6-dev libjansson-dev \
	libuv1-dev make
mkdir -p "$OUT"
OUT=$(cd "$OUT" && pwd)
tmp=$(mktemp -d "$OUT/.new.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/tree"
find "$TOP" -mindepth 1 -maxdepth 1 ! -name build ! -name .git -exec cp -a -t "$tmp/tree" {} +
cd "$tmp/tree"
if [ "$VERSION" ]; then
	sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$VERSION\"/" dkms.conf
	sed -i "s/^\(#define PVPANIC_GUEST_VERSION\).*/\1 \"$VERSION\"/" drivers/version.h
	sed -i "1s/(.*)/($VERSION)/" debian/changelog
fi
dpkg-buildpackage --build=binary --no-sign >"$tmp/log" 2>&1 || {
	cp "$tmp/log" "$OUT/log"
	die "the packages can't be built; see $OUT/log"
}
rm -f "$OUT"/*.deb "$OUT"/*.changes
mv "$tmp"/*.deb "$tmp"/*.changes "$tmp"/*.buildinfo "$OUT/"
ls "$OUT"/*.deb
