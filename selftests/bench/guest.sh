#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# guest.sh KEY TASK: boots a guest of make bench, which does TASK (see guest.c), and
# prints "WAY FIGURE VALUE" lines. With -icount the guest's clocks count its
# instructions and nothing else, so what it does it does the same way each time.
set -eu

key=$1 task=$2
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$here/../.." && pwd)/build
kernel=$build/kernels/$key
release=$(cat "$kernel/release")
out=$build/selftests/bench/$key-${task/,/-}
image=$kernel/vmlinux
counted=(-icount 'shift=0,sleep=off' -rtc 'base=2020-01-01,clock=vm')

[ -e "$image" ] || image=$kernel/vmlinuz
[ "$task" != load ] || counted=()

# What the guests of make check-vm have, and behind it the program that runs in this one.
rm -rf "$out"
mkdir -p "$out/root"
cp "$build/selftests/bench/guest" "$out/root/bench"
{
	cat "$build/selftests/vm/initramfs-$release.cpio"
	(cd "$out/root" && find . | cpio --quiet -o -H newc)
} >"$out/initramfs.cpio"

# A boot that ended before the guest said "begun" was never about a driver: see testing.rst.
for _ in 1 2 3; do
	rm -f "$out/console" "$out/said"
	"$here/../../scripts/bounded.sh" 300 qemu-system-x86_64 -nodefaults -no-user-config \
		-display none -no-reboot -accel tcg "${counted[@]}" -machine pc -smp 1 -m 256 \
		-action panic=none -device pvpanic -kernel "$image" -initrd "$out/initramfs.cpio" \
		-serial "file:$out/console" -serial "file:$out/said" -append "console=ttyS0 quiet \
		panic=-1 tsc=reliable no_timer_check mitigations=off nowatchdog audit=0 lsm= \
		8250.nr_uarts=2 nokaslr cryptomgr.notests rdinit=/bench bench=$task" </dev/null || true
	tr -d '\r' <"$out/said" >"$out/lines" || true
	if [ "$(tail -n1 "$out/lines")" = end ]; then
		rm "$out/initramfs.cpio"
		sed '1d;$d' "$out/lines"
		sed -n "s/.*bracket: panic=\\([0-9]*\\).*/${task#panic,} panic \\1/p" "$out/console"
		exit
	fi
	[ "$(head -n1 "$out/lines")" != begun ] || break
done
last=$(tail -n1 "$out/lines")
echo "bench: a guest of $key did not $task; the last it said: ${last:-nothing}; its console: ${out#"$PWD"/}/console" >&2
exit 1
