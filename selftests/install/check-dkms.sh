#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Does DKMS carry the module through a machine's life? Each suite in DKMS_ROOTS has
# its own dkms (bullseye 2.8, bookworm and trixie 3.x); in-root.sh is run in a root
# of each, which forgets afterwards what was done to it. KTAP on stdout.
set -eu -o pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
LIB=$HERE/../lib
DKMS_ROOTS=${DKMS_ROOTS:-bookworm}

echo "TAP version 13"
read -ra roots <<<"$DKMS_ROOTS"
echo "1..${#roots[@]}"
[ "$(id -u)" = 0 ] || {
	echo "Bail out! a build root needs root; type: sudo make check-dkms"
	exit 1
}

number=0 failed=0
for suite in "${roots[@]}"; do
	number=$((number + 1))
	echo "    # dkms in $suite"
	row=$(awk -v suite="$suite" '$1 == suite { print $2, $3, $4 }' "$HERE/roots")
	if [ -z "$row" ]; then
		echo "not ok $number $suite # no such line in selftests/install/roots"
		failed=1
		continue
	fi
	read -r suites headers upgrade <<<"$row"
	read -ra packages <<<"${headers//,/ }"
	read -ra coming <<<"${upgrade//,/ }"
	if "$LIB/root.sh" make "dkms-$suite=$suites" dkms openssl binutils gcc libc6-dev make \
			initramfs-tools kmod mount zstd "${packages[@]}" &&
	   "$LIB/root.sh" fetch "dkms-$suite" "${coming[@]}" &&
	   "$LIB/root.sh" spoil "dkms-$suite" bash "$(realpath "$HERE")/in-root.sh" "${coming[@]}" |
			sed -u 's/^/    /'; then
		echo "ok $number $suite"
	else
		echo "not ok $number $suite"
		failed=1
	fi
done
exit $failed
