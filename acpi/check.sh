#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh BUILD ROOTS QEMU-RUN ASL...: does the ASL compile, does it evaluate to what its comments
# say, and is pvpanic.asl the device that QEMU builds? BUILD has what `make acpi` made of
# the tables, ROOTS may have build roots with another QEMU, and QEMU-RUN runs a QEMU. KTAP on
# stdout.
#
# A comment in a table is a test:
#
#	// exec: METHOD [ARG...] = OUTCOME[, ADDRESS:VALUE]...[, N ms]
#
# METHOD is looked up in \_SB.PEVT, or in \_SB if it contains a dot. OUTCOME is an integer
# (0x07), a string in quotes, "package", "done" (any success), or the status that evaluation
# fails with (AE_...). Then follow all writes that AML makes, in their order, with as many
# hex digits as the access is wide, and the least time that evaluation takes.
set -eu -o pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
build=$1 roots=$2 qemu_run=$3
shift 3
out=$build/check

# shellcheck source=selftests/lib/ktap.bash
. "$here/../selftests/lib/ktap.bash"

# aml_of SOURCE: what make compiled it to. A generated table has its AML beside it.
aml_of()
{
	case $1 in
	"$build"/*) echo "${1%.asl}.aml" ;;
	*) echo "$build/$(basename "$1" .asl).aml" ;;
	esac
}

check_compiled()
{
	local aml

	aml=$(aml_of "$1")
	cat "${aml%.aml}.log"
	[ -s "$aml" ] && grep -q '0 Errors, 0 Warnings, 0 Remarks' "${aml%.aml}.log"
}

# compile_for_acpiexec SOURCE: acpiexec shows writes to memory but not to ports.
compile_for_acpiexec()
{
	local copy

	copy=$out/${1##*/}
	sed 's/SystemIO/SystemMemory/' "$1" >"$copy"
	iasl -vs -I "$out/parts" -p "${copy%.asl}" "$copy" >"${copy%.asl}.log" 2>&1 || true
}

