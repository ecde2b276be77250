#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# MUTANTS="NAME..." vm.sh BENCH BUILD KEY...: does a scenario in a real guest fail if one check is removed from the
# driver, and does it pass with the check? Each patch here removes one check. Its header names the
# scenarios, the kernels on which they must fail, and a regular expression for their verdict.
# KTAP on stdout.
set -u -o pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
LIB=$HERE/../../scripts
bench=$1 build=$2
shift 2

# shellcheck source=selftests/lib/ktap.bash
. "$HERE/../lib/ktap.bash"

# field NAME PATCH
field()
{
	sed -n "/^--- /q; s/^$1: //p" "$2"
}

# rows: PATCH KEY for each pair that is to be run
rows()
{
	local patch name key

	for patch in "$HERE"/*.patch; do
		name=$(basename "$patch" .patch)
		[ -z "${MUTANTS:-}" ] || [[ " $MUTANTS " == *" $name "* ]] || continue
		for key in $(field Kernels "$patch"); do
			[[ " $keys " != *" $key "* ]] || echo "$patch $key"
		done
	done
}

# mutate PATCH FOLDER: a copy of the driver without the check
mutate()
{
	rm -rf "$2"
	mkdir -p "$2"
	cp -r "$HERE/../../drivers" "$2/" &&
		patch --quiet --fuzz=0 -p1 -d "$2" <"$1" >&2
}

# run PATCH KEY: shows the guests, indented, and fails if one did not do what it must
run()
{
	local name key=$2 module scenario scenarios verdict status=0

	name=$(basename "$1" .patch)
	read -ra scenarios < <(field Scenarios "$1")
	verdict=$(field Verdict "$1")
	mutate "$1" "$build/mutants/$name" || return 1
	module=$("$LIB/kernel.sh" copy "$key" "$build/mutants/$name" 2>"$build/mutants/$name.log") || {
		tail -n 5 "$build/mutants/$name.log" >&2
		return 1
	}
	module=${module##*$'\n'}
	for scenario in "${scenarios[@]}"; do
		echo "    # with the check: must pass"
		"$bench" --kernel "$build/kernels/$key" --quick --only "$scenario" "${files[@]}" |
			sed 's/^/    /' || status=1
		echo "    # without it: must fail"
		"$bench" --kernel "$build/kernels/$key" --quick --only "$scenario" \
			--module "$module" --must-fail "$verdict" "${files[@]}" |
			sed 's/^/    /' || status=1
	done
	return $status
}

keys=$*
files=("$HERE"/../vm/scenarios/[0-9]*.ini)
mapfile -t rows < <(rows)
ktap_begin
ktap_plan ${#rows[@]}
for row in "${rows[@]}"; do
	read -r patch key <<<"$row"
	status=0
	run "$patch" "$key" || status=1
	ktap_result $status "$(basename "$patch" .patch) $key"
done
ktap_end
