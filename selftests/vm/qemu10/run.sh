#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh VM-BENCH BUILD KERNEL-DIR...: power-off on a QEMU that knows bit 2, from
# the build root build/roots/trixie where this machine's own does not.
set -eu

bench=$1 build=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
lib=$here/../../../scripts
qemu=$build/selftests/vm/qemu-10
logs=$build/selftests/vm/logs

knows_bit_2()
{
	"$1" --version | awk 'NR == 1 { split($4, v, "."); exit !(v[1] > 9 || (v[1] == 9 && v[2] >= 1)) }'
}

if knows_bit_2 qemu-system-x86_64; then
	qemu="qemu-system-x86_64"
else
	"$lib/root.sh" make trixie qemu-system-x86 >&2
	printf '#!/bin/sh\nexec "%s/root.sh" run trixie qemu-system-x86_64 "$@"\n' "$lib" >"$qemu"
	chmod +x "$qemu"
fi
"$qemu" --version | sed -n '1s/^/# /p'

kernels=() disks=()
trap 'rm -f "${disks[@]}"' EXIT
for kernel; do
	disk=$build/selftests/vm/disk-${kernel##*/}-power-off.img
	disks+=("$disk")
	kernels+=(--kernel "$kernel")
	rm -f "$disk"
	truncate -s 64M "$disk"
	mkfs.ext4 -q -O ^orphan_file,^metadata_csum_seed "$disk" 2>/dev/null || mkfs.ext4 -q "$disk"
done
mkdir -p "$logs"
status=0
"$bench" "${kernels[@]}" --qemu "$qemu" --logs "$logs" --jobs 1 "$here/power-off.ini" || status=1
"$bench" "${kernels[@]}" --qemu "$qemu" --logs "$logs" --driver in-tree "$here/in-tree.ini" || status=1
exit $status
