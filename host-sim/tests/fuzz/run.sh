#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh BUILD SECONDS: runs each fuzzer for so long, from the seed corpus and from
# what earlier runs found. KTAP on stdout, with the executions a second; what made a
# fuzzer stop is kept under BUILD.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$1
seconds=$2
targets=(qmp qtest guest-link options)

# shellcheck source=selftests/lib/ktap.bash
. "$here/../../../selftests/lib/ktap.bash"

# Deep stacks of each allocation, and a long memory for what was freed, would cost half of the speed.
export ASAN_OPTIONS=malloc_context_size=4:quarantine_size_mb=8

ktap_begin
ktap_plan ${#targets[@]}
for target in "${targets[@]}"; do
	corpus=$build/corpus-$target
	log=$build/$target.log
	mkdir -p "$corpus"
	dict=()
	# A QMP message is answered at length: short inputs, more of them.
	max_len=1024
	[ "$target" != qmp ] || max_len=320
	[ ! -f "$here/$target.dict" ] || dict=("-dict=$here/$target.dict")
	if "$build/$target" "-max_total_time=$seconds" -print_final_stats=1 -timeout=10 \
		-rss_limit_mb=2048 "-max_len=$max_len" "-artifact_prefix=$build/$target-" "${dict[@]}" \
		"$corpus" "$here/../corpus/$target" > "$log" 2>&1; then
		rate=$(awk '/stat::average_exec_per_sec/ { print $2 }' "$log")
		runs=$(awk '/stat::number_of_executed_units/ { print $2 }' "$log")
		ktap_note <<<"$target: $runs executions, $rate a second, in $seconds s"
		ktap_result 0 "fuzz $target"
	else
		tail -n 25 "$log" | ktap_note
		ktap_note <<<"what was found: $build/$target-*, log: $log"
		ktap_result 1 "fuzz $target"
	fi
done
ktap_end
