#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# matrix.sh VM-BENCH BUILD VM-BENCH-OPTIONS -- KERNEL-DIR...: every scenario on every
# kernel, QEMU and firmware. BIOS has the full tier. OVMF, which takes three
# times as long to boot, has the quick tier (the full one with FULL=1). The QEMU of sid,
# which is there to see what is coming, has the triggers and power-off only.
#
# QEMUS: native (this machine's own), or the suite whose QEMU it is (trixie, sid).
# FIRMWARES: BIOS, OVMF. An arm64 guest has no firmware in place of BIOS, and UEFI in place of
# OVMF.
set -eu -o pipefail

bench=$1 build=$2
shift 2
options=()
while [ "$1" != -- ]; do
	options+=("$1")
	shift
done
shift
here=$(cd "$(dirname "$0")" && pwd)
out=$build/matrix
# shellcheck source=selftests/lib/ktap.bash
. "$here/../lib/ktap.bash"
mkdir -p "$out/logs"

# part SUITE FIRMWARE KERNEL-DIR...
part()
{
	local suite=$1 firmware=$2 qemu arm64=none
	local scenarios=("$here"/scenarios/[0-9]*.ini) how=()

	shift 2
	if ! qemu=$("$here/../lib/qemu-of.sh" "$suite") ||
	   { [ "$arm64_kernels" ] && ! arm64=$("$here/../lib/qemu-of.sh" "$suite" arm64); }; then
		ktap_result 1 "QEMU of $suite" "there is none; leave it out by QEMUS="
		return
	fi
	[ "$firmware" = BIOS ] || [ -n "${FULL-}" ] || how=(--quick)
	[ "$suite" != sid ] || scenarios=("$here"/scenarios/{10-triggers,60-power-off}.ini)
	[ "$firmware" = BIOS ] ||
		how+=(--firmware "$out/OVMF.fd" --firmware-arm64 "$out/QEMU_EFI.fd")
	ktap_note <<<"$(date +%H:%M) QEMU of $suite, $firmware"
	ktap_copy < <("$bench" "${@/#/--kernel=}" --logs "$out/logs" --qemu "$qemu" \
		--qemu-arm64 "$arm64" "${how[@]}" \
		"${options[@]}" "${scenarios[@]}")
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
ktap_end
