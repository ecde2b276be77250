#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Does DKMS carry the module through a machine's life? Each suite in DKMS_ROOTS has
# its own dkms (bullseye 2.8, bookworm and trixie 3.x); in-root.sh is run in a root
# of each, which forgets afterwards what was done to it, and makes a guest of it, which
# boots and panics. KTAP on stdout.
set -eu -o pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
LIB=$HERE/../../scripts
TOP=$(cd "$HERE/../.." && pwd)
# shellcheck source=selftests/install/guest.bash
. "$HERE/guest.bash"
DKMS_ROOTS=${DKMS_ROOTS:-bookworm}

install_in()
{
	local row suites headers upgrade packages coming

	row=$(awk -v suite="$suite" '$1 == suite { print $2, $3, $4 }' "$HERE/roots")
	[ "$row" ] || { echo "    # no line $suite in selftests/install/roots"; return 1; }
	read -r suites headers upgrade <<<"$row"
	read -ra packages <<<"${headers//,/ }"
	read -ra coming <<<"${upgrade//,/ }"
	"$LIB/root.sh" make "dkms-$suite=$suites" dkms openssl binutils gcc libc6-dev make \
		initramfs-tools kmod mount zstd systemd-sysv udev e2fsprogs "${packages[@]}" &&
	"$LIB/root.sh" fetch "dkms-$suite" "${coming[@]}" &&
	"$LIB/root.sh" spoil "dkms-$suite" bash "$HERE/in-root.sh" "$OUT" "${coming[@]}"
}

read -ra roots <<<"$DKMS_ROOTS"
ktap_begin
ktap_plan $((2 * ${#roots[@]}))
[ "$(id -u)" = 0 ] || ktap_bail "a build root needs root; type: sudo make check-dkms"
"$LIB/packages.sh" qemu-system-x86 >&2
for suite in "${roots[@]}"; do
	OUT=$TOP/build/selftests/install/$suite
	rm -rf "$OUT"
	echo "    # dkms in $suite"
	if install_in; then
		report "$suite" ""
	else
		report "$suite" "see above"
	fi
	start new-kernel "$OUT/disk" "$OUT" ""
	await new-kernel
	report new-kernel "$(faults new-kernel GUEST_PANICKED "driver pvpanic-guest")"
done
ktap_end
