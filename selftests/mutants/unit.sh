#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# unit.sh [NAME...]: proves that the unit tests can fail. Each NAME.patch here removes one check
# of the driver. "Removes:" names the condition in guard.rst or the row in events.rst that it
# removes; each of these needs a mutant. The script applies the patch to a copy of drivers/, builds the unit tests with
# that copy, and runs the tests that the patch names. All of them must fail. As a control, the
# same tests must pass with the driver as it is.
set -eu

# shellcheck source=scripts/common.bash
. "$(dirname "$0")/../../scripts/common.bash"
# shellcheck source=/dev/null
. "$BUILD/kselftest/tools/testing/selftests/kselftest/ktap_helpers.sh"

mutants=$TOP/selftests/mutants
out=$BUILD/mutants/unit

# field PATCH NAME: what the header says
field()
{
	sed -n "/^--- /q; s/^$2: *//p" "$1"
}

# build DRIVERS DIR TEST...: the test program in DIR/plain, with the kernels that the tests need
build()
{
	local drivers=$1 dir=$2 variants

	shift 2
	variants=$(printf '%s\n' "$@" | cut -d. -f2 | sort -u | tr '\n' ' ')
	${MAKE:-make} -s --no-print-directory -j2 -C "$TOP" driver_dir="$drivers" driver_build="$dir" \
		driver_variants="$variants" "$dir/plain/driver-test" >"$dir/log" 2>&1
}

# verdict LOG TEST: ok, "not ok", or nothing if the test did not run
verdict()
{
	sed -nE "s/^(ok|not ok) [0-9]+ ${2//./\\.}\$/\\1/p" "$1"
}

# run DIR WANTED TEST...: whether each test has this verdict
run()
{
	local dir=$1 wanted=$2 test status=0

	shift 2
	"$dir/plain/driver-test" "${@/#/-r}" >"$dir/ktap" 2>&1 || true
	for test; do
		[ "$(verdict "$dir/ktap" "$test")" = "$wanted" ] && continue
		ktap_print_msg "$test: want \"$wanted\", got \"$(verdict "$dir/ktap" "$test")\""
		status=1
	done
	return $status
}

# control TEST...: they pass with the driver as it is
control()
{
	local dir=$out/.control

	mkdir -p "$dir"
	if ! build "$TOP/drivers" "$dir" "$@"; then
		ktap_print_msg "the driver does not compile: $(grep -m1 error "$dir/log")"
		return 1
	fi
	run "$dir" ok "$@"
}

# mutate NAME TEST...: the patch applies, the driver compiles, and the tests fail
mutate()
{
	local name=$1 dir=$out/$1

	shift
	mkdir -p "$dir"
	cp -r "$TOP/drivers" "$dir"
	if ! patch --fuzz=0 -p1 -d "$dir" <"$mutants/$name.patch" >"$dir/log"; then
		ktap_print_msg "the patch does not apply: $(tail -n1 "$dir/log")"
		return 1
	fi
	if ! build "$dir/drivers" "$dir" "$@"; then
		ktap_print_msg "the mutant does not compile: $(grep -m1 error "$dir/log")"
		return 1
	fi
	PVPANIC_FIRST_VIOLATION=1 run "$dir" "not ok" "$@"
}

# check NAME
check()
{
	local patch=$mutants/$1.patch tests

	read -ra tests < <(field "$patch" Unit; echo)
	if [ -z "$(field "$patch" Condition)" ]; then
		ktap_test_fail "$1: no line Condition:"
	elif [ "${#tests[@]}" -eq 0 ] && [ -z "$(field "$patch" Scenarios)" ]; then
		ktap_test_fail "$1: neither Unit: nor Scenarios:"
	elif [ "${#tests[@]}" -eq 0 ]; then
		ktap_test_skip "$1: no unit test can show it"
	elif mutate "$1" "${tests[@]}"; then
		ktap_test_pass "$1"
	else
		ktap_test_fail "$1"
	fi
}

# Each condition of the guard, and each row of "Which event, when"
conditions()
{
	sed -nE '/^The guard$/,/^The guard only/ s/^   \* - (.*)/guard: \1/p' "$TOP/Documentation/guard.rst" |
		grep -vx 'guard: condition'
	sed -nE '/^What the host shows$/q; s/^([0-9]+) .*/event row: \1/p' "$TOP/Documentation/events.rst"
}

# Conditions that no mutant removes, and mutants whose condition does not exist
unmatched()
{
	diff <(conditions | sort) <(for name; do field "$mutants/$name.patch" Removes; done | sort -u) |
		sed -n 's/^</without a mutant:/p; s/^>/not documented:/p'
}

all=
if [ $# -eq 0 ]; then
	all=1
	cd "$mutants"
	set -- *.patch
	set -- "${@%.patch}"
fi
for name; do
	[ -e "$mutants/$name.patch" ] || die "there is no $mutants/$name.patch"
done

set -f # ktap_print_msg() expands patterns, and messages of gcc contain asterisks
rm -rf "$out"
ktap_print_header
ktap_set_plan $(($# + 1 + ${all:-0}))
if [ "$all" ]; then
	missing=$(unmatched "$@")
	if [ "$missing" ]; then
		while read -r line; do ktap_print_msg "$line"; done <<<"$missing"
		ktap_test_fail "each condition of the guard and each event has a mutant"
	else
		ktap_test_pass "each condition of the guard and each event has a mutant"
	fi
fi
mapfile -t named < <(for name; do field "$mutants/$name.patch" Unit; done | tr -s ' ' '\n' | sort -u)
if control "${named[@]}"; then
	ktap_test_pass "the driver without a mutation: ${#named[@]} tests"
else
	ktap_test_fail "the driver without a mutation"
fi
for name; do
	check "$name"
done
ktap_finished
