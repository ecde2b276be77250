#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh PART...: runs `make check-PART` for each, shows their KTAP as it comes,
# and ends with one line alone: N passed, N failed. A part that ends badly, or
# shorter than its plan, counts as failed, whatever its lines say.
set -u
cd "$(dirname "$0")/.." || exit 1

[ $# -gt 0 ] || { echo "check.sh: usage: check.sh PART..." >&2; exit 2; }

log=build/check
rm -rf "$log"
mkdir -p "$log" || exit 1
passed=0 failed=0 skipped=0
start=$SECONDS

# Top-level result lines only: a subtest's are indented.
count()
{
	awk -v status="$2" '
		/^1\.\.[0-9]+/ { split($1, plan, "[.][.]"); planned += plan[2]; has_plan = 1 }
		/^ok .*# SKIP/ { skipped++; next }
		/^ok / { passed++ }
		/^not ok / { failed++ }
		END {
			missing = planned - passed - failed - skipped
			if (!has_plan)
				missing = 1
			if (missing > 0)
				failed += missing
			if (status != 0 && !failed)
				failed = 1
			print passed + 0, failed + 0, skipped + 0
		}' "$1"
}

for part; do
	began=$SECONDS
	echo "# check-$part"
	${MAKE:-make} --no-print-directory "check-$part" 2> >(tee "$log/$part.err" >&2) | tee "$log/$part.ktap"
	status=${PIPESTATUS[0]}
	read -r p f s < <(count "$log/$part.ktap" "$status")
	echo "# check-$part: $p passed, $f failed, $s skipped, in $((SECONDS - began)) s"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

grep -h '^not ok ' "$log"/*.ktap | sed 's/^/# failed: /'
[ "$skipped" = 0 ] || grep -hE '^ok .*# SKIP' "$log"/*.ktap | sed 's/^/# skipped: /'
echo "# all of it took $((SECONDS - start)) s"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