# evaluate TABLE SECONDS METHOD [ARG...]: sets $got to OUTCOME[, ADDRESS:VALUE]... and $took
# to milliseconds. A loop in AML fails after SECONDS. Every port reads as 7. The interpreter
# is as lax as Linux makes it: an argument that was not given reads as zero, and a method
# without Return returns its last value.
evaluate()
{
	local aml=$out/$1.aml limit=$2 method=$3 writes='' line
	local write='SystemMemory Write: Val ([0-9A-F]+) Addr ([0-9A-F]+) BitWidth ([0-9A-F]+)'
	local start=${EPOCHREALTIME/./}

	shift 3
	[[ $method == *.* ]] || method=PEVT.$method
	[ $# = 0 ] || method+=$(printf ' 0x%X' "$@")
	got=
	while IFS= read -r line; do
		if [[ $line =~ $write ]]; then
			writes+=", ${BASH_REMATCH[2]}:${BASH_REMATCH[1]: -0x${BASH_REMATCH[3]} / 4}"
		elif [ "$got" ]; then
			continue
		elif [[ $line =~ failed\ with\ status\ (AE_.*) ]]; then
			got=${BASH_REMATCH[1]}
		elif [[ $line =~ No\ object\ was\ returned|^\ *\[(Buffer|Reference)\] ]]; then
			got='done'
		elif [[ $line =~ ^\ *\[Integer\]\ =\ 0*([0-9A-F]{2,})$ ]]; then
			got=0x${BASH_REMATCH[1]}
		elif [[ $line =~ ^\ *\[String\][^\"]*(\".*\")$ ]]; then
			got=${BASH_REMATCH[1]}
		elif [[ $line =~ ^\ *\[Package\] ]]; then
			got=package
		fi
		took=$(((${EPOCHREALTIME/./} - start) / 1000))
	done < <(timeout 30 acpiexec -es -vr -fv 7 -to "$limit" "$aml" <<<"evaluate \\_SB.$method"$'\nquit' 2>&1)
	got=${got:-nothing}$writes
}

# check_evaluation TABLE EXPECTATION
check_evaluation()
{
	local call=${2%% = *} want=${2#* = } at_least=0 limit=20 got='' took=0

	if [[ $want =~ ^(.*),\ ([0-9]+)\ ms$ ]]; then
		want=${BASH_REMATCH[1]} at_least=${BASH_REMATCH[2]}
	fi
	[[ $want != AE_AML_LOOP_TIMEOUT* ]] || limit=1
	# shellcheck disable=SC2086 # the call is a method and its arguments
	evaluate "$1" $limit $call
	echo "got: $got, $took ms"
	[[ $want != done* || $got == AE_* || $got == nothing* ]] || got=done${got#"${got%%, *}"}
	[ "$got" = "$want" ] && [ "$took" -ge "$at_least" ]
}

check_table()
{
	local name expectation

	name=${1##*/}
	name=${name%.asl}
	ktap_test "compile $name" check_compiled "$1"
	compile_for_acpiexec "$1"
	while IFS= read -r expectation; do
		ktap_test "exec $name: $expectation" check_evaluation "$name" "$expectation"
	done < <(sed -n 's,^// exec: ,,p' "$1")
	ktap_end || true
}

# qemu_dsdt ROOT MACHINE FILE: the DSDT as QEMU's firmware has put it into the guest's memory,
# which is a file. The firmware finds nothing to boot and resets the machine, which ends QEMU.
qemu_dsdt()
{
	local at size

	ram=$(mktemp "$1/tmp/ram.XXXXXX")
	trap 'rm -f "$ram"' EXIT	# of the test, which is a subshell
	"$qemu_run" 60 "chroot $1 qemu-system-x86_64" -accel tcg -machine "$2,memory-backend=ram" -m 32M \
		-object "memory-backend-file,id=ram,size=32M,share=on,mem-path=/tmp/${ram##*/}" \
		-boot reboot-timeout=1 -no-reboot -device pvpanic >/dev/null 2>"$out/qemu.log"
	at=$(grep -aboP -m1 'DSDT[\x00-\xff]{6}BOCHS ' "$ram" | head -n1 | cut -d: -f1)
	size=$(od -An -tu4 --endian=little -j $((at + 4)) -N 4 "$ram")
	dd if="$ram" of="$3" bs=64K iflag=skip_bytes,count_bytes skip="$at" count="$((size))" status=none
}

# disassembled_device TABLE: the block of the device PEVT, without the indentation and the
# paths in comments, which come from its place in the table.
disassembled_device()
{
	local name indent

	name=$out/dsl-$(basename "$1" .aml)
	iasl -d -p "$name" "$1" >"$name.log" 2>&1
	indent=$(sed -n 's/^\( *\)Device (PEVT)$/\1/p' "$name.dsl")
	sed -n "/^${indent}Device (PEVT)$/,/^$indent}/ { s/^$indent//; s, /\\*.*,,; p }" "$name.dsl"
}

check_qemu()
{
	local dsdt=$out/qemu-$2.aml

	qemu_dsdt "$1" "$2" "$dsdt"
	disassembled_device "$build/pvpanic.aml" >"$out/ours"
	disassembled_device "$dsdt" >"$out/theirs"
	grep -q WRPT "$out/ours"
	diff "$out/ours" "$out/theirs"
}

rm -rf "$out"
mkdir -p "$out/parts"
for part in "$here"/parts/*.asl; do
	sed 's/SystemIO/SystemMemory/' "$part" >"$out/parts/${part##*/}"
done
ktap_begin
for source; do
	[ "$(jobs -r | wc -l)" -lt "$(nproc)" ] || wait -n
	check_table "$source" >"$out/${source##*/}.ktap" &
done
wait
for source; do
	ktap_copy <"$out/${source##*/}.ktap"
done
for root in / "$roots/trixie"; do
	name=${root##*/}
	if [ ! -x "$root/usr/bin/qemu-system-x86_64" ]; then
		ktap_result 4 "QEMU in ${name:-/}" "there is none"
		continue
	fi
	ktap_test "QEMU in ${name:-/}, pc: the device" check_qemu "$root" pc
	ktap_test "QEMU in ${name:-/}, q35: the device" check_qemu "$root" q35
done
ktap_end
