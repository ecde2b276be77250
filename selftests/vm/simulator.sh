#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# simulator.sh BUILD KERNEL-DIR: a real guest panics into pvpanic-sim (KTAP).
set -eu -o pipefail

build=$1 kernel=$2
here=$(cd "$(dirname "$0")" && pwd)
dir=$build/selftests/vm
log=$dir/sim.log
limit=30	# seconds that the simulator may take for an answer
sim=

trap '[ -z "$sim" ] || kill "$sim" 2>/dev/null; rm -f "$dir/sim-qmp" "$dir/sim-guest"' EXIT
rm -f "$log" "$dir"/sim-{qmp,guest,answers,status,bench}

echo "TAP version 13"
echo "1..4"
bail()
{
	echo "Bail out! $1; what it and its client said is in $dir/sim.err"
	exit 1
}

failed=0
report()
{
	local what=$1

	shift
	if "$@" >/dev/null; then
		echo "ok $what"
	else
		echo "not ok $what"
		sed 's/^/# /' "$dir/sim-bench" "$dir/sim-answers" "$log" 2>/dev/null || true
		failed=1
	fi
}

"$build/host-sim/pvpanic-sim" --qmp "$dir/sim-qmp" --guest "$dir/sim-guest" --panic pause \
	--log "$log" 2>"$dir/sim.err" &
sim=$!

# A client that is there before the panic: who greets has all sockets open. Bash takes
# the names of its ends away when it has ended.
coproc client { socat - "UNIX-CONNECT:$dir/sim-qmp,retry=$((limit * 10)),interval=0.1" 2>>"$dir/sim.err"; }
exec {from}<&"${client[0]}" {to}>&"${client[1]}"
read -r -t "$limit" -u "$from" || bail "no greeting from the simulator within $limit s"
echo '{"execute": "qmp_capabilities"}' >&"$to"
read -r -t "$limit" -u "$from" || bail "no answer from the simulator within $limit s"
cat <&"$from" >"$dir/sim-answers" &

(cd "$build" && "$dir/vm-bench" --kernel "$kernel" "$here/scenarios/simulator.ini") >"$dir/sim-bench" || true

# One that polls after it, and has the simulator quit, which ends the first.
echo '{"execute": "qmp_capabilities"} {"execute": "query-status"} {"execute": "quit"}' |
	timeout "$limit" socat -t "$limit" - "UNIX-CONNECT:$dir/sim-qmp" >"$dir/sim-status" 2>>"$dir/sim.err" ||
	bail "the simulator hasn't closed a connection within $limit s of quit"
timeout "$limit" tail --pid="$sim" -s 0.1 -f /dev/null || bail "the simulator hasn't ended within $limit s of quit"
sim=
wait

report "1 the guest panicked and rebooted" grep -q '^ok 1 ' "$dir/sim-bench"
report "2 the simulator's client has GUEST_PANICKED" \
	grep -q '"event": "GUEST_PANICKED", "data": {"action": "pause"}' "$dir/sim-answers"
report "3 once" test "$(grep -c GUEST_PANICKED "$dir/sim-answers")" = 1
report "4 and its run state says so" grep -q '"status": "guest-panicked"' "$dir/sim-status"
exit $failed
