#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# matrix.sh VM-BENCH BUILD VM-BENCH-OPTIONS -- KERNEL-DIR...: every scenario on
# every kernel under every QEMU, and a table of it. From part to part a scenario goes on
# to another one of its guests: what has two, of 1 CPU and of 4, has run on both when two
# QEMUs have been there. One in three boots by OVMF, which takes three times as long, those
# that can be copies of each other together, and other ones the next time: so a scenario
# for all kernels is by OVMF on two or four of them. Under the QEMU of sid, which is there
# to see what is coming, the triggers and power-off alone, and by BIOS. With FULL=1 each
# scenario runs on all of its guests and by each firmware, each guest booted for itself.
#
# QEMUS: native (this machine's own), or the suite whose QEMU it is (trixie, sid).
# FIRMWARES: BIOS, OVMF, or both in turn. Each part's results are kept in build/matrix
# until something of it is run again, so that the table can be filled part by part; parts
# of which only some scenarios were run (--only) are kept beside them and never get into it.
set -eu

bench=$1 build=$2
shift 2
options=() kept=results
while [ "$1" != -- ]; do
	options+=("$1") kept=partial
	shift
done
shift
here=$(cd "$(dirname "$0")" && pwd)
lib=$here/../../scripts
out=$build/matrix
read -ra qemus <<<"${QEMUS:-native trixie sid}"
read -ra firmwares <<<"${FIRMWARES:-BIOS OVMF}"
mkdir -p "$out/logs" "$out/results" "$out/partial"

# A program that stands for a QEMU.
qemu_of()
{
	if [ "$1" = native ]; then
		echo qemu-system-x86_64
		return
	fi
	"$lib/root.sh" make "$1" qemu-system-x86 >&2 || return 1
	printf '#!/bin/sh\nexec "%s/root.sh" run %s qemu-system-x86_64 "$@"\n' "$lib" "$1" >"$out/qemu-$1"
	chmod +x "$out/qemu-$1"
	echo "$out/qemu-$1"
}

# turn KERNEL SUITE: where its turns begin, which is the same where a part runs alone; for
# turns of two, three or more any number will do.
turn()
{
	local sum next=0

	sum=$(cksum <<<"$1")
	[ "$2" = native ] || next=1
	echo $((${sum%% *} % 60 + next))
}

# part KERNEL-DIR SUITE QEMU FIRMWARE: a part that was stopped leaves no results.
part()
{
	local kernel=$1 suite=$2 qemu=$3 firmware=$4 version scenarios more=() file

	version=$("$qemu" --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
	scenarios=("$here"/scenarios/*.ini)
	[ -n "${FULL-}" ] || more=(--each --turn "$(turn "${kernel##*/}" "$suite")" --one-thread --copies)
	[ "$suite" != sid ] || scenarios=("$here"/scenarios/{10-triggers,60-power-off}.ini)
	[ "$suite $firmware" != "sid BIOS+OVMF" ] || firmware=BIOS
	[ "$firmware" = BIOS ] || more+=(--firmware "$out/OVMF.fd")
	[ "$firmware" != BIOS+OVMF ] || more+=(--firmware-of 3)
	file="$out/$kept/${kernel##*/} $version $firmware"
	echo "# $(date +%H:%M) ${kernel##*/} QEMU $version $firmware"
	echo "# $(cat "$kernel/release") $version $firmware $(date +%F)" | tee "$running"
	"$bench" --kernel "$kernel" --logs "$out/logs" --qemu "$qemu" "${more[@]}" \
		"${options[@]}" "${scenarios[@]}" | tee -a "$running"
	if grep -q '^1\.\.0 # SKIP' "$running"; then
		return
	elif ! grep -q '^# Totals: ' "$running"; then
		echo "not ok - ${kernel##*/} QEMU $version $firmware came to no end"
		failed=1
		return
	fi
	! grep -q '^not ok ' "$running" || failed=1
	case $firmware in
	BIOS+OVMF) rm -f "${file%+OVMF}" "${file%BIOS+OVMF}OVMF" ;;
	*) rm -f "${file%"$firmware"}BIOS+OVMF" ;;
	esac
	cp "$running" "$file"
}

[ -n "${FULL-}" ] || [ "${#firmwares[@]}" = 1 ] || firmwares=(BIOS+OVMF)
case "${firmwares[*]}" in
*OVMF*)
	"$lib/packages.sh" ovmf >&2
	cp /usr/share/ovmf/OVMF.fd "$out/OVMF.fd"	# seen in the build roots too
	;;
esac
running=$(mktemp "$out/.running.XXXXXX")
trap 'rm -f "$running"' EXIT
failed=0
for suite in "${qemus[@]}"; do
	if ! qemu=$(qemu_of "$suite"); then
		echo "not ok - there is no QEMU of $suite to be had: no part of it is run; leave it out by QEMUS="
		failed=1
		continue
	fi
	for kernel; do
		for firmware in "${firmwares[@]}"; do
			part "$kernel" "$suite" "$qemu" "$firmware"
		done
	done
done

echo "#"
"$here/matrix-table.sh" text "$out/$kept" | sed 's/^/# /'
exit $failed
