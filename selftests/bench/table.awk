# SPDX-License-Identifier: GPL-2.0-only
#
# table.awk: the figures of figures.sh as tables that a person reads, on a terminal as
# well as in the documentation (reStructuredText). Numbers of ways that lead to the
# same thing stand below one another; a ratio is to the in-tree driver's number.

function pad(text, width)
{
	return sprintf("%-" width "s", text)
}

function rule(    i, line)
{
	for (i = 1; i <= columns; i++)
		line = line (i > 1 ? "  " : "") substr(bars, 1, width[i])
	print line
}

function row(    i, line)
{
	for (i = 1; i <= columns; i++)
		line = line (i > 1 ? "  " : "") pad(cell[i], width[i])
	sub(/ +$/, "", line)
	print line
}

function head(title, widths, names,    i)
{
	print title
	gsub(/./, "~", title)
	print title "\n"
	columns = split(widths, width, " ")
	split(names, cell, "|")
	rule()
	row()
	rule()
}

function tail()
{
	rule()
	print ""
}

# A cell's dash is "not there"; in a first column it would be taken for a list.
function ratio(a, b)
{
	return b > 0 ? sprintf("%.2f", a / b) : "-"
}

function has(key, way, figure)
{
	return (key, way, figure) in of
}

function net(key, way, figure)
{
	return of[key, way, figure] - of[key, "empty", "through"]
}

function port_row(key, way, words)
{
	if (!has(key, way, "byte"))
		return
	cell[1] = key
	cell[2] = words
	cell[3] = net(key, way, "byte")
	cell[4] = ratio(net(key, way, "byte"), net(key, "in-tree", "byte"))
	cell[5] = net(key, way, "through")
	cell[6] = ratio(net(key, way, "through"), net(key, "in-tree", "through"))
	row()
}

function wrpt_row(key)
{
	if (!has(key, "wrpt", "byte"))
		return
	cell[1] = key
	cell[2] = net(key, "bare-wrpt", "byte")
	cell[3] = net(key, "wrpt", "byte")
	cell[4] = of[key, "wrpt", "byte"] - of[key, "bare-wrpt", "byte"]
	cell[5] = net(key, "bare-wrpt", "through")
	cell[6] = net(key, "wrpt", "through")
	cell[7] = of[key, "wrpt", "through"] - of[key, "bare-wrpt", "through"]
	row()
}

function ms(key, way, figure)
{
	return has(key, way, figure) ? sprintf("%.1f ms", of[key, way, figure] / 1000) : "-"
}

function times_row(key, figure, words)
{
	if (!has(key, "port", figure))
		return
	cell[1] = key
	cell[2] = words
	cell[3] = ms(key, "in-tree", figure)
	cell[4] = ms(key, "port", figure)
	cell[5] = ratio(of[key, "port", figure], of[key, "in-tree", figure])
	cell[6] = ms(key, "wrpt", figure)
	cell[7] = ratio(of[key, "wrpt", figure], of[key, "in-tree", figure])
	row()
}

function size_row(key, figure, words)
{
	if (!has(key, "port", figure))
		return
	cell[1] = key
	cell[2] = words
	cell[3] = of[key, "in-tree", figure]
	cell[4] = of[key, "port", figure]
	cell[5] = ratio(of[key, "port", figure], of[key, "in-tree", figure])
	row()
}

BEGIN {
	FS = "\t"
	bars = sprintf("%80s", "")
	gsub(/ /, "=", bars)
}

/^#/ { next }

{
	if (!($1 in release))
		order[++keys] = $1
	release[$1] = $2
	of[$1, $3, $4] = $5
}

END {
	head("Kernels", "6 32 24", "kernel|release|empty chain")
	for (i = 1; i <= keys; i++) {
		cell[1] = order[i]
		cell[2] = release[order[i]]
		cell[3] = of[order[i], "empty", "through"] " instructions"
		row()
	}
	tail()

	head("By the port", "6 28 8 8 8 8", "kernel|instructions|to byte|ratio|through|ratio")
	for (i = 1; i <= keys; i++) {
		port_row(order[i], "in-tree", "in-tree driver")
		port_row(order[i], "port", "this one, transport=port")
		port_row(order[i], "guarded", "this one, the guard says no")
		port_row(order[i], "bare-port", "nothing but the write")
	}
	tail()

	head("By WRPT", "6 10 10 8 10 10 8",
	     "kernel|bare: byte|ours: byte|more|through|through|more")
	for (i = 1; i <= keys; i++)
		wrpt_row(order[i])
	tail()

	if (!has(order[1], "in-tree", "text"))
		exit
	head("Times", "6 26 12 14 8 12 8", "kernel|what|in-tree|transport=port|ratio|auto|ratio")
	for (i = 1; i <= keys; i++) {
		times_row(order[i], "event", "from sysrq to the event")
		times_row(order[i], "load", "from insmod to armed")
	}
	tail()

	head("Sizes", "6 26 12 12 8", "kernel|bytes|in-tree|this one|ratio")
	for (i = 1; i <= keys; i++) {
		size_row(order[i], "loaded", "loaded, in memory")
		size_row(order[i], "text", "text, in the file")
		size_row(order[i], "data", "data")
		size_row(order[i], "bss", "bss")
	}
	tail()
}
