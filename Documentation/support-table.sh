#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# support-table.sh merge FILE...: of the results that vm-bench --results wrote, the newest of
# each kernel, transport, QEMU series, firmware and command
# support-table.sh table FILE: the table that Documentation/support.rst shows, of merged results
set -eu -o pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)

# Prints the lines of results, and fails if one of them is no result.
results()
{
	awk -F '\t' '
		/^#/ { next }
		NF != 10 || $3 !~ /^(x86|arm64)$/ || $4 !~ /^(ACPI, (WRPT|register)|PCI|device tree)$/ ||
		$5 !~ /^[0-9]+\.[0-9.]+$/ || $6 !~ /^(BIOS|UEFI|none)$/ || $7 $8 !~ /^[0-9]+$/ ||
		$7 + $8 == 0 || $9 !~ /^[0-9]+-[0-9][0-9]-[0-9][0-9]$/ || $10 !~ /^make / {
			print FILENAME ":" FNR ": not a result: " $0 >"/dev/stderr"
			exit 1
		}
		{ print }' "$@"
}

# Of two results with one date, the later one in the files wins.
merge()
{
	printf '%s\n' '# SPDX-License-Identifier: GPL-2.0-only' \
		'# Made by make support-table, of what vm-bench --results wrote. Do not edit.' \
		$'# kernel\trelease\tarchitecture\ttransport\tQEMU\tfirmware\tpassed\tfailed\tdate\tcommand'
	results "$@" | awk -F '\t' '
		{
			split($5, version, ".")
			key = $1 FS $4 FS version[1] "." version[2] FS $6 FS $10
		}
		$9 >= date[key] { date[key] = $9; line[key] = $0 }
		END { for (key in line) print line[key] }' |
		sort -t $'\t' -k3,3r -k1,1V -k4,4 -k5,5V -k6,6 -k10,10
}

# The kernels of scripts/kernels that have a package, then all others with a result.
kernels()
{
	awk '!/^#/ && NF && $2 != "source" && !seen[$1]++ {
		print $1 "\t" ($3 ~ /-arm64$/ ? "arm64" : "x86") "\t" $3
	}' "$here/../scripts/kernels"
	cut -f 1,3 <<<"$1"
}

table()
{
	local lines

	lines=$(results "$1")
	printf '%s\n' '.. SPDX-License-Identifier: GPL-2.0-only' '.. Made by make support-table. Do not edit.'
	awk -F '\t' -f "$here/support-table.awk" <(sort -t $'\t' -s -k5,5V <<<"$lines") <(kernels "$lines")
}

case ${1-} in
merge|table) "$@" ;;
*) sed -n '4,6s/^# //p' "$0" >&2; exit 2 ;;
esac
