#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# simulator.sh BUILD KERNEL-DIR: a real guest panics into pvpanic-sim (KTAP).
set -eu

build=$1 kernel=$2
here=$(cd "$(dirname "$0")" && pwd)
dir=$build/selftests/vm
log=$dir/sim.log
sim=

trap '[ -z "$sim" ] || kill "$sim" 2>/dev/null; rm -f "$dir/sim-qmp" "$dir/sim-guest"' EXIT
rm -f "$log" "$dir/sim-qmp" "$dir/sim-guest" "$dir/sim-answers"
sed "s|@build@|$build|" "$here/simulator.ini" >"$dir/simulator.ini"

"$build/host-sim/pvpanic-sim" --qmp "$dir/sim-qmp" --guest "$dir/sim-guest" --panic pause \
	--log "$log" 2>"$dir/sim.err" &
sim=$!
until [ -S "$dir/sim-guest" ]; do
	kill -0 "$sim" 2>/dev/null || { cat "$dir/sim.err" >&2; exit 1; }
done

echo "TAP version 13"
echo "1..4"
report()
{
	local what=$1

	shift
	if "$@" >/dev/null; then
		echo "ok $what"
	else
		echo "not ok $what"
		sed 's/^/# /' "$dir/sim-bench" "$dir/sim-answers" "$log" 2>/dev/null || true
	fi
}

# A client that is there before the panic, and one that polls after it. The first
# ends by the simulator's quit.
{
	echo '{"execute": "qmp_capabilities"}'
	tail --pid="$sim" -f /dev/null
} | socat -t 60 - "UNIX-CONNECT:$dir/sim-qmp" >"$dir/sim-answers" &
until [ "$(grep -c return "$dir/sim-answers" 2>/dev/null)" = 1 ]; do
	kill -0 "$sim"
done
"$dir/vm-bench" --kernel "$kernel" --build "$build" "$dir/simulator.ini" >"$dir/sim-bench" || true
{
	echo '{"execute": "qmp_capabilities"} {"execute": "query-status"} {"execute": "quit"}'
	tail --pid="$sim" -f /dev/null
} | socat -t 60 - "UNIX-CONNECT:$dir/sim-qmp" >"$dir/sim-status"
wait "$sim" || true
sim=
wait

report "1 the guest panicked and rebooted" grep -q '^ok 1 ' "$dir/sim-bench"
report "2 the simulator's client has GUEST_PANICKED" \
	grep -q '"event": "GUEST_PANICKED", "data": {"action": "pause"}' "$dir/sim-answers"
report "3 once" test "$(grep -c GUEST_PANICKED "$dir/sim-answers")" = 1
report "4 and its run state says so" grep -q '"status": "guest-panicked"' "$dir/sim-status"
