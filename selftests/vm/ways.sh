#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ways.sh VM-BENCH OUT VM-BENCH-OPTIONS -- KERNEL-DIR...: every way to die on every
# kernel, with one CPU and with four, and a table of events lost and of hangs (KTAP).
# A guest that the emulation, or the real-time kernel after the event, has disturbed is
# booted again, and is counted: see judge_disturbed() in judge.c.
set -eu -o pipefail

bench=$1 out=$2
shift 2
options=()
while [ "$1" != -- ]; do
	options+=("$1")
	shift
done
shift
scenarios=$(cd "$(dirname "$0")" && pwd)/scenarios
for kernel; do
	options+=(--kernel "$kernel")
done

status=0
"$bench" --ways --guests "pc/1 q35/4" --one-thread --copies --logs "$out" "${options[@]}" "$scenarios"/{20,7}*.ini |
	tee "$out/ktap" || status=$?

echo "#"
echo "# $("$bench" --list-ways "$scenarios"/{20,7}*.ini | tail -n1); a kernel that has not what one takes does not run it"
awk '
	/^# booted again: / {
		again[$4 " " substr($5, index($5, "/") + 1)]++
		next
	}
	/^(not )?ok / {
		bad = $1 == "not"
		split($(4 + bad), guest, "/")
		key = $(3 + bad) " " guest[2]
		if (!(key in ways))
			order[++n] = key
		ways[key]++
		if (!bad)
			next
		lost[key] += /event lost/
		hangs[key] += /hung|nothing came of|vanished/
		other[key] += !/event lost|hung|nothing came of|vanished/
	}
	END {
		printf "# %-8s %-5s %-6s %-12s %-6s %-15s %s\n", "kernel", "CPUs", "ways", "events lost", "hangs",
		       "other failures", "booted again"
		for (i = 1; i <= n; i++) {
			split(order[i], k, " ")
			printf "# %-8s %-5s %-6d %-12d %-6d %-15d %d\n", k[1], k[2], ways[order[i]],
			       lost[order[i]], hangs[order[i]], other[order[i]], again[order[i]]
		}
	}' "$out/ktap"
exit "$status"
