# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Prints test results in KTAP, the format of the kernel's selftests, for every bash script
# here. kselftest's own ktap_helpers.sh is not used: it cannot give the reason of a SKIP,
# it lets the shell expand test names, and it comes in a source package of 140 MB.

ktap_planned='' ktap_indent=''
ktap_passed=0 ktap_failed=0 ktap_skipped=0

ktap_begin()
{
	echo "TAP version 13"
}

# ktap_plan N: announces N tests. Without it, ktap_end prints the number of tests that ran.
ktap_plan()
{
	ktap_planned=$1
	echo "${ktap_indent}1..$1"
}

# Results from here on are subtests. Call it in a subshell, one for each test.
ktap_subtests()
{
	ktap_planned='' ktap_indent='    '
	ktap_passed=0 ktap_failed=0 ktap_skipped=0
}

# ktap_result STATUS NAME [COMMENT]: 0 passed, 4 skipped (as in kselftest), else failed.
# The comment of a skipped test is the reason.
ktap_result()
{
	local verdict=ok comment=${3:-}

	case $1 in
	0) ktap_passed=$((ktap_passed + 1)) ;;
	4) ktap_skipped=$((ktap_skipped + 1)) comment="SKIP $comment" ;;
	*) ktap_failed=$((ktap_failed + 1)) verdict="not ok" ;;
	esac
	echo "$ktap_indent$verdict $((ktap_passed + ktap_failed + ktap_skipped)) $2${comment:+ # $comment}"
}

# ktap_test NAME COMMAND...: runs COMMAND under set -eu and shows its output if it fails.
# Do not call ktap_test in a condition, because there the shell ignores set -e.
ktap_test()
{
	local name=$1 output status
	local -

	shift
	set +e
	output=$(set -eu; "$@" 2>&1)
	status=$?
	case $status in
	0) ktap_result 0 "$name" ;;
	4) ktap_result 4 "$name" "${output##*$'\n'}" ;;
	*)
		[ -z "$output" ] || tail -n 100 <<<"$output" | ktap_note
		ktap_result 1 "$name"
		;;
	esac
}

# ktap_skip REASON: ends the command that ktap_test runs.
ktap_skip()
{
	echo "$*"
	exit 4
}

# Shows the lines of stdin as diagnostics.
ktap_note()
{
	sed "s/^/$ktap_indent# /"
}

# Copies the results of another program from stdin, with new numbers. If there are not as
# many as the program planned, that is a failure.
ktap_copy()
{
	local line status count=0 planned=none
	local result='^(not )?ok( [0-9]+)? (- )?([^#]*[^# ])( *# *(SKIP *)?(.*))?$'

	while IFS= read -r line; do
		if [[ $line =~ $result ]]; then
			status=0
			[ -z "${BASH_REMATCH[6]}" ] || status=4
			[ -z "${BASH_REMATCH[1]}" ] || status=1
			ktap_result $status "${BASH_REMATCH[4]}" "${BASH_REMATCH[7]}"
			count=$((count + 1))
		elif [[ $line =~ ^1\.\.([0-9]+) ]]; then
			planned=${BASH_REMATCH[1]}
		elif [[ ! $line =~ ^(TAP\ version|#\ Totals:) ]]; then
			echo "$line"
		fi
	done
	[ "$planned" = "$count" ] || ktap_result 1 "all planned tests ran" "$count of $planned"
}

# ktap_bail REASON: the tests cannot go on.
ktap_bail()
{
	echo "Bail out! $*"
	exit 1
}

# Ends the output. Succeeds if no test failed and as many tests ran as were planned.
ktap_end()
{
	local count=$((ktap_passed + ktap_failed + ktap_skipped))

	[ -n "$ktap_planned" ] || echo "${ktap_indent}1..$count"
	echo "$ktap_indent# Totals: pass:$ktap_passed fail:$ktap_failed xfail:0 xpass:0 skip:$ktap_skipped error:0"
	[ "$ktap_failed" = 0 ] && [ "$count" = "${ktap_planned:-$count}" ] && [ "$count" -gt 0 ]
}
