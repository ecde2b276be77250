# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A libvirt of this test's own, with the paths that libvirt always has: in mount,
# network and process namespaces, where every folder that libvirt writes is another
# one. The machine's own libvirt, its sockets, networks and cgroups are out of reach,
# and nothing can be left behind: when the namespaces' first process ends, for whatever
# reason, the kernel ends the others. Sourced by check-libvirt.sh.

# A chroot whose root is no mount point can't be made private; who made it has done so.
enter_namespaces()
{
	local propagation=private

	[ "$(id -u)" = 0 ] || ktap_bail "namespaces need root; type: sudo make check-libvirt"
	grep -q '^[0-9]* [0-9]* [0-9:]* [^ ]* / ' /proc/self/mountinfo || propagation=unchanged
	PVPANIC_INSIDE=yes exec unshare --mount --net --pid --fork --kill-child \
		--propagation "$propagation" -- "$@"
}

# With /run go the sockets of libvirt, D-Bus and systemd, so that libvirtd finds none
# to speak to. The folders that a machine without libvirt lacks stay there, empty.
hide_the_machine()
{
	local dir file

	mount -t proc proc /proc
	mount -t tmpfs -o mode=755 tmpfs /run
	for dir in /etc/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt; do
		mkdir -p "$dir" "$STATE$dir"
		mount --bind "$STATE$dir" "$dir"
	done

	# libvirtd asks for these names before it reads that it is to use root.
	for file in passwd group; do
		cp "/etc/$file" "$STATE/etc/$file"
	done
	getent passwd libvirt-qemu >/dev/null ||
		echo "libvirt-qemu:x:64055:64055::/:/bin/false" >>"$STATE/etc/passwd"
	getent group libvirt-qemu >/dev/null ||
		echo "libvirt-qemu:x:64055:" >>"$STATE/etc/group"
	for file in passwd group; do
		mount --bind "$STATE/etc/$file" "/etc/$file"
	done
}

# Files that libvirt is shown stay as they are: no chown, no label, no cgroup.
configure()
{
	cat >/etc/libvirt/qemu.conf <<-end
		user = "root"
		group = "root"
		dynamic_ownership = 0
		remember_owner = 0
		security_driver = "none"
		namespaces = []
		cgroup_controllers = []
		auto_dump_path = "$DUMPS"
	end
	cat >/etc/libvirt/libvirtd.conf <<-end
		auth_unix_rw = "none"
		auth_unix_ro = "none"
		log_outputs = "3:file:$LOGS/libvirtd.log"
	end
	echo "log_outputs = \"3:file:$LOGS/virtlogd.log\"" >/etc/libvirt/virtlogd.conf
}

# The one driver that is needed: the others would look at networks and disks.
choose_driver()
{
	local driver

	driver=$(find /usr/lib -name libvirt_driver_qemu.so -print -quit)
	[ "$driver" ] || ktap_bail "no QEMU driver; type: apt-get install libvirt-daemon-driver-qemu"
	mkdir -p "$STATE/drivers"
	ln -sf "$driver" "$STATE/drivers/"
	export LIBVIRT_DRIVER_DIR=$STATE/drivers
}

# logged SECONDS FILE PATTERN: waits for such a line in a log that grows; tail is woken by
# the kernel when it does.
logged()
{
	local log tail status=0

	exec {log}< <(exec tail -n +1 -f "$2")
	tail=$!
	timeout --foreground "$1" grep -q -- "$3" <&"$log" || status=1
	exec {log}<&-
	kill "$tail" 2>/dev/null || true
	return $status
}

# watcher_listens PID: virsh doesn't say when it has begun to listen. A definition that shows
# in its log does: from here on no event is missed.
watcher_listens()
{
	local try

	for ((try = 0; try < 60; try++)); do
		virsh define "$STATE/probe.xml" >/dev/null 2>&1 || return 1
		logged 1 "$EVENTS" "'probe'" && return
		kill -0 "$1" 2>/dev/null || return 1
	done
	return 1
}

start_libvirt()
{
	local version

	rm -rf "$WORK"
	mkdir -p "$STATE/etc" "$LOGS" "$DUMPS"
	hide_the_machine
	configure
	choose_driver
	export LIBVIRT_DEFAULT_URI=qemu:///system LC_ALL=C
	virtlogd >"$LOGS/virtlogd.out" 2>&1 &
	daemons=($!)
	# As a daemon it is ready when the command ends.
	timeout --foreground 120 libvirtd --daemon --pid-file "$STATE/libvirtd.pid" \
		>"$LOGS/libvirtd.out" 2>&1 ||
		ktap_bail "libvirtd didn't start: $(grep -h error "$LOGS"/libvirtd.* | tail -n1)"
	version=$(virsh version 2>&1) || ktap_bail "libvirtd doesn't answer: ${version##*$'\n'}"
	sed -n 's/^\(Using library\|Running hypervisor\): /# /p' <<<"$version"

	domain_xml probe preserve 64 "$INITRD" "" "<panic model='isa'/>" >"$STATE/probe.xml"
	: >"$QEMU_EVENTS"
	virsh qemu-monitor-event --loop --timestamp >"$QEMU_EVENTS" 2>&1 &
	daemons+=($!)
	: >"$EVENTS"
	virsh event --all --loop --timestamp >"$EVENTS" 2>&1 &
	daemons+=($!)
	watcher_listens $! || ktap_bail "virsh event hears nothing: $(tail -n1 "$EVENTS")"
}

stop_libvirt()
{
	kill "${daemons[@]}" "$(cat "$STATE/libvirtd.pid")"
	wait "${daemons[@]}" || true
}
