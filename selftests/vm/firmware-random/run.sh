#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh VM-BENCH BUILD DIR KERNEL-DIR...: boots the random devices in DIR (see acpi/random),
# many to a guest, on each kernel. KTAP on stdout: a result for each guest, for each device,
# and for each kernel one that shows that a lost event would have been noticed. DIR/KERNEL
# keeps what the host saw.
set -eu -o pipefail
export LC_ALL=C

bench=$1 build=$2 dir=$3
shift 3

# shellcheck source=selftests/lib/ktap.bash
. "$(dirname "$0")/../../lib/ktap.bash"

# memory_of GUEST: the bytes that the monitor showed of the guest's memory.
memory_of()
{
	local log

	log=$(grep -l "/$1\.505 " "$kept"/*.log | sort -V | tail -n1)
	printf '%b\n' "$(grep -o '"return": "0*ff[^"]*' "$log" | cut -d'"' -f4)" |
		cut -d: -f2 | xargs | sed 's/0x//g'
}

# bytes_at PLACE: all that was written to a port whose file this is, or a byte of $memory.
bytes_at()
{
	case $1 in
	-) ;;
	*port) od -An -v -tx1 "$dir/$1" | xargs -r printf '%s ' ;;
	*) echo "${memory[$1]-} " ;;
	esac
}

# Compares what came of each device with DIR/devices.
check_devices()
{
	local name guest port aml verdict kinds pattern seen last='' by_aml=0 by_port=0
	local -A at_0505=()
	local memory=()

	while read -r name guest port aml kinds verdict pattern; do
		if [ "$guest" != "$last" ]; then
			read -ra memory <<<"$(memory_of "$guest")"
			last=$guest
		fi
		seen="$(bytes_at "$port");$(bytes_at "$aml")"
		if [[ $seen =~ $pattern ]]; then
			ktap_result 0 "$key $guest $name $kinds $verdict"
		else
			ktap_result 1 "$key $guest $name $kinds $verdict" "at the port; by AML: $seen"
		fi
		if [[ $seen =~ [19]\ $ ]]; then
			by_aml=$((by_aml + 1))
		elif [[ $seen =~ 01\ \; ]]; then
			by_port=$((by_port + 1))
		elif [ "$verdict" = byte-or-0x505 ]; then
			at_0505[$guest]=$((${at_0505[$guest]-0} + 1))
		fi
	done
	# The devices without a port of their own share 0x505.
	for guest in "${!at_0505[@]}"; do
		seen=$(stat -c %s "$dir/$guest.505")
		ktap_result $((seen < at_0505[$guest])) "$key $guest 0x505" "$seen of ${at_0505[$guest]} bytes"
	done
	ktap_note <<<"$key: by AML $by_aml, by the port $by_port"
}

# A device that takes no event is said to take one: its check has to fail.
check_lost_event()
{
	local device

	device=$(grep -m1 ' none ' "$dir/devices") || ktap_skip "no device that takes no event"
	(check_devices <<<"${device% none *} byte 01 ") | grep '^not ok '
}

ktap_begin
for kernel; do
	key=${kernel##*/}
	kept=$dir/$key
	mkdir -p "$kept"
	"$bench" --kernel "$kernel" --build "$build" --logs "$kept" "$dir/guests.ini" >"$kept/ktap" || true
	ktap_copy <"$kept/ktap"
	check_devices <"$dir/devices"
	ktap_test "$key a lost event is noticed" check_lost_event
	mv "$dir"/*port "$dir"/*.505 "$kept"
done
ktap_end
