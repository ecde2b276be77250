#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What does management software make of a guest's end? Runs a libvirt of its own,
# has guests panic under each on_crash, and compares what virsh says with what it
# should say. KTAP on stdout, with every line that virsh printed. What the machine's
# own libvirt has, if there is one, is neither seen nor touched (daemons.bash). The
# logs are in WORK-DIR/logs afterwards.
#
# What `virsh event --all --loop --timestamp` says of a guest named G, in libvirt 9.0
# and 11.3, each line beginning with a time and "event 'lifecycle' for domain 'G': ":
#
#	panic, preserve		Crashed Panicked
#	panic, destroy		Crashed Panicked, Stopped Crashed
#	panic, restart		Crashed Panicked, Resumed Unpaused
#	panic, kdump loaded	Crashed Crashloaded
#	power-off		Shutdown Finished after guest request, Stopped Shutdown
#
# in full: 2026-11-22 18:41:41.661+0000: event 'lifecycle' for domain 'G': Crashed Panicked
# A restart, the crash kernel's too, is beside that one or more of another event:
#          2026-11-22 18:45:11.942+0000: event 'reboot' for domain 'G'
# Nobody should wait for "Suspended Paused", which may precede "Crashed Panicked", or for
# "Shutdown Finished after host request" before "Stopped Crashed", which 11.3 has.
#
#	check-libvirt.sh KERNEL-DIR ROOTS-DIR WORK-DIR
#
# shellcheck disable=SC2317 # a row is called by its name
set -eu

HERE=$(cd "$(dirname "$0")" && pwd)
ROWS=(kdump kdump-in-tree-driver coredump-destroy coredump-restart restart preserve-reset destroy
      no-model pci-model no-driver power-off)

# shellcheck source=selftests/lib/ktap.bash
. "$HERE/../lib/ktap.bash"
# shellcheck source=selftests/libvirt/daemons.bash
. "$HERE/daemons.bash"
# shellcheck source=selftests/libvirt/guest.bash
. "$HERE/guest.bash"

panic='echo c >/proc/sysrq-trigger'
arm='insmod /m/pvpanic-guest.ko'
arm_in_tree='insmod /m/pvpanic.ko && insmod /m/pvpanic-mmio.ko'
ask_capability='cat /sys/bus/platform/devices/QEMU0001*/capability'
arm_kdump='load-crash-kernel --no-checks'

# The host looks at the crashed guest and then resets it, as an administrator does.
row_preserve-reset()
{
	boot on_crash=preserve
	step "the driver is loaded" run "$arm"
	step "the guest panics" send "$panic"
	step "event: Crashed Panicked" await_crash "Crashed Panicked"
	step "virsh reset and resume" reset_and_resume
	step "the guest comes up again" await_port "up "
	step "state: running" running
	step "the driver is loaded" run "$arm"
	step "the guest panics again" send "$panic"
	# Not await_crash(): the reset made "reboot" events that this test has not seen yet.
	step "event: Crashed Panicked" await_event "Crashed Panicked" Stopped
	step "state: crashed (panicked)" state "crashed (panicked)"
	finish "Crashed Panicked" "Resumed Unpaused" "Crashed Panicked"
}

# libvirt chooses the model: the ISA device on x86.
row_no-model()
{
	boot panic="<panic/>"
	step "the driver is loaded" run "$arm"
	step "the ACPI device is bound" run "$ask_capability"
	step "the guest panics" send "$panic"
	step "event: Crashed Panicked" await_crash "Crashed Panicked"
	step "state: crashed (panicked)" state "crashed (panicked)"
	finish "Crashed Panicked"
}

# The PCI device, which libvirt knows since 9.1.
row_pci-model()
{
	boot panic="<panic model='pvpanic'/>"
	step "the driver is loaded" run "$arm"
	step "the PCI device is bound" run 'cat /sys/bus/pci/drivers/pvpanic-guest/0000:*/capability'
	step "the guest panics" send "$panic"
	step "event: Crashed Panicked" await_crash "Crashed Panicked"
	step "state: crashed (panicked)" state "crashed (panicked)"
	finish "Crashed Panicked"
}

row_destroy()
{
	boot on_crash=destroy
	step "the driver is loaded" run "$arm"
	step "the guest panics" send "$panic"
	step "event: Crashed Panicked" await_crash "Crashed Panicked"
	step "event: Stopped Crashed" await_event "Stopped Crashed"
	step "state: shut off (crashed)" state "shut off (crashed)"
	finish "Crashed Panicked" "Stopped Crashed"
}

row_restart()
{
	boot on_crash=restart
	step "the driver is loaded" run "$arm"
	step "the guest panics" send "$panic"
	step "event: Crashed Panicked" await_crash "Crashed Panicked"
	step "the guest comes up again" await_port "up "
	step "state: running (crashed)" state "running (crashed)"
	finish "Crashed Panicked" "Resumed Unpaused"
}

