#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh PART...: runs `make check-PART` for each, shows their KTAP as it comes,
# and ends with one line alone: N passed, N failed. A part that ends badly, or
# shorter than its plan, counts as failed, whatever its lines say. Beside the guests
# (vm), which take most of the time, the other parts run one by one, each shown when
# it has ended, for many of them leave a core idle.
set -u
cd "$(dirname "$0")/.." || exit 1

[ $# -gt 0 ] || { echo "check.sh: usage: check.sh PART..." >&2; exit 2; }

mkdir -p build || exit 1
# Whoever writes below build/check holds it: this and its lanes, and no one whom they start.
exec 7>build/.check.lock
flock -n 7 || { echo "check.sh: another make check runs in this tree; wait for it" >&2; exit 1; }
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

# One lane writes at a time, whole lines.
say()
{
	flock 5
	cat
	flock -u 5
}

say_lines()
{
	local line

	while IFS= read -r line; do
		say <<<"$line"
	done
}

# lane KEEP|SHOW PART...: runs them one by one; leaves "STATUS SECONDS" of each in its file.
lane()
{
	local how=$1 part began status

	shift
	for part; do
		began=$SECONDS
		say <<<"# check-$part"
		${MAKE:-make} --no-print-directory "check-$part" 5>&- 6>&- 7>&- 2> >(tee "$log/$part.err" >&2) |
			tee "$log/$part.ktap" | if [ "$how" = SHOW ]; then say_lines; else cat >/dev/null; fi
		status=${PIPESTATUS[0]}
		read -r p f s < <(count "$log/$part.ktap" "$status")
		{
			[ "$how" = SHOW ] || cat "$log/$part.ktap"
			echo "# check-$part: $p passed, $f failed, $s skipped, in $((SECONDS - began)) s"
		} | say
		echo "$p $f $s" >"$log/$part.sum"
	done
}

# What runs in the foreground of a lane is told to end as well, and is waited for.
in_lane()
{
	trap 'exit 143' TERM
	"$@"
}

guests()
{
	${MAKE:-make} --no-print-directory vm-ready host-sim 5>&- 6>&- 7>&- >&2
	flock -u 6
	renice -n 5 "$BASHPID" >/dev/null	# the other lane, of one thing at a time, is not to be the last
	lane SHOW vm
}

# lint and unit share nothing with the guests; the rest waits for what both lanes build.
beside()
{
	while [ $# -gt 0 ] && { [ "$1" = lint ] || [ "$1" = unit ]; }; do
		lane KEEP "$1"
		shift
	done
	exec 6<"$log/.ready"
	flock -s 6
	lane KEEP "$@"
}

# Each lane is a process group, so that all that it runs ends with it, and in the
# background, so that a signal is heard at once.
begin()
{
	set -m
	in_lane "$@" </dev/null &
	set +m
}

# A second signal doesn't wait.
give_up()
{
	local group

	trap - INT TERM HUP
	for group in $(jobs -p); do
		kill -TERM -- "-$group" 2>/dev/null
	done
	wait
	exit "$1"
}

exec 5>"$log/.lock" 6>"$log/.ready"
trap 'give_up 129' HUP
trap 'give_up 130' INT
trap 'give_up 143' TERM
others=()
for part; do
	[ "$part" = vm ] || others+=("$part")
done
if [ ${#others[@]} -gt 0 ] && [ ${#others[@]} -lt $# ]; then
	flock 6
	begin beside "${others[@]}"
	beside=$!
	begin guests
	exec 6>&-
	wait $!
	echo "# the other parts go on" >&2
	wait "$beside"
else
	begin lane SHOW "$@"
	wait $!
fi
trap - INT TERM HUP

for part; do
	read -r p f s <"$log/$part.sum" || p=0 f=1 s=0
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

grep -hE '^ *not ok ' "$log"/*.ktap | sed 's/^ */# failed: /'
[ "$skipped" = 0 ] || grep -hE '^ *ok .*# SKIP' "$log"/*.ktap | sed 's/^ */# skipped: /'
echo "# all of it took $((SECONDS - start)) s"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
