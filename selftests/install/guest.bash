# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Boots a Debian userland from the images that guest-image.bash has made, lets it panic, and
# judges by the events that QEMU's own pvpanic device sent to the host. A guest says on its
# second serial port which driver has the device. Sourced under set -eu, with $LIB, $OUT, $suite,
# $number and $failed set.

declare -A pid status

# start NAME DISK KERNEL COMMAND-LINE: the console goes to $OUT/NAME.log, the guest's words to
# NAME.says, the host's events to NAME.qmp. KERNEL is a folder with vmlinuz and initrd. A guest
# that panics reboots, which ends QEMU. With panic=none each write to the device is an event.
start()
{
	local name=$1 disk=$2 kernel=$3 append=$4

	while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do
		wait -n || true
	done
	rm -f "$OUT/$name".*
	mkfifo "$OUT/$name.in"
	# QEMU takes the place of the subshell, so that it ends with this script.
	(
		exec <>"$OUT/$name.in" >"$OUT/$name.qmp" 2>"$OUT/$name.err"
		echo '{"execute": "qmp_capabilities"}' >&0
		exec "$LIB/bounded.sh" 400 qemu-system-x86_64 -accel tcg -m 768 -nodefaults -nographic \
			-no-reboot -snapshot -kernel "$kernel/vmlinuz" -initrd "$kernel/initrd" \
			-drive "file=$disk,format=raw,if=virtio" -device pvpanic -action panic=none \
			-serial "file:$OUT/$name.log" -serial "file:$OUT/$name.says" -qmp stdio \
			-append "console=ttyS0 panic=-1 quiet loglevel=5 root=/dev/vda rw $append"
	) &
	pid[$name]=$!
}

await()
{
	status[$1]=0
	wait "${pid[$1]}" || status[$1]=$?
}

events()
{
	sed -n 's/.*"event": "\(GUEST_[A-Z]*\)".*/\1/p' "$OUT/$1.qmp" | xargs
}

# faults NAME EVENTS WORDS...: what is wrong with the guest, a line each. WORDS are a pattern of
# a line that the guest says, or, after "log:", a part of its console.
faults()
{
	local name=$1 events=$2 words

	shift 2
	[ "${status[$name]}" = 0 ] ||
		echo "the guest did not reboot: QEMU's status is ${status[$name]} (124: after 400 s)"
	[ "$(events "$name")" = "$events" ] || echo "the host heard '$(events "$name")', not '$events'"
	for words; do
		case $words in
		log:*) grep -qaF -- "${words#log:}" "$OUT/$name.log" || echo "its console lacks: ${words#log:}" ;;
		*) tr -d '\r' <"$OUT/$name.says" | grep -qx -- "$words" || echo "it does not say: $words" ;;
		esac
	done
}

# report NAME FAULTS: as KTAP
report()
{
	number=$((number + 1))
	if [ ! "$2" ]; then
		echo "ok $number $suite $1"
		return
	fi
	echo "# ${2//$'\n'/$'\n'# }"
	[ ! -e "$OUT/$1.says" ] || sed 's/\r$//; s/^/# says: /' "$OUT/$1.says"
	[ ! -e "$OUT/$1.log" ] || grep -aE 'pvpanic|Kernel panic' "$OUT/$1.log" | tail -n 10 |
		sed 's/^/# log: /' || true
	echo "not ok $number $suite $1"
	failed=1
}
