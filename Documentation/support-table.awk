# SPDX-License-Identifier: GPL-2.0-only
#
# Writes the tables of support-table.sh. The first file has the results, sorted by QEMU version.
# The second file has a line for each kernel: key, architecture, package. It may name a key twice.
# Without results there is one column, "not tested".

function add(list, word)
{
	if (index(", " list ", ", ", " word ", "))
		return list
	return list (list ? ", " : "") word
}

# The driver never uses WRPT on some kernels. Their results have the register alone.
function empty_cell(kernel, transport)
{
	if (transport == "ACPI, WRPT" && (kernel, "ACPI, register") in tested &&
	    !((kernel, transport) in tested))
		return "never used"
	return "not tested"
}

function row(kernel, transport,    i)
{
	printf "   \"%s (%s)\", \"%s\"", kernel, kernel in releases ? releases[kernel] : package[kernel], transport
	for (i = 1; i <= columns; i++)
		printf ", \"%s\"", (kernel, transport, series[i]) in cell ? \
			cell[kernel, transport, series[i]] : empty_cell(kernel, transport)
	print ""
}

function table(title, wanted, transports,    i, k, n, name)
{
	printf "\n.. csv-table:: %s\n   :header: \"kernel\", \"transport\"", title
	for (i = 1; i <= columns; i++)
		printf ", \"QEMU%s\"", series[i] in versions ? " " versions[series[i]] : ""
	print "\n"
	n = split(transports, name, ";")
	for (k = 1; k <= kernels; k++)
		for (i = 1; i <= n; i++)
			if (arch[order[k]] == wanted)
				row(order[k], name[i])
}

NF == 0 {
	next
}

NF == 10 {
	split($5, part, ".")
	column = part[1] "." part[2]
	if (!(column in versions))
		series[++columns] = column
	versions[column] = add(versions[column], $5)
	tested[$1, $4] = 1
	releases[$1] = add(releases[$1], $2)
	text = "| " ($6 == "none" ? "no firmware" : $6) ": " $7 " of " $7 + $8 ", " $9 ", ``" $10 "``"
	if (($1, $4, column) in cell)
		text = cell[$1, $4, column] "\n   " text
	cell[$1, $4, column] = text
	next
}

!($1 in arch) {
	order[++kernels] = $1
	arch[$1] = $2
	package[$1] = $3
}

END {
	if (!columns)
		series[++columns] = "none"
	table("x86", "x86", "ACPI, WRPT;ACPI, register;PCI")
	table("arm64", "arm64", "PCI;device tree")
}
