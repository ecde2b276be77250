#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check-kselftest.sh KEY...: the collection in a guest a kernel, on this machine, and
# in a kernel tree. A result a test program, with its tests as subtests. KTAP on stdout.
set -eu -o pipefail
export LC_ALL=C

cd "$(dirname "$0")/../.."
BUILD=$PWD/build
OUT=$BUILD/selftests/kselftest
INSTALLED=$OUT/installed
TREE=$OUT/tree/tools/testing/selftests
kernels=("$@")

# shellcheck source=selftests/lib/ktap.bash
. selftests/lib/ktap.bash

# What the runner said in a kernel's guest, from the trace of its last boot. It says
# "# " before what a test says; what the harness tells of a test that passed is left out.
guest_results()
{
	local trace

	trace=$(find "$OUT/logs" -name "$1-*-kselftest.*.log" | sort -V | tail -n1)
	sed -n 's/^ *[0-9.]* guest <  //p' "${trace:-/dev/null}" | awk -v kernel="$1" '
		NR == FNR { sub(/.*:/, ""); want[++n] = $0; next }
		/^# # +(RUN|OK) / || /^# timeout set/ || /^# selftests: / { next }
		/^# / { print "    " substr($0, 3) }
		/^(not )?ok [0-9]+ selftests: pvpanic: / {
			name = $0
			sub(/.*selftests: pvpanic: /, "", name)
			sub(/ .*/, "", name)
			seen[name] = 1
			if (/# SKIP/)
				print "not ok " kernel " " name " # skipped, and the guest lacks nothing"
			else
				print (/^not/ ? "not ok " : "ok ") kernel " " name
		}
		END {
			print "1.." n
			for (i = 1; i <= n; i++)
				if (!(want[i] in seen))
					print "not ok " kernel " " want[i] " # it did not come to its end"
		}' "$INSTALLED/kselftest-list.txt" -
}

# The bench has seen that no event and no complaint of the kernel came of it.
in_guests()
{
	local key options=()

	for key in "${kernels[@]}"; do
		selftests/kselftest/guest-root.sh "$BUILD" "$BUILD/kernels/$key" "$INSTALLED" "$OUT" >&2
		options+=(--kernel "$BUILD/kernels/$key")
	done
	rm -rf "$OUT/logs"
	mkdir -p "$OUT/logs"
	"$BUILD/selftests/vm/vm-bench" "${options[@]}" --build "$OUT" --logs "$OUT/logs" \
		--quick selftests/vm/scenarios/kselftest.ini >"$OUT/bench" || true
	for key in "${kernels[@]}"; do
		ktap_copy < <(guest_results "$key")
	done
	ktap_copy <"$OUT/bench"
}

# ran_all FILE: as many results as there are programs, and each that was skipped says why.
ran_all()
{
	[ "$(grep -c '^ok ' "$1")" = "$(grep -c . "$INSTALLED/kselftest-list.txt")" ] &&
		[ "$(grep -c '^ok .* # SKIP' "$1")" = "$(grep -c '^# 1\.\.0 # SKIP .' "$1")" ]
}

# Each must pass or be skipped with a reason: this machine may be a guest that has the device.
here()
{
	local status=0

	make -s -C selftests run_tests >"$OUT/here" || status=$?
	sed 's/^/    # /' "$OUT/here"
	ran_all "$OUT/here" || status=1
	ktap_result $status "on this machine"
}

# The folder as it is, as a collection of a kernel tree: built as such without a
# warning, and installed with the kernel's own runner.
in_kernel_tree()
{
	local status=0

	rm -rf "$OUT/tree" "$OUT/tree-installed"
	scripts/kselftest.sh "$OUT/tree" "$BUILD/kselftest" >&2
	rm -rf "$TREE/pvpanic"
	cp -r selftests "$TREE/pvpanic"
	cp tools/pvpanic-check.c "$TREE/pvpanic/"
	make -s -C "$TREE" TARGETS=pvpanic USERCFLAGS=-Werror all >"$OUT/tree.log" 2>&1 &&
		make -s -C "$TREE" TARGETS=pvpanic KSFT_INSTALL_PATH="$OUT/tree-installed" install \
			>>"$OUT/tree.log" 2>&1 || status=1
	"$OUT/tree-installed/run_kselftest.sh" >>"$OUT/tree.log" 2>&1 || status=1
	ran_all "$OUT/tree.log" || status=1
	[ $status = 0 ] || sed 's/^/    # /' "$OUT/tree.log"
	ktap_result $status "in a kernel tree"
}

mkdir -p "$OUT"
make -s -C selftests install INSTALL_PATH="$INSTALLED" >&2
ktap_begin
in_guests
here
in_kernel_tree
ktap_end
