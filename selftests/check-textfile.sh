#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Does node_exporter serve the metrics that pvpanic-check writes? Debian's node_exporter is
# unpacked and not installed, because its package starts a service. It listens on loopback and
# reads a folder of this test. The guest is a made-up tree. KTAP on stdout.
set -eu -o pipefail
export LC_ALL=C

TOP=$(cd "$(dirname "$0")/.." && pwd)
OUT=$TOP/build/selftests/textfile
CHECK=$TOP/build/tools/pvpanic-check
tree=$OUT/tree
device=$tree/sys/bus/platform/devices/QEMU0001:00

# shellcheck source=selftests/lib/ktap.bash
. "$TOP/selftests/lib/ktap.bash"

make_tree()
{
	mkdir -p "$device" "$tree/sys/kernel" "$OUT/metrics"
	echo 0 >"$tree/sys/kernel/kexec_crash_loaded"
	echo 3 | tee "$device/capability" >"$device/events"
	echo on >"$device/crash_hook"
	ln -s ../../drivers/pvpanic-guest "$device/driver"
}

# The system chooses a port, and the exporter's log names it.
start_exporter()
{
	"$exporter" --collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$OUT/metrics" --web.listen-address=127.0.0.1:0 \
		>"$OUT/exporter.log" 2>&1 &
	pid=$!
	trap 'kill $pid 2>/dev/null || true' EXIT
	for _ in $(seq 300); do
		address=$(sed -n 's/.*Listening on.*address=\(127[0-9.:]*\).*/\1/p' "$OUT/exporter.log")
		[ -z "$address" ] || return 0
		kill -0 $pid || break
		sleep 0.1
	done
	ktap_note <"$OUT/exporter.log"
	ktap_bail "node_exporter did not start"
}

# serves METRIC...: each line is in what the exporter answers now
serves()
{
	local metric

	curl -sf --noproxy '*' "http://$address/metrics" >"$OUT/scraped"
	for metric; do
		grep -qxF -- "$metric" "$OUT/scraped" || {
			grep -E 'pvpanic|textfile' "$OUT/scraped" || echo "nothing of pvpanic"
			echo "not there: $metric"
			return 1
		}
	done
}

# check STATUS: writes the metrics, and ends with this exit status
check()
{
	local status=0

	"$CHECK" --root "$tree" --textfile "$OUT/metrics/pvpanic.prom" || status=$?
	[ $status = "$1" ] || {
		echo "exit status $status instead of $1"
		return 1
	}
}

armed()
{
	check 0
	serves "pvpanic_armed 1" "pvpanic_state 0" "pvpanic_devices 1" "node_textfile_scrape_error 0" \
		"pvpanic_reason_info{reason=\"armed\",version=\"$version\"} 1" \
		'pvpanic_device_armed{bus="platform",device="QEMU0001:00",driver="pvpanic-guest",reason="armed"} 1'
}

driver_stopped()
{
	rm "$device/driver"
	check 2
	serves "pvpanic_armed 0" "pvpanic_state 2" "node_textfile_scrape_error 0" \
		'pvpanic_device_armed{bus="platform",device="QEMU0001:00",driver="",reason="no-driver"} 0'
}

# A name that Prometheus would take for its own syntax, or for no UTF-8.
odd_name()
{
	ln -s $'../../drivers/"\\\n\xff}' "$device/driver"
	check 3
	serves "pvpanic_armed 0" "pvpanic_state 3" "node_textfile_scrape_error 0"
}

# The check can fail: the exporter says so of a file that it cannot read.
broken_file_is_seen()
{
	echo 'pvpanic_armed{' >"$OUT/metrics/broken.prom"
	serves "node_textfile_scrape_error 1"
}

"$TOP/scripts/packages.sh" curl
exporter=$("$TOP/scripts/unpack.sh" exporter prometheus-node-exporter)/usr/bin/prometheus-node-exporter
version=$("$CHECK" --version)
version=${version#* }
rm -rf "$OUT"
make_tree
ktap_begin
ktap_plan 4
start_exporter
ktap_test armed armed
ktap_test driver-stopped driver_stopped
ktap_test odd-name odd_name
ktap_test broken-file-is-seen broken_file_is_seen
ktap_end
