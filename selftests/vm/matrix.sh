#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# matrix.sh VM-BENCH BUILD VM-BENCH-OPTIONS -- KERNEL-DIR...: every scenario on
# every kernel under every QEMU there is, and a table of it. Under OVMF, which
# takes its time to boot, the ways to panic alone.
set -eu

bench=$1 build=$2
shift 2
options=()
while [ "$1" != -- ]; do
	options+=("$1")
	shift
done
shift
here=$(cd "$(dirname "$0")" && pwd)
lib=$here/../lib
out=$build/matrix
rm -rf "$out"
mkdir -p "$out/logs"

version()
{
	"$1" --version | sed -n '1s/.*version \([0-9]*\.[0-9]*\).*/\1/p'
}

# wrapper NAME COMMAND...: a program that stands for a QEMU, its arguments after ours.
wrapper()
{
	local name=$out/$1

	shift
	{ echo '#!/bin/bash'; cat; echo "exec $* \"\$@\""; } >"$name"
	chmod +x "$name"
	echo "$name"
}

"$lib/packages.sh" ovmf >&2
"$lib/root.sh" make trixie qemu-system-x86 >&2
native=$(wrapper native qemu-system-x86_64 </dev/null)
ten=$(wrapper ten "\"$lib/root.sh\" run trixie qemu-system-x86_64" </dev/null)
# OVMF starts no kernel by its PVH note: it gets the packed one.
ovmf=$(wrapper ovmf qemu-system-x86_64 -bios /usr/share/ovmf/OVMF.fd <<'END'
for arg; do set -- "$@" "${arg/%vmlinux/vmlinuz}"; shift; done
END
)

# A bench that could not begin is a failure too.
run()
{
	"$bench" --kernel "$kernel" --logs "$out/logs" "${options[@]}" "$@" ||
		[ $? = 1 ] || echo "not ok - vm-bench could not begin"
}

for kernel; do
	key=${kernel##*/}
	run --qemu "$native" "$here"/scenarios/*.ini | tee "$out/$key $(version "$native") BIOS"
	run --qemu "$ten" "$here"/scenarios/*.ini | tee "$out/$key $(version "$ten") BIOS"
	run --qemu "$ovmf" "$here/scenarios/10-triggers.ini" | tee "$out/$key $(version "$ovmf") OVMF"
done

echo "#"
printf '# %-8s %-6s %-9s %-8s %s\n' kernel QEMU firmware passed failed
for file in "$out"/*" "*; do
	read -r key qemu firmware <<<"${file##*/}"
	printf '# %-8s %-6s %-9s %-8s %s\n' "$key" "$qemu" "$firmware" \
		"$(grep -c '^ok ' "$file")" "$(grep -c '^not ok ' "$file")"
done | sort -k2,2 -k3,3
! grep -q '^not ok ' "$out"/*" "*
