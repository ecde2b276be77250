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

# shellcheck source=selftests/lib/ktap.bash
. "$HERE/../lib/ktap.bash"

build_packages()
{
	"$LIB/deb.sh" "$BUILD/deb"
	"$LIB/deb.sh" "$BUILD/deb/later" 1.1
}

run_lintian()
{
	"$LIB/packages.sh" lintian
	lintian --allow-root --fail-on error,warning "$BUILD"/deb/*.changes
}

ktap_begin
ktap_plan 3
[ "$(id -u)" = 0 ] || ktap_bail "a root to install in needs root; type: sudo make check-deb"
ktap_test packages-build build_packages
ktap_test lintian-clean run_lintian
read -ra packages <<<"$(xargs <"$HERE/guest-packages")"
status=0
"$LIB/root.sh" make "guest-bookworm=$SUITES" "${packages[@]}" &&
	"$LIB/root.sh" spoil guest-bookworm bash "$HERE/deb-in-root.sh" "$BUILD/deb" "$BUILD/deb/later" ||
	status=1
ktap_result $status install-upgrade-remove-purge
ktap_end
