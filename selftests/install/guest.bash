# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Boots a Debian userland from the images that guest-image.bash has made, lets it panic, and
# judges by the events that QEMU's own pvpanic device sent to the host. A guest says on its
# second serial port which driver has the device. Sourced under set -eu, with $TOP, $OUT and $suite
# set.

# shellcheck source=selftests/lib/ktap.bash
. "$TOP/selftests/lib/ktap.bash"
declare -A pid status
cmdline=$(sed 's/#.*//' "$TOP/selftests/lib/cmdline"{,-x86} | xargs)

# start NAME DISK KERNEL COMMAND-LINE: the console goes to $OUT/NAME.log, the guest's words to
# NAME.says, the host's events to NAME.events. KERNEL is a folder with vmlinuz and initrd. A guest
# that panics reboots, which ends QEMU. With panic=none each write to the device is an event.
start()
{
	local name=$1 disk=$2 kernel=$3 append=$4

	while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do
		wait -n || true
	done
	rm -f "$OUT/$name".*
	"$TOP/build/selftests/lib/qemu-run" 900 qemu-system-x86_64 -accel tcg -m 768 \
		-no-reboot -snapshot -kernel "$kernel/vmlinuz" -initrd "$kernel/initrd" \
		-drive "file=$disk,format=raw,if=virtio" -device pvpanic -action panic=none \
		-serial "file:$OUT/$name.log" -serial "file:$OUT/$name.says" \
		-append "$cmdline loglevel=5 root=/dev/vda rw $append" \
		</dev/null >"$OUT/$name.events" 2>"$OUT/$name.err" &
	pid[$name]=$!
}

await()
{
	status[$1]=0
	wait "${pid[$1]}" || status[$1]=$?
}

events()
{
	grep ^GUEST_ "$OUT/$1.events" | xargs
}

# faults NAME EVENTS WORDS...: what is wrong with the guest, a line each. WORDS are a pattern of
# a line that the guest says, or, after "log:", a part of its console.
faults()
{
	local name=$1 events=$2 words

	shift 2
	[ "${status[$name]}" = 0 ] ||
		echo "the guest did not reboot: QEMU's status is ${status[$name]} (124: after 900 s)"
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
	if [ ! "$2" ]; then
		ktap_result 0 "$suite $1"
		return
	fi
	ktap_note <<<"$2"
	[ ! -e "$OUT/$1.says" ] || sed 's/\r$//; s/^/says: /' "$OUT/$1.says" | ktap_note
	[ ! -e "$OUT/$1.log" ] || grep -aE 'pvpanic|Kernel panic' "$OUT/$1.log" | tail -n 10 |
		sed 's/^/log: /' | ktap_note || true
	ktap_result 1 "$suite $1"
}
