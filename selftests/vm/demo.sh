#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# demo.sh x86|arm64 KEY | x86 KERNEL KDIR: a guest panics, and its host hears of it.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=$top/build
make=${MAKE:-make}

say()
{
	echo "demo: $*" >&2
}

die()
{
	say "$*"
	exit 1
}

# own KERNEL KDIR: lays a kernel of the user's out as kernel.sh does its own.
own()
{
	local kernel=$1 kdir=$2 dir=$build/kernels/own release

	[ -r "$kernel" ] || die "KERNEL=$kernel can't be read; name a vmlinuz"
	[ -r "$kdir/Makefile" ] ||
		die "KDIR=$kdir holds no kernel headers; name those of the kernel: KDIR=/lib/modules/RELEASE/build"
	release=$(sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' "$kdir/include/generated/utsrelease.h")
	rm -rf "$dir"
	mkdir -p "$dir/modules"
	cp "$kernel" "$dir/vmlinuz"
	echo "$release" >"$dir/release"
	"$make" -C "$top" --no-print-directory modules "KDIR=$kdir" >&2
	key=own
}

arch=$1
shift
case $arch in
arm64)
	qemu=qemu-system-aarch64 scenario=demo-arm64 guest=guest-arm64/
	packages=(qemu-system-arm gcc-aarch64-linux-gnu libc6-dev-arm64-cross)
	;;
x86)
	qemu=qemu-system-x86_64 scenario=demo guest=
	packages=(qemu-system-x86)
	;;
*) die "ARCH=$arch: there is a demo for x86 and for arm64" ;;
esac

say "needs a C compiler, QEMU, busybox, and a kernel with its headers; what is missing is installed"
"$top/scripts/packages.sh" gcc libc6-dev libuv1-dev libjansson-dev libinih-dev make \
	"${packages[@]}" busybox-static cpio xz-utils zstd util-linux
if [ "$arch" = arm64 ]; then
	"$top/scripts/unpack.sh" --suite trixie --arch arm64 guest-arm64 busybox-static >/dev/null
fi
if [ $# = 2 ]; then
	own "$1" "$2"
else
	key=$1
	say "downloads Debian's kernel $key for the guest"
	"$top/scripts/kernel.sh" get "$key" >/dev/null
	say "builds the driver for this kernel; for that, headers of the kernel may be installed"
	"$top/scripts/kernel.sh" module "$key" >/dev/null 2>"$build/demo.log" ||
		{ cat "$build/demo.log" >&2; die "the driver could not be built"; }
fi
"$make" -C "$top" --no-print-directory -s "$build/selftests/vm/vm-bench" \
	"$build/selftests/vm/${guest}init" >&2
"$here/initramfs.sh" "$build/kernels/$key" "$build"

echo
echo "Linux $(cat "$build/kernels/$key/release") in $($qemu --version | head -n1)"
exec "$build/selftests/vm/vm-bench" --narrate --kernel "$build/kernels/$key" --only "$scenario" \
	"$here/scenarios/demo.ini"
