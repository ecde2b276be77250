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

# A result with subtests (indented lines before it) counts as these; what it says of
# itself is no more than their sum, unless it failed though none of them did.
count()
{
	awk -v status="$2" '
		# Results short of the plan are failed ones.
		function settle(d)
		{
			if (planned[d] > seen[d])
				failed[d] += planned[d] - seen[d]
		}
		function take_subtests()
		{
			settle(1)
			passed[0] += passed[1]
			failed[0] += failed[1]
			skipped[0] += skipped[1]
			planned[1] = seen[1] = passed[1] = failed[1] = skipped[1] = 0
		}
		!/^ *(1\.\.[0-9]|(not )?ok )/ { next }
		{
			d = /^ /
			sub(/^ */, "")
		}
		/^1\.\./ {
			split($1, plan, "[.][.]")
			planned[d] += plan[2]
			plans += !d
			next
		}
		{
			seen[d]++
			if (!d && seen[1]) {
				before = failed[0]
				take_subtests()
				if (/^not/ && failed[0] == before)
					failed[0]++
			} else if (/^not/) {
				failed[d]++
			} else if (/# SKIP/) {
				skipped[d]++
			} else {
				passed[d]++
			}
		}
		END {
			take_subtests()
			settle(0)
			failed[0] += !plans
			if (status != 0 && !failed[0])
				failed[0] = 1
			print passed[0] + 0, failed[0] + 0, skipped[0] + 0
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

grep -hE '^ *not ok ' "$log"/*.ktap | sed 's/^ */# failed: /'
[ "$skipped" = 0 ] || grep -hE '^ *ok .*# SKIP' "$log"/*.ktap | sed 's/^ */# skipped: /'
echo "# all of it took $((SECONDS - start)) s"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
