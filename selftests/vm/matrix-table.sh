#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# matrix-table.sh text|rst DIR: what the parts of the matrix came to, a line each,
# from the results that matrix.sh has left in DIR. What was not run has no line.
set -eu

how=$1 dir=$2

lines()
{
	local file

	for file in "$dir"/*; do
		[ -e "$file" ] || continue
		awk 'NR == 1 { head = $2 " " $3; date = $5 }
		     !/^(not )?ok / { next }
		     { by = $0 ~ /^[^#]* OVMF #/ ? "OVMF" : "BIOS"; all[by] }
		     /# SKIP/ { skipped[by]++; next }
		     /^ok / { passed[by]++ }
		     /^not ok / { failed[by]++ }
		     END { for (by in all) print head, by, passed[by] + 0, failed[by] + 0, skipped[by] + 0, date }' "$file"
	done | sort -k2,2V -k3,3 -k1,1V
}

if [ "$how" = text ]; then
	{ echo "kernel QEMU firmware passed failed skipped date"; lines; } |
		awk '{ printf "%-28s %-8s %-9s %7s %7s %8s  %s\n", $1, $2, $3, $4, $5, $6, $7 }'
	exit
fi
[ "$(lines)" ] || {
	echo "matrix-table.sh: no results in $dir; type: make check-matrix" >&2
	exit 1
}
echo ".. SPDX-License-Identifier: GPL-2.0-only"
echo ".. Made by make matrix-table."
echo
echo ".. csv-table::"
echo "   :header: kernel, QEMU, firmware, passed, failed, skipped, date"
echo
lines | sed 's/ /, /g; s/^/   /'