row_coredump-destroy()
{
	boot on_crash=coredump-destroy
	step "the driver is loaded" run "$arm"
	step "the guest panics" send "$panic"
	step "event: Crashed Panicked" await_crash "Crashed Panicked"
	step "event: Stopped Crashed" await_event "Stopped Crashed"
	step "state: shut off (crashed)" state "shut off (crashed)"
	step "the core dump is an ELF of this panic" core_dump
	finish "Crashed Panicked" "Stopped Crashed"
}

row_coredump-restart()
{
	boot on_crash=coredump-restart
	step "the driver is loaded" run "$arm"
	step "the guest panics" send "$panic"
	step "event: Crashed Panicked" await_crash "Crashed Panicked"
	step "event: Resumed Unpaused" await_event "Resumed Unpaused"
	step "state: running (crashed)" state "running (crashed)"
	step "the core dump is an ELF of this panic" core_dump
	finish "Crashed Panicked" "Resumed Unpaused"
}

# The domain has to go on running, or the host would stop the crash kernel's work.
row_kdump()
{
	boot on_crash=destroy initrd="$KDUMP_INITRD" memory=768 cmdline=crashkernel=192M
	step "the driver is loaded" run "$arm"
	step "a crash kernel is loaded" run "$arm_kdump"
	step "the guest panics" send "$panic"
	step "event: Crashed Crashloaded" await_crash "Crashed Crashloaded"
	see_crash_kernel
	finish "Crashed Crashloaded"
}

# The same with the kernel's own driver, which kdump overtakes.
row_kdump-in-tree-driver()
{
	boot on_crash=destroy initrd="$KDUMP_INITRD" memory=768 cmdline=crashkernel=192M
	step "the kernel's own driver is loaded" run "$arm_in_tree"
	step "a crash kernel is loaded" run "$arm_kdump"
	step "the guest panics" send "$panic"
	see_crash_kernel
	finish
}

see_crash_kernel()
{
	step "the crash kernel comes up" await_port "crash-up "
	step "state: running (booted)" state "running (booted)"
	step "/proc/vmcore is an ELF" run "head -c 4 /proc/vmcore | grep -q ELF"
	step "the crash kernel reboots" send "reboot -f"
	step "event: reboot" await_event reboot
}

# The world without a driver; with it, this test is seen to notice a lost event.
row_no-driver()
{
	boot on_crash=destroy
	step "the guest panics" send "$panic"
	step "event: reboot" await_event reboot
	finish
}

# libvirt reports what ACPI did. Where the host knows bit 2 (QEMU 10 does, 7.2 doesn't)
# QEMU says GUEST_PVSHUTDOWN before that, which libvirt 11.3 has no word for.
row_power-off()
{
	boot on_crash=preserve
	step "the driver is loaded" run "$arm"
	step "the guest knows what the host announces" run "$ask_capability"
	step "the guest powers off" send "poweroff -f"
	step "event: Stopped Shutdown" await_event "Stopped Shutdown"
	step "state: shut off (shutdown)" state "shut off (shutdown)"
	step "QEMU's GUEST_PVSHUTDOWN where it was announced" announced_shutdown
	finish "Shutdown Finished after guest request" "Stopped Shutdown"
}

main()
{
	local row status number=0 pids=()

	# The first process of a namespace hears only of signals that it waits for.
	trap 'exit 1' HUP INT TERM
	if dpkg --compare-versions "$(virsh --version)" lt 9.1; then
		mapfile -t ROWS < <(printf '%s\n' "${ROWS[@]}" | grep -vx pci-model)
		ktap_note <<<"pci-model needs libvirt 9.1, and this is $(virsh --version)"
	fi
	ktap_plan ${#ROWS[@]}
	start_libvirt
	hand_out_slots $((3 * $(nproc)))
	for row in "${ROWS[@]}"; do
		( guest "$row" "row_$row" ) >"$LOGS/$row.ktap" 2>"$LOGS/$row.stderr" &
		pids+=($!)
	done
	for row in "${ROWS[@]}"; do
		status=0
		wait "${pids[number]}" || status=1
		number=$((number + 1))
		cat "$LOGS/$row.ktap"
		[ ! -s "$LOGS/$row.stderr" ] || sed 's/^/    # /' "$LOGS/$row.stderr"
		ktap_result $status "$row"
	done
	stop_libvirt
	ktap_end
}

if [ $# -ne 3 ]; then
	echo "usage: check-libvirt.sh KERNEL-DIR ROOTS-DIR WORK-DIR" >&2
	exit 2
fi
KERNEL=$1 ROOTS=$2 WORK=$3
release=$(cat "$KERNEL/release")
INITRD=$ROOTS/initramfs-$release.cpio KDUMP_INITRD=$ROOTS/initramfs-kdump-$release.cpio
STATE=$WORK/state LOGS=$WORK/logs DUMPS=$WORK/dumps EVENTS=$WORK/logs/events
QEMU_EVENTS=$WORK/logs/qemu-events
if [ -z "${PVPANIC_INSIDE:-}" ]; then
	ktap_begin
	enter_namespaces "$0" "$@"
fi
main
