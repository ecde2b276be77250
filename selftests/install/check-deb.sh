#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Are the Debian packages sound? Built as they are and as a later release, looked at
# by lintian, and then installed, upgraded, removed and purged in a root that forgets
# it. KTAP on stdout.
set -eu -o pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
LIB=$HERE/../../scripts
BUILD=$(cd "$HERE/../.." && pwd)/build
SUITES=bookworm,bookworm-security

say()
{
	if [ "$1" = 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		failed=1
	fi
}

echo "TAP version 13"
echo "1..3"
[ "$(id -u)" = 0 ] || {
	echo "Bail out! a root to install in needs root; type: sudo make check-deb"
	exit 1
}
failed=0

status=0
"$LIB/deb.sh" "$BUILD/deb" >&2 && "$LIB/deb.sh" "$BUILD/deb/later" 1.1 >&2 || status=1
say $status "1 packages-build"

status=0
"$LIB/packages.sh" lintian
lintian --allow-root --fail-on error,warning "$BUILD"/deb/*.changes | sed 's/^/# /' || status=1
say $status "2 lintian-clean"

status=0
read -ra packages <<<"$(xargs <"$HERE/guest-packages")"
{
	"$LIB/root.sh" make "guest-bookworm=$SUITES" "${packages[@]}" &&
	"$LIB/root.sh" spoil guest-bookworm bash "$HERE/deb-in-root.sh" \
		"$BUILD/deb" "$BUILD/deb/later" | sed -u 's/^/    /'
} || status=1
say $status "3 install-upgrade-remove-purge"
exit $failed
