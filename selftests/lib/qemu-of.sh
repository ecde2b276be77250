#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# qemu-of.sh native|SUITE|VERSION [arm64]: prints a program that is this machine's QEMU, that of
# a Debian suite (from its build root), or one of at least this version (Debian 13's where
# this machine's is older). It runs x86 guests, or arm64 guests.
set -eu

scripts=$(cd "$(dirname "$0")/../../scripts" && pwd)
build=${scripts%/*}/build
case ${2-} in
arm64) native=qemu-system-aarch64 packages=(qemu-system-arm qemu-efi-aarch64) ;;
*) native=qemu-system-x86_64 packages=(qemu-system-x86) ;;
esac

is_from()
{
	local version

	version=$($native --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
	printf '%s\n' "$1" "$version" | sort -CV
}

suite=$1
case $suite in
[0-9]*) if is_from "$1"; then suite=native; else suite=trixie; fi ;;
esac
if [ "$suite" = native ]; then
	echo $native
	exit
fi
"$scripts/root.sh" make "$suite" "${packages[@]}" >&2
program=$build/selftests/${native/system/$suite}
mkdir -p "${program%/*}"
printf '#!/bin/sh\nexec "%s/root.sh" run %s %s "$@"\n' "$scripts" "$suite" $native >"$program"
chmod +x "$program"
echo "$program"
