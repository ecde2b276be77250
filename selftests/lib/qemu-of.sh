#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# qemu-of.sh native|SUITE|VERSION: prints a program that is this machine's QEMU, that of a
# Debian suite (from its build root), or one of at least this version (Debian 13's where
# this machine's is older).
set -eu

scripts=$(cd "$(dirname "$0")/../../scripts" && pwd)
build=${scripts%/*}/build
native=qemu-system-x86_64

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
"$scripts/root.sh" make "$suite" qemu-system-x86 >&2
program=$build/selftests/qemu-$suite
mkdir -p "${program%/*}"
printf '#!/bin/sh\nexec "%s/root.sh" run %s %s "$@"\n' "$scripts" "$suite" $native >"$program"
chmod +x "$program"
echo "$program"
