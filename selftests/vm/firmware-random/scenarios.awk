# SPDX-License-Identifier: GPL-2.0-only
# From devices.tsv (acpi-gen) to scenarios: so many devices a guest, each a table and two
# ports whose bytes go to files of their own. What each port must have got is judged
# by judge.awk; of the scenario it is asked that the guest binds, panics and ends.
#
# Variables: dir, where the tables lie; out, where the bytes go; per, devices a guest.
BEGIN { FS = "\t" }

# Firmware that behaves in the rehearsal and sleeps, loops or maps memory in earnest is a
# known limit (scenarios limit-wrpt-*): such devices are bound with transport=port.
function limit() { return $13 ~ /^event-(loops|sleeps|waits|local-region)$/ }

# A guest's scenario is written once all its devices are known: 16 bytes of memory belong
# to each, and between the first and the last may be some that are in other guests. Those
# bound with transport=port lie far apart, and write nothing there.
function end_guest(    i, bytes)
{
	if (!name)
		return
	bytes = 16 * (params ? per : last - first + 1)
	printf "[%s]\n", name
	print "why = random firmware: no oops, no hang, at bind and in the panic"
	print "device = none"
	print "guests = " (guests++ % 2 ? "pc/4" : "pc/1")
	print "cmdline = panic=0"
	print "timeout = " timeout
	print "params = events=3" params
	print "trigger = proc-sysrq-c"
	print "expect-events = none"
	print "expect-outcome = halts"
	print "expect-log = Kernel panic - not syncing"
	printf "expect-memory = %.0f", memory
	for (i = 0; i < bytes; i++)
		printf "%s any", i % 32 || !i ? "" : "\n\t"
	print "\nqemu-args = -device pc-testdev"
	print "\t-chardev file,id=default,path=" out "/" name ".505"
	print "\t-device isa-debugcon,iobase=0x505,readback=7,chardev=default"
	printf "%s", devices
	devices = ""
}

function begin_guest(its_name, its_params)
{
	end_guest()
	name = its_name
	params = its_params
	first = number
	memory = 4278190336 + 16 * number
}

function add(table, port,    nr, i)
{
	nr = substr(table, 1, 4)
	devices = devices "\t-acpitable file=" dir "/" table "\n"
	for (i = 0; i < 2; i++)
		devices = devices sprintf("\t-chardev file,id=%s%d,path=%s/%s.%s\n", nr, i, out, nr,
					  i ? "aml" : "port") \
			sprintf("\t-device isa-debugcon,iobase=0x%x,readback=7,chardev=%s%d\n",
				port + i, nr, i)
	last = number
	print table "\t" name "\t" memory >guestfile
}

/^#/ { next }

{
	number = hex(substr($1, 2, 3))
	if (limit()) {
		limits[++nlimits] = $1
		next
	}
	if (!(n++ % per))
		begin_guest("random-" ++crowd, "")
	add($1, 4096 + 2 * number)
}

END {
	for (i = 1; i <= nlimits; i++) {
		number = hex(substr(limits[i], 2, 3))
		if (i % per == 1)
			begin_guest("random-port-" ++ports, " transport=port")
		add(limits[i], 4096 + 2 * number)
	}
	end_guest()
}
