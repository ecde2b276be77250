#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# guest.sh KEY in-tree|port|auto: a guest with this driver panics. Prints the instructions of
# the driver's notifier, "NAME VALUE" a line. The bytes at the ports show which way the driver
# took: acpi/variants/split.asl has the register at 0x505, and its WRPT writes to 0x606.
set -eu

key=$1 driver=$2
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$here/../.." && pwd)/build
kernel=$build/kernels/$key
out=$build/selftests/bench/$key-$driver

die()
{
	echo "bench: $key with $driver: $*; see ${out#"$PWD"/}/console" >&2
	exit 1
}

rm -rf "$out"
mkdir -p "$out/root"
cp "$here/init.sh" "$out/root/bench"
{
	cat "$build/selftests/vm/initramfs-$(cat "$kernel/release").cpio"
	(cd "$out/root" && find . | cpio --quiet -o -H newc)
} >"$out/initramfs.cpio"

# The guest's clocks count its instructions, so it does the same in each boot.
"$here/../../scripts/bounded.sh" 300 qemu-system-x86_64 -nodefaults -no-user-config -display none \
	-no-reboot -accel tcg -icount shift=0,sleep=off -rtc base=2020-01-01,clock=vm \
	-machine pc -smp 1 -m 256 -kernel "$kernel/vmlinux" -initrd "$out/initramfs.cpio" \
	-acpitable "file=$build/acpi/split.aml" \
	-chardev "file,id=register,path=$out/register" \
	-device isa-debugcon,iobase=0x505,readback=7,chardev=register \
	-chardev "file,id=wrpt,path=$out/wrpt" \
	-device isa-debugcon,iobase=0x606,readback=7,chardev=wrpt \
	-serial "file:$out/console" -append "console=ttyS0 quiet panic=-1 tsc=reliable \
	no_timer_check mitigations=off nowatchdog audit=0 lsm= nokaslr cryptomgr.notests \
	rdinit=/bench DRIVER=$driver" </dev/null || die "QEMU failed"
rm "$out/initramfs.cpio"

tr -d '\r' <"$out/console" | grep -oE '\b(memory|register|wrpt|alone|refused)=[0-9]+' |
	tr '=' ' ' >"$out/figures" || die "nothing was counted"
# The module calls the notifier 8 times, and another 8 times in a way that the guard refuses.
panicked="$(tr -cd '\1' <"$out/register" | wc -c) $(tr -cd '\1' <"$out/wrpt" | wc -c)"
expected="8 0"
! grep -q refused "$out/figures" || expected="8 8"
[ "$panicked" = "$expected" ] ||
	die "by the register and by WRPT came $panicked times PANICKED, not $expected"
cat "$out/figures"
