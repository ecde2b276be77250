#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh clean|planted BUILD SECONDS: runs each fuzzer of BUILD for so long, from the seed
# corpus and from what earlier runs found (KTAP). A clean fuzzer must find nothing; one with
# a planted bug must find it, and not by the seeds alone. What made a fuzzer stop, and its
# log, are kept under BUILD.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
how=$1
build=$2
seconds=$3
targets=(qmp qtest guest-link options)

# shellcheck source=selftests/lib/ktap.bash
. "$here/../../../selftests/lib/ktap.bash"

# Deep stacks of each allocation, and a long memory of what was freed, would cost half of the speed.
export ASAN_OPTIONS=malloc_context_size=4:quarantine_size_mb=8

# fuzz TARGET OPTION...
fuzz()
{
	local target=$1 dict=()

	[ ! -f "$here/$target.dict" ] || dict=("-dict=$here/$target.dict")
	"$build/$target" -timeout=10 -rss_limit_mb=2048 -max_len=2048 -print_final_stats=1 -print_coverage=1 \
		"-artifact_prefix=$build/$target-" "${dict[@]}" "${@:2}" \
		"$build/corpus-$target" "$here/../corpus/$target" >"$build/$target.log" 2>&1
}

# The coverage as libFuzzer counts it. Many edges are those of the sanitizers, which only a
# bug would reach; the functions that were not reached are named.
summary()
{
	awk -v target="$1" -v seconds="$seconds" '
		/^(UN)?COVERED_FUNC: / {
			split($5, part, "/")
			edges += part[2]
			covered += part[1]
			reached += !/^UN/
			functions++
			missing = missing (/^UN/ ? " " $6 : "")
		}
		/stat::number_of_executed_units/ { runs = $2 }
		/stat::average_exec_per_sec/ { rate = $2 }
		END {
			printf "# %s: %d of %d functions and %d of %d edges reached, ", target, reached, functions, covered, edges
			printf "%d executions in %d s, %d a second\n", runs, seconds, rate
			if (missing)
				printf "# %s: not reached:%s\n", target, missing
		}' "$build/$1.log"
}

result()
{
	if [ "$1" != 0 ]; then
		tail -n 25 "$build/$target.log" | ktap_note
		ktap_note <<<"what was found: $build/$target-*, log: $build/$target.log"
	fi
	ktap_result "$1" "$2"
}

clean()
{
	local status=0

	fuzz "$1" "-max_total_time=$seconds" || status=$?
	summary "$1"
	result $status "fuzz $1"
}

planted()
{
	local begin=$SECONDS

	rm -rf "$build/corpus-$1"
	mkdir "$build/corpus-$1"
	if ! fuzz "$1" -runs=0; then
		result 1 "planted $1: the seeds do not find the bug by themselves"
	elif fuzz "$1" "-max_total_time=$seconds"; then
		result 1 "planted $1"
	else
		grep -m1 '^SUMMARY: ' "$build/$1.log" | sed "s/^/# $1, after $((SECONDS - begin)) s: /"
		result 0 "planted $1"
	fi
}

ktap_begin
ktap_plan ${#targets[@]}
for target in "${targets[@]}"; do
	mkdir -p "$build/corpus-$target"
	case $how in
	clean) clean "$target" ;;
	planted) planted "$target" ;;
	esac
done
ktap_end
