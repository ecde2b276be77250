# SPDX-License-Identifier: GPL-2.0-only
#
# judge.awk KEPT FRESH: has what the driver costs grown? KTAP on stdout. Both files are
# of figures.sh; what is kept lies in Documentation/figures/cost.tsv.
#
# What is compared is not the count but its relation to the in-tree driver's in the same
# guest, both without the empty chain: a kernel that was compiled in another way changes
# both. 5 in 100 more than what is kept fails. A kernel of another release than the kept
# one's may cost 2 instructions more besides, for compilers differ; and a kernel that
# nothing is kept of is judged by the goals alone.

function net(of, key, way, figure)
{
	return of[key, way, figure] - of[key, "empty", "through"]
}

# What a figure is measured in: the in-tree driver's same figure, or its whole for WRPT.
function cost(of, key, way, figure)
{
	if (way == "wrpt")
		return of[key, "wrpt", figure] - of[key, "bare-wrpt", figure]

	return net(of, key, way, figure)
}

function measure(of, key, way, figure)
{
	return net(of, key, "in-tree", way == "wrpt" ? "through" : figure)
}

function result(good, text)
{
	number++
	if (!good)
		failed++
	print (good ? "ok " : "not ok ") number " " text
}

function judge(key, way, figure, words,    now, text, allowed, slack, goal, good)
{
	if (!((key, way, figure) in fresh)) {
		result(0, key " " words ": not measured; kept: " cost(kept, key, way, figure) \
		       " of " kept_release[key] ", so the driver no longer goes this way")
		return
	}
	now = cost(fresh, key, way, figure)
	if (way == "wrpt") {
		text = sprintf("%d instructions more than evaluating WRPT", now)
		goal = 400
	} else {
		text = sprintf("%d instructions, %.2f of the in-tree driver's", now,
			       now / measure(fresh, key, way, figure))
		goal = 0.75 * measure(fresh, key, way, figure)
	}
	good = 1
	if ((key, way, figure) in kept) {
		slack = release[key] == kept_release[key] ? 0 : 2
		allowed = 1.05 * cost(kept, key, way, figure) * measure(fresh, key, way, figure) / \
			measure(kept, key, way, figure) + slack
		text = text sprintf("; kept: %d", cost(kept, key, way, figure))
		if (slack)
			text = text " of " kept_release[key]
		if (now > allowed) {
			good = 0
			text = text sprintf(", so that more than %d is worse by over 5 %%", allowed)
		}
	}
	# There the in-tree driver asks nothing but whether a crash kernel is loaded: to the
	# byte by the port the goal is reached, and the chain's own part in the rest is the larger.
	if ((key != "5.10" || (way == "port" && figure == "byte")) && now > goal) {
		good = 0
		text = text sprintf("; the goal is %d", goal)
	}
	result(good, key " " words ": " text)
}

# row WAY FIGURE WORDS: what is judged of each kernel
function row(way, figure, words)
{
	row_way[++rows] = way
	row_figure[rows] = figure
	row_words[rows] = words
}

# What was kept and is not measured any more is judged too, as lost.
function is_judged(key, n)
{
	return (key, row_way[n], row_figure[n]) in fresh || (key, row_way[n], row_figure[n]) in kept
}

BEGIN {
	FS = "\t"
	row("port", "byte", "to the byte by the port")
	row("port", "through", "through the notifier by the port")
	row("guarded", "byte", "to the byte by the port, the guard forbidding WRPT")
	row("guarded", "through", "through the notifier by the port, the guard forbidding WRPT")
	row("wrpt", "byte", "to the byte by WRPT")
	row("wrpt", "through", "through the notifier by WRPT")
	print "TAP version 13"
}

/^#/ { next }

FILENAME == ARGV[1] {
	kept[$1, $3, $4] = $5
	kept_release[$1] = $2
	next
}

{
	fresh[$1, $3, $4] = $5
	if (!($1 in release))
		order[++keys] = $1
	release[$1] = $2
}

END {
	for (i = 1; i <= keys; i++)
		for (n = 1; n <= rows; n++)
			planned += is_judged(order[i], n)
	print "1.." planned + 0
	for (i = 1; i <= keys; i++) {
		if (!(order[i] in kept_release))
			print "# " order[i] ": nothing is kept of this kernel; make bench KEEP=1 keeps it"
		for (n = 1; n <= rows; n++)
			if (is_judged(order[i], n))
				judge(order[i], row_way[n], row_figure[n], row_words[n])
	}
	print "# Totals: pass:" number - failed " fail:" failed + 0 " xfail:0 xpass:0 skip:0 error:0"
	exit failed > 0 || !number
}
