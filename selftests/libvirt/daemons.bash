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

	[ "$(id -u)" = 0 ] || bail "namespaces need root; type: sudo make check-libvirt"
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
	[ "$driver" ] || bail "no QEMU driver; type: apt-get install libvirt-daemon-driver-qemu"
	mkdir -p "$STATE/drivers"
	ln -sf "$driver" "$STATE/drivers/"
	export LIBVIRT_DRIVER_DIR=$STATE/drivers
}

# until_done SECONDS PID COMMAND...: tries COMMAND until it works; false when the time
# is up or the process that is to make it work has ended.
until_done()
{
	local end=$((SECONDS + $1)) pid=$2

	shift 2
	until "$@" >/dev/null 2>&1; do
		if [ $SECONDS -ge $end ] || ! kill -0 "$pid" 2>/dev/null; then
			return 1
		fi
		sleep 0.2
	done
}

# A definition that shows in the log: from here on no event is missed.
watcher_listens()
{
	virsh define "$STATE/probe.xml" && grep -q "'probe'" "$EVENTS"
}

start_libvirt()
{
	rm -rf "$WORK"
	mkdir -p "$STATE/etc" "$LOGS" "$DUMPS"
	hide_the_machine
	configure
	choose_driver
	export LIBVIRT_DEFAULT_URI=qemu:///system LC_ALL=C
	virtlogd >"$LOGS/virtlogd.out" 2>&1 &
	daemons=($!)
	libvirtd >"$LOGS/libvirtd.out" 2>&1 &
	daemons+=($!)
	until_done 120 $! virsh version ||
		bail "libvirtd didn't start: $(grep -h error "$LOGS"/libvirtd.* | tail -n1)"
	virsh version | sed -n 's/^\(Using library\|Running hypervisor\): /# /p'

	domain_xml probe preserve 64 "$INITRD" "" >"$STATE/probe.xml"
	virsh qemu-monitor-event --loop --timestamp >"$QEMU_EVENTS" 2>&1 &
	daemons+=($!)
	virsh event --all --loop --timestamp >"$EVENTS" 2>&1 &
	daemons+=($!)
	until_done 60 $! watcher_listens || bail "virsh event hears nothing: $(tail -n1 "$EVENTS")"
}

stop_libvirt()
{
	kill "${daemons[@]}"
	wait "${daemons[@]}" || true
}
