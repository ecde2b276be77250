#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh VM-BENCH BUILD DIR KERNEL-DIR...: the random devices in DIR (make acpi-random),
# many to a guest, on each kernel. A result for each guest, one that there are as many as
# were planned, one for each device, and one for each kernel that shows that a device which
# sent nothing would have been noticed (KTAP).
set -eu -o pipefail
shopt -s nullglob
export LC_ALL=C

bench=$1 build=$2 dir=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
out=$build/firmware-random
per=24
rm -rf "$out"
mkdir -p "$out"

echo "TAP version 13"
number=1

# judge DEVICES: the results of one kernel's devices.
judge()
{
	awk -v key="$key" -v first="$number" -f "$here/hex.awk" -f "$here/judge.awk" \
		"$own/guests" "$own/bytes" "$own/memory" "$1"
}

# The bytes of every port as a line; what the monitor said of memory as a line a byte.
collect()
{
	local file name

	for file in "$own"/*.{port,aml,505}; do
		name=${file##*/}
		printf '%s\t%s\t%s\n' "${name%.*}" "${name##*.}" "$(od -An -v -tx1 "$file" | xargs)"
	done >"$own/bytes"
	for file in "$own"/logs/*.log; do
		name=$(sed -n 's/.*path=[^ ]*\/\(random[^ ]*\)\.505 .*/\1/p;q' "$file")
		sed -n 's/.*"return": "\(00000000ff.*\)"}.*/\1/p' "$file" | sed 's/\\r\\n/\n/g' |
			awk -v name="$name" '{ print name "\t" $1 "\t" $0 }'
	done >"$own/memory"
}

for kernel; do
	key=${kernel##*/}
	own=$out/$key
	mkdir -p "$own/logs"
	awk -v dir="$dir" -v out="$own" -v per="$per" -v guestfile="$own/guests" \
		-v timeout="$((60 + $(grep -c "loops" "$dir/devices.tsv") * 10))" \
		-f "$here/hex.awk" -f "$here/scenarios.awk" "$dir/devices.tsv" >"$own/guests.ini"
	status=0
	"$bench" --kernel "$kernel" --build "$build" --logs "$own/logs" "$own/guests.ini" >"$own/ktap" || status=$?
	plan=$(sed -n 's/^1\.\.//p' "$own/ktap")
	[ -n "$plan" ] || { echo "Bail out! vm-bench could not begin"; exit 1; }
	collect
	# Where several results become one list, only their numbers change. A bench that was
	# ended midway, or failed for no reason that it gives, is a failure of its own.
	awk -v n="$number" -v key="$key" -v plan="$plan" -v status="$status" '
		/^TAP/ || /^1\.\./ { next }
		/^ok / { $2 = n++; results++ }
		/^not ok / { $3 = n++; results++; failures++ }
		{ print }
		END {
			whole = results == plan && (status == 0) == !failures
			printf "%sok %d %s vm-bench came to its end # %d of %d guests, status %d\n",
			       whole ? "" : "not ", n, key, results, plan, status
		}' "$own/ktap" >"$own/results"
	number=$((number + $(grep -cE '^(not )?ok ' "$own/results")))
	judge "$dir/devices.tsv" >>"$own/results"
	cat "$own/results"
	number=$((1 + $(grep -cE '^(not )?ok ' "$out"/*/results | awk -F: '{ n += $NF } END { print n }')))

	# A device that takes no event, said to take one: the judge has to miss its byte.
	awk 'BEGIN { FS = OFS = "\t" } $9 == "none" && !done { $9 = "byte"; done = 1 } { print }' \
		"$dir/devices.tsv" >"$own/planted.tsv"
	if [ "$(judge "$own/planted.tsv" | grep -c '^not ok .* no byte')" -gt \
	     "$(judge "$dir/devices.tsv" | grep -c '^not ok .* no byte')" ]; then
		echo "ok $number $key a planted expectation is missed"
	else
		echo "not ok $number $key a planted expectation is missed"
	fi | tee -a "$own/results"
	number=$((number + 1))
done

echo "1..$((number - 1))"
! grep -q '^not ok' "$out"/*/results
