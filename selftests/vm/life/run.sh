#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh CYCLES VM-BENCH BUILD VM-BENCH-OPTIONS -- KERNEL-DIR...: what guests go
# through before they panic: sleep, hibernation, kexec, and CYCLES times the driver's
# coming and going, one in twenty of these with kprobes.
set -eu

cycles=$1 bench=$2 build=$3
shift 3
options=()
while [ "$1" != -- ]; do
	options+=("$1")
	shift
done
shift
here=$(cd "$(dirname "$0")" && pwd)
logs=$build/selftests/vm/logs
many=$build/selftests/vm/cycles.ini

# A guest on a busy host gets more time than this; 5 s a cycle have been seen.
every=$((cycles < 40 ? 1 : cycles < 200 ? 10 : 20))
sed -e "s/@cycles@/$cycles/" -e "s/@every@/$every/" -e "s/@timeout@/$((60 + cycles * 5))/" \
	"$here/cycles.ini" >"$many"
kernels=() disks=()
trap 'rm -f "${disks[@]}"' EXIT
for kernel; do
	disk=$build/selftests/vm/disk-${kernel##*/}-hibernate.img
	disks+=("$disk")
	rm -f "$disk"
	truncate -s 768M "$disk"
	kernels+=(--kernel "$kernel")
done
mkdir -p "$logs"
status=0
run()
{
	"$bench" "${kernels[@]}" --in-turn --logs "$logs" "${options[@]}" "$@" || status=1
}

run "$here/../scenarios/65-life.ini" "$here/sleep.ini"
run --jobs 1 "$here/hibernate.ini"
run "$many"
exit $status
