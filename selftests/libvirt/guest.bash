# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# One guest and its story. Two things are read, each in its own order: the port, on
# which the guest's init says "up" and answers "= STATUS" to every line it is sent
# (selftests/vm/init.c), and the events that `virsh event` prints. Both are waited
# for, never slept for, and a guest that never came up is told from an event that
# never came. Sourced by check-libvirt.sh, which runs each guest in a subshell.

# Seconds for one guest, of which it needs 10 where nothing else is running.
DEADLINE=${LIBVIRT_DEADLINE:-240}
TRIES=3

CMDLINE=$(sed 's/#.*//' "$HERE/../lib/cmdline"{,-x86} | xargs)

domain_xml()
{
	local name=$1 on_crash=$2 memory=$3 initrd=$4 cmdline=$5 panic=$6

	cat <<-end
	<domain type='qemu'>
	  <name>$name</name>
	  <uuid>$(cat /proc/sys/kernel/random/uuid)</uuid>
	  <memory unit='MiB'>$memory</memory>
	  <vcpu>1</vcpu>
	  <os>
	    <type arch='x86_64' machine='pc'>hvm</type>
	    <kernel>$KERNEL/vmlinux</kernel>
	    <initrd>$initrd</initrd>
	    <cmdline>$CMDLINE $cmdline</cmdline>
	  </os>
	  <features><acpi/></features>
	  <on_poweroff>destroy</on_poweroff>
	  <on_reboot>restart</on_reboot>
	  <on_crash>$on_crash</on_crash>
	  <devices>
	    <serial type='file'><source path='$LOGS/$name.console'/><target port='0'/></serial>
	    <serial type='pipe'><source path='$STATE/$name'/><target port='1'/></serial>
	    <memballoon model='none'/>
	    $panic
	  </devices>
	</domain>
	end
}

# hand_out_slots N: as many guests play at a time.
hand_out_slots()
{
	mkfifo "$STATE/slots"
	exec {slots}<>"$STATE/slots"
	printf '%*s' "$1" '' >&"$slots"
}

# guest NAME COMMAND: COMMAND is a list of steps; each is a line of KTAP, and the
# first that fails is the last.
guest()
{
	name=$1 why='' line='' story=() seen=0 heard=() past=0
	ktap_subtests
	IFS= read -r -N 1 -u "$slots"
	declare -gA part=()
	exec {event_log}< <(exec tail -n +1 -f "$EVENTS")
	tail=$!
	trap leave EXIT
	mkfifo "$STATE/$name.in" "$STATE/$name.out"
	# Both ends of both, so that neither side waits for the other to open it.
	exec {to_guest}<>"$STATE/$name.in" {from_guest}<>"$STATE/$name.out"
	"$2"
}

leave()
{
	virsh destroy "$name" >/dev/null 2>&1 || true
	kill "$tail"
	printf ' ' >&"$slots"
	ktap_end || true
	grep " for domain '$name'" "$EVENTS" | grep -vE ': (Defined|Undefined) ' |
		ktap_note || true
}

# step WHAT COMMAND...: a command that fails says why in $why.
step()
{
	local what=$1

	shift
	if ! "$@"; then
		ktap_note <<<"$why"
		ktap_result 1 "$what"
		exit 1
	fi
	ktap_result 0 "$what"
}

# next_line FD SECONDS: one whole line of it into $line; the beginning of one, when
# the time was up, waits in $part for the next call.
next_line()
{
	local fd=$1

	if ! IFS= read -r -t "$2" -u "$fd" line; then
		part[$fd]=${part[$fd]:-}$line
		return 1
	fi
	line=${part[$fd]:-}$line
	part[$fd]=
}

