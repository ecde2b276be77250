#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Does the module get QEMU0001 in a guest with a real Debian userland (systemd, udev,
# an initramfs), by its alias alone, and does the kernel's own driver get it back? The
# device is QEMU's isa-debugcon behind a table of ours, so that every byte that was
# written to the port is in a file: a panic must be one byte. KTAP on stdout.
set -eu -o pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
LIB=$HERE/../lib
BUILD=$(cd "$HERE/../.." && pwd)/build
OUT=$BUILD/handover
number=0 failed=0

echo "TAP version 13"
echo "1..6"
[ "$(id -u)" = 0 ] || {
	echo "Bail out! a guest's root needs root; type: sudo make check-handover"
	exit 1
}
{
	"$LIB/packages.sh" qemu-system-x86 acpica-tools
	make -C "$HERE/../.." --no-print-directory "$BUILD/acpi/pvpanic.aml"
	read -ra packages <<<"$(xargs <"$HERE/guest-packages")"
	"$LIB/root.sh" make guest=bookworm,bookworm-security "${packages[@]}"
	rm -rf "$OUT"
	mkdir -p "$OUT"
	"$LIB/root.sh" spoil guest bash "$HERE/guest-image.sh" "$OUT" >"$OUT/log" 2>&1 || {
		tail -n 20 "$OUT/log"
		echo "Bail out! no guest could be made; see $OUT/log"
		exit 1
	}
} >&2

# boot NAME IMAGE APPEND: the console goes to $OUT/NAME.log, the port's bytes to NAME.bytes.
# A guest that panics reboots at once, by which QEMU ends: any other end is judged.
boot()
{
	ended=0
	"$LIB/bounded.sh" 400 qemu-system-x86_64 -accel tcg -m 768 -nodefaults -nographic -no-reboot \
		-snapshot -kernel "$OUT/$2/vmlinuz" -initrd "$OUT/$2/initrd" \
		-drive "file=$OUT/$2/disk,format=raw,if=virtio" \
		-acpitable "file=$BUILD/acpi/pvpanic.aml" \
		-chardev "file,id=port,path=$OUT/$1.bytes" \
		-device isa-debugcon,iobase=0x505,readback=3,chardev=port \
		-serial "file:$OUT/$1.log" \
		-append "console=ttyS0 panic=-1 quiet loglevel=5 root=/dev/vda rw $3" </dev/null || ended=$?
}

# The bytes that set an event; a rehearsal writes 0.
events()
{
	od -An -v -tx1 -w1 "$OUT/$1.bytes" | grep -v ' 00' | xargs
}

# judge NAME WHAT-THE-CONSOLE-MUST-SAY...: and the host must have seen one panic.
judge()
{
	local name=$1 what status=0

	number=$((number + 1))
	shift
	for what; do
		grep -qF -- "$what" "$OUT/$name.log" || {
			echo "# the console doesn't say: $what"
			status=1
		}
	done
	[ $ended = 0 ] || {
		echo "# the guest did not reboot after it: QEMU's status is $ended (124: after 400 s)"
		status=1
	}
	[ "$(events "$name")" = 01 ] || {
		echo "# bytes at the port: $(events "$name")"
		status=1
	}
	if [ $status = 0 ]; then
		echo "ok $number $name"
	else
		grep -aE 'handover:|pvpanic|Kernel panic' "$OUT/$name.log" | tail -n 10 | sed 's/^/# /' || true
		echo "not ok $number $name"
		failed=1
	fi
}

boot alias-binds-ours with ""
judge alias-binds-ours "handover: driver pvpanic-guest" "handover: modules pvpanic_guest"

# init= is what the initramfs runs last: as it ends, the kernel panics, and nothing of
# the root file system was loaded before.
boot panic-in-the-initramfs with init=/bin/false
judge panic-in-the-initramfs "Attempted to kill init"

# Both loaded, in either order: the first one has it, the other one doesn't.
boot in-tree-after-ours with then=pvpanic-mmio
judge in-tree-after-ours "handover: driver pvpanic-guest" "handover: then pvpanic-guest" \
	"handover: modules pvpanic_guest"

boot ours-after-in-tree with "modprobe.blacklist=pvpanic_guest then=pvpanic-mmio,pvpanic-guest"
judge ours-after-in-tree "handover: then pvpanic-mmio"

# The manual's commands for a hand-over without a reboot.
boot hand-over-as-documented with "modprobe.blacklist=pvpanic_guest then=pvpanic-mmio hand-over=now"
judge hand-over-as-documented "handover: then pvpanic-mmio" "handover: now pvpanic-guest" \
	"handover: left pvpanic_guest."

boot uninstalled-gives-it-back without ""
judge uninstalled-gives-it-back "handover: driver pvpanic-mmio"
exit $failed
