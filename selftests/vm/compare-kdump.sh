#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# compare-kdump.sh RUNS VM-BENCH KERNEL-DIR...: the same panics with a crash kernel
# loaded, RUNS times with our driver and RUNS times with the in-tree one, and a
# table of how often the host was told and the crash kernel came up.
set -eu -o pipefail

runs=$1 bench=$2
shift 2
dir=$(cd "$(dirname "$0")" && pwd)/scenarios
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
kernels=()
for kernel; do
	kernels+=(--kernel "$kernel")
done

status=0
mkdir -p "$out/logs"
"$bench" "${kernels[@]}" --repeat "$runs" --logs "$out/logs" --only '*@(pc/2|q35/[24]) kdump-@(sysrq|oops|nmi|bug-hardirq)' \
	"$dir/50-kdump.ini" | tee "$out/ours" || status=1
"$bench" "${kernels[@]}" --repeat "$runs" --logs "$out/logs" --driver in-tree \
	"$dir/51-kdump-in-tree.ini" | tee "$out/in-tree" || status=1

# "ok 1 6.12 pc/2 kdump-nmi # up ...; EVENTS": one guest a line.
echo "#"
echo "# GUEST_CRASHLOADED exactly once, and a crash kernel with a readable vmcore:"
awk -v ours="$out/ours" '
	/^(not )?ok / {
		shift = $1 == "not"
		kernel = $(3 + shift); way = $(5 + shift)
		sub("^in-tree-", "", way)
		key = kernel " " way
		if (!(key in seen))
			order[++n] = key
		seen[key] = 1
		mine = FILENAME == ours
		total[mine, key]++
		if (!shift && $NF == "GUEST_CRASHLOADED:run")
			told[mine, key]++
		if (!shift)
			up[mine, key]++
	}
	END {
		printf "# %-8s %-20s %-16s %-16s %s\n", "kernel", "panic", "told: ours", "told: in-tree", "crash kernel up (ours, in-tree)"
		for (i = 1; i <= n; i++) {
			key = order[i]
			split(key, part, " ")
			printf "# %-8s %-20s %-16s %-16s %d, %d\n", part[1], part[2],
			       told[1, key] + 0 " of " total[1, key] + 0,
			       told[0, key] + 0 " of " total[0, key] + 0, up[1, key], up[0, key]
		}
	}' "$out/ours" "$out/in-tree"
exit $status
