#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# matrix.sh VM-BENCH BUILD VM-BENCH-OPTIONS -- KERNEL-DIR...: every scenario on every
# kernel, QEMU and firmware, and a table. BIOS has the full tier. OVMF, which takes three
# times as long to boot, has the quick tier (the full one with FULL=1). The QEMU of sid,
# which is there to see what is coming, has the triggers and power-off only.
#
# QEMUS: native (this machine's own), or the suite whose QEMU it is (trixie, sid).
# FIRMWARES: BIOS, OVMF. An arm64 guest has no firmware in place of BIOS, and UEFI in place of
# OVMF. A line of the table is kept in build/matrix/results until its part
# is run again. Parts with options of vm-bench (--only) are shown and not kept.
set -eu -o pipefail

bench=$1 build=$2
shift 2
options=() kept=results
while [ "$1" != -- ]; do
	options+=("$1") kept=partial
	shift
done
shift
here=$(cd "$(dirname "$0")" && pwd)
out=$build/matrix
# shellcheck source=selftests/lib/ktap.bash
. "$here/../lib/ktap.bash"
running=$out/running
rm -rf "$out/partial"
mkdir -p "$out/logs" "$out/results" "$out/partial"

# part SUITE FIRMWARE KERNEL-DIR...
part()
{
	local suite=$1 firmware=$2 qemu arm64=none version called
	local scenarios=("$here"/scenarios/[0-9]*.ini) how=()

	shift 2
	if ! qemu=$("$here/../lib/qemu-of.sh" "$suite") ||
	   { [ "$arm64_kernels" ] && ! arm64=$("$here/../lib/qemu-of.sh" "$suite" arm64); }; then
		ktap_result 1 "QEMU of $suite" "there is none; leave it out by QEMUS="
		return
	fi
	version=$("$qemu" --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
	[ "$firmware" = BIOS ] || [ -n "${FULL-}" ] || how=(--quick)
	[ "$suite" != sid ] || scenarios=("$here"/scenarios/{10-triggers,60-power-off}.ini)
	[ "$firmware" = BIOS ] ||
		how+=(--firmware "$out/OVMF.fd" --firmware-arm64 "$out/QEMU_EFI.fd")
	ktap_note <<<"$(date +%H:%M) QEMU $version $firmware"
	ktap_copy < <("$bench" "${@/#/--kernel=}" --logs "$out/logs" --qemu "$qemu" \
		--qemu-arm64 "$arm64" "${how[@]}" \
		"${options[@]}" "${scenarios[@]}" | tee "$running")
	grep -q '^# Totals: ' "$running" || {
		ktap_result 1 "QEMU $version $firmware: vm-bench reaches its end"
		return
	}
	for kernel; do
		called=$firmware
		case $kernel/$firmware in
		*arm64/BIOS) called=none ;;
		*arm64/OVMF) called=UEFI ;;
		esac
		awk -v key="${kernel##*/}" -v row="$(cat "$kernel/release"), $version, $called" \
			-v date="$(date +%F)" '
			/^ok / && $3 == key { passed++ }
			/^not ok / && $4 == key { failed++ }
			/^# booted again: / && $4 == key { again++ }
			END { print row ", " passed + 0 ", " failed + 0 ", " again + 0 ", " date }' \
			"$running" >"$out/$kept/${kernel##*/} $version $firmware"
	done
}

arm64_kernels=
case $* in *arm64*) arm64_kernels=yes ;; esac
case ${FIRMWARES:=BIOS OVMF} in
*OVMF*)
	"$here/../../scripts/packages.sh" ovmf >&2
	cp /usr/share/ovmf/OVMF.fd "$out/OVMF.fd"	# seen in the build roots too
	[ ! "$arm64_kernels" ] || cp /usr/share/qemu-efi-aarch64/QEMU_EFI.fd "$out/"
	;;
esac
ktap_begin
for suite in ${QEMUS:-native trixie sid}; do
	for firmware in $FIRMWARES; do
		part "$suite" "$firmware" "$@"
	done
done
rm -f "$running"
ktap_note <<<"kernel, QEMU, firmware, passed, failed, booted again, date"
sort -t, -k2,2V -k3,3 -k1,1V "$out/$kept"/* | ktap_note || true
ktap_end
