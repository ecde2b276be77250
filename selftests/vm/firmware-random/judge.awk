# SPDX-License-Identifier: GPL-2.0-only
# What the host saw of each random device against what devices.tsv says it must (KTAP
# results, without a plan). Reads, in this order: guests (table, guest, where its memory
# begins), bytes (name, port or aml or 505, bytes), memory (guest, address, a line of the monitor's), devices.
#
# An event at a port of the driver's is 01, and nothing else may be written there. Where
# AML writes, the field's update rule adds bits; the low three are the event's in every
# shape, 0 in a rehearsal and 1 in the panic. WRPT and RDPT that return nothing of use,
# a port that isn't known: then it is "maybe" (acpi/gen/gen.h).
#
# Variable: first, the number of the first result.
BEGIN { FS = "\t"; number = first }

FILENAME ~ /guests$/ { guest[$1] = $2; base[$1] = $3; next }
FILENAME ~ /bytes$/ { seen[$1, $2] = $3; next }
# Of an address (ff......) the low 24 bits: larger numbers are no subscripts in every awk.
FILENAME ~ /memory$/ {
	n = split($3, v, " ")
	for (i = 2; i <= n; i++)
		memory[$1, hex(substr(v[1], 11, 6)) + i - 2] = substr(v[i], 3)
	next
}
/^#/ { next }

function result(ok, name, why)
{
	printf "%sok %d %s%s\n", ok ? "" : "not ", number++, name, why == "" ? "" : " # " why
}

# Whether the driver's port, or the register that AML writes to, has had an event; sets
# "fault" where it has had what it never should.
function events(name, kind, place,    v, n, i, low, had)
{
	if (place ~ /^mem:/) {
		low = memory[guest[name ".aml"], hex(substr(place, 9))]
		return low != "" && hex(low) % 8 == 1
	}
	n = split(seen[name, kind], v, " ")
	for (i = 1; i <= n; i++) {
		low = hex(v[i])
		if (kind == "port" && v[i] != "01")
			fault = fault " the port got " v[i]
		if (kind == "aml" && had && low % 8 != 1)
			fault = fault " AML wrote " v[i] " after the event"
		had = had || low % 8 == 1
		if (kind == "aml" && low % 8 > 1)
			fault = fault " AML wrote " v[i]
	}
	return had
}

{
	name = substr($1, 1, 4)
	mine = guest[$1]
	fault = ""
	by_aml = events(name, "aml", $5)
	by_port = $4 ~ /^(io|mem):/ ? events(name, "port", $4) : 0
	# A guest with transport=port: the byte comes by the port, or the port isn't known.
	if (mine ~ /^random-port/)
		expect = $9 == "none" ? "none" : $4 ~ /^(io|mem):/ && $7 % 2 ? "byte" : "maybe"
	else
		expect = $9
	if (expect == "byte" && !by_aml && !by_port)
		fault = fault " no byte, neither at " $4 " nor at " $5
	if (expect == "none" && (by_aml || by_port))
		fault = fault " a byte, of a device that takes none"
	if ($4 ~ /^default:/ && $7 % 2 && $9 == "maybe" && $13 !~ /silent|event-/ && !by_aml)
		owed[mine]++
	how[by_aml ? "AML" : by_port ? "port" : "neither"]++
	result(fault == "", key " " mine " " name " " $11 " " $12 " " $13 ": " expect, substr(fault, 2))
}

# Devices without resources share 0x505: each that did not write by AML did there.
END {
	for (mine in owed)
		result(gsub(/01/, "", seen[mine, "505"]) >= owed[mine],
		       key " " mine " " owed[mine] " devices wrote to 0x505", "")
	printf "# %s: by AML %d, by the port %d, by neither (or seen by nobody) %d\n", key,
	       how["AML"], how["port"], how["neither"]
}
