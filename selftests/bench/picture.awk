# SPDX-License-Identifier: GPL-2.0-only
#
# picture.awk: the figures of figures.sh as a picture (SVG): what the panic path costs
# by the port beside the in-tree driver, and what WRPT costs beyond its evaluation.

function text(x, y, words, class)
{
	body = body sprintf("<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>\n", x, y, class, words)
}

function bar(y, value, scale, fill, words)
{
	body = body sprintf("<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"12\" fill=\"%s\"/>\n",
			    LEFT, y, value * scale, fill)
	text(LEFT + value * scale + 5, y + 10, words, "number")
}

function net(key, way, figure)
{
	return of[key, way, figure] - of[key, "empty", "through"]
}

function ratio(key, way, figure)
{
	return way == "in-tree" ? "" : sprintf(" (%.2f)", net(key, way, figure) / net(key, "in-tree", figure))
}

function panel(title, figure,    i, j, key, most)
{
	text(10, at + 14, title, "title")
	at += 26
	for (i = 1; i <= keys; i++)
		for (j = 1; j <= 3; j++)
			if (((order[i], way[j], figure) in of) && net(order[i], way[j], figure) > most)
				most = net(order[i], way[j], figure)
	for (i = 1; i <= keys; i++) {
		key = order[i]
		text(10, at + 11, key, "label")
		for (j = 1; j <= 3; j++) {
			if (!((key, way[j], figure) in of))
				continue
			bar(at, net(key, way[j], figure), WIDTH / most, colour[j],
			    net(key, way[j], figure) ratio(key, way[j], figure))
			at += 14
		}
		at += 8
	}
	at += 10
}

function wrpt_panel(    i, key, more)
{
	text(10, at + 14, "Instructions through the notifier by WRPT, more than evaluating WRPT takes by itself", "title")
	at += 26
	first = at
	for (i = 1; i <= keys; i++) {
		key = order[i]
		if (!((key, "wrpt", "through") in of))
			continue
		more = of[key, "wrpt", "through"] - of[key, "bare-wrpt", "through"]
		text(10, at + 11, key, "label")
		bar(at, more, WIDTH / 400, colour[2],
		    sprintf("%d, beside %d", more, net(key, "bare-wrpt", "through")))
		at += 22
	}
	body = body sprintf("<path d=\"M%d %dV%d\" class=\"goal\"/>\n", LEFT + WIDTH, first - 4, at - 4)
	text(LEFT + WIDTH - 62, at + 8, "goal: 400", "number")
	at += 20
}

BEGIN {
	FS = "\t"
	LEFT = 60
	WIDTH = 560
	split("in-tree port guarded", way, " ")
	split("#9a9a9a #2f6db3 #8fb8e0", colour, " ")
	split("in-tree driver|this one, transport=port|this one, the guard forbids WRPT", legend, "|")
}

/^#/ { next }

{
	if (!($1 in release))
		order[++keys] = $1
	release[$1] = $2
	of[$1, $3, $4] = $5
}

END {
	at = 10
	for (j = 1; j <= 3; j++) {
		body = body sprintf("<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"12\" fill=\"%s\"/>\n",
				    10 + (j - 1) * 190, at, colour[j])
		text(28 + (j - 1) * 190, at + 10, legend[j], "number")
	}
	at += 30
	panel("Instructions from the notifier chain's call to the byte, by the port", "byte")
	panel("Instructions through the notifier, by the port", "through")
	wrpt_panel()
	print "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
	print "<!-- made by make bench KEEP=1 from Documentation/figures/cost.tsv -->"
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 %d\" width=\"720\" height=\"%d\">\n", at, at
	print "<style>"
	print "text { font-family: sans-serif; fill: #222 } .title { font-size: 14px; font-weight: bold }"
	print ".label { font-size: 13px } .number { font-size: 11px } .goal { stroke: #b03030; stroke-dasharray: 4 3 }"
	print "</style>"
	print "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
	printf "%s</svg>\n", body
}