# Puts the next event into $story, by its words alone: the lifecycle's as they are,
# of the others their name. False when there was none for so long.
next_event()
{
	next_line "$event_log" "$1" || return 1
	[[ $line =~ event\ \'([^\']*)\'\ for\ domain\ \'$name\'(: (.*))?$ ]] || return 0
	if [ "${BASH_REMATCH[1]}" = lifecycle ]; then
		story+=("${BASH_REMATCH[3]}")
	else
		story+=("${BASH_REMATCH[1]}")
	fi
}

time_is_up()
{
	[ $SECONDS -ge "$deadline" ] || return 1
	why="nothing in $DEADLINE s"
}

# Puts the next line from the guest's init into $heard.
next_heard()
{
	next_line "$from_guest" "$1" || return 1
	line=${line%$'\r'}
	heard+=("$line")
	echo "$line" >>"$LOGS/$name.port"
}

# await_event WANT [LOST...]: an event LOST, seen first, says that WANT won't come.
await_event()
{
	local want=$1 event lost fenced=

	shift
	until time_is_up; do
		while [ "$seen" -lt ${#story[@]} ]; do
			event=${story[seen]}
			seen=$((seen + 1))
			[ "$event" != "$want" ] || return 0
			for lost; do
				[[ $event == "$lost"* ]] || continue
				why="the event was lost: what came is $event, which is past it"
				return 1
			done
		done
		next_event 1 && continue
		next_heard 0.1 || true
		if [ ! "$fenced" ] && [[ ${heard[past]:-} == @(crash-up|up)\ * ]]; then
			fence
			fenced=yes
		fi
	done
	return 1
}

# The guest speaks again: an event of its panic, if there was one, comes before the
# event that this makes.
fence()
{
	virsh define "$STATE/$name.xml" >>"$LOGS/$name.virsh" 2>&1
}

# A guest that is past its panic has rebooted, for panic=-1, or is in its crash kernel.
await_crash()
{
	await_event "$1" reboot Stopped Crashed "Defined Updated"
}

# await_port WANT: the next line from the guest's init that begins with WANT.
await_port()
{
	until time_is_up; do
		while [ "$past" -lt ${#heard[@]} ]; do
			line=${heard[past]}
			past=$((past + 1))
			[[ $line != "$1"* ]] || return 0
			[[ $line != "up "* ]] || { why="the guest has rebooted instead"; return 1; }
		done
		next_heard 1 && continue
		while next_event 0.1; do :; done
		why="the guest ended: ${story[*]: -1}"
		[[ $why != *": Stopped"* ]] || return 1
	done
	return 1
}

# boot KEY=VALUE...: defines and starts the domain, and waits until its init speaks.
# A boot now and then ends before that; it says nothing of the driver.
boot()
{
	local on_crash=preserve memory=256 initrd=$INITRD cmdline='' panic="<panic model='isa'/>" try

	local "$@"
	domain_xml "$name" "$on_crash" "$memory" "$initrd" "$cmdline" "$panic" >"$STATE/$name.xml"
	for ((try = 1; try <= TRIES; try++)); do
		deadline=$((SECONDS + DEADLINE))
		story=() seen=0 heard=() past=0
		virsh define "$STATE/$name.xml" >>"$LOGS/$name.virsh" 2>&1
		if ! virsh start "$name" >>"$LOGS/$name.virsh" 2>&1; then
			why=$(grep '^error: ' "$LOGS/$name.virsh" | tail -n1)
		elif await_port "up "; then
			deadline=$((SECONDS + DEADLINE))
			step "the guest comes up" true
			return
		fi
		ktap_note <<<"try $try: the guest never came up: $why"
		forget || break
	done
	why="it never came up, so nothing is said of the driver"
	step "the guest comes up" false
}

# Ends the domain; its last event is seen, and with it all before it.
forget()
{
	deadline=$((SECONDS + DEADLINE))
	virsh destroy "$name" >>"$LOGS/$name.virsh" 2>&1 || true
	virsh undefine "$name" >>"$LOGS/$name.virsh" 2>&1 || true
	await_event "Undefined Removed"
}

send()
{
	why="the guest's port is closed"
	echo "$1" >&"$to_guest"
}

# run LINE: has the guest's init run it, and waits for its answer.
run()
{
	send "$1"
	await_port "= " || return 1
	why="$1: status ${line#= }"
	[ "$line" = "= 0" ]
}

state()
{
	why="it is: $(virsh domstate --reason "$name" | head -n1)"
	[ "$why" = "it is: $1" ]
}

reset_and_resume()
{
	why="virsh: see $name.virsh"
	virsh reset "$name" >>"$LOGS/$name.virsh" 2>&1 && virsh resume "$name" >>"$LOGS/$name.virsh" 2>&1
}

running()
{
	why="it is: $(virsh domstate "$name" | head -n1)"
	[ "$why" = "it is: running" ]
}

# The dump is of the guest as it panicked when the kernel's last words are in it.
core_dump()
{
	local dump

	dump=$(find "$DUMPS" -name "[0-9]*-$name-*")
	why="one dump is wanted, there is: ${dump:-none}"
	[ -f "$dump" ] || return 1
	ktap_note <<<"${dump##*/}: $(stat -c '%s' "$dump") bytes"
	why="readelf: no core file"
	readelf -hW "$dump" | grep -q 'Type: *CORE ' || return 1
	why="it has nothing of the panic"
	grep -qa 'Kernel panic - not syncing' "$dump" || return 1
	rm "$dump"
}

# The guest has printed the capability, in hex.
announced_shutdown()
{
	local capability event="event GUEST_PVSHUTDOWN for domain '$name'"

	capability=$(grep -xE '[0-9a-f]+' "$LOGS/$name.port" | tail -n1)
	why="QEMU said nothing of it, the capability being ${capability:-unknown}"
	[ "$capability" ] || return 1
	[ $((0x$capability & 4)) != 0 ] || return 0
	logged 30 "$QEMU_EVENTS" "$event"
}

# finish [EVENT...]: the lifecycle in all, but for how it was begun (define, start) and
# ended (by this test). "Suspended Paused" may come before a panic or not, by which of
# QEMU's two events libvirt gets to first.
finish()
{
	local want had what

	want=$(printf '%s\n' "$@")
	forget
	had=$(printf '%s\n' "${story[@]}" | grep -E '^(Resumed|Crashed|Shutdown|Stopped) ' |
		grep -vxE 'Shutdown Finished after host request|Stopped Destroyed' |
		sed '1{/^Resumed Unpaused$/d}')
	why="it is: ${had//$'\n'/, }"
	what="in all: ${want//$'\n'/, }"
	step "${what/%: /: no event}" same "$had" "$want"
}

same()
{
	[ "$1" = "$2" ]
}
