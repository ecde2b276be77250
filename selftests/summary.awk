# SPDX-License-Identifier: GPL-2.0-only
#
# summary.awk build/check/PART.ktap...: counts the KTAP results of all parts, names what failed
# or was skipped, and ends with one line alone: N passed, N failed.
#
# A result with subtests (indented lines before it) counts as its subtests, or as failed if it
# failed although no subtest did. Results that the plan promised and that did not come are failed.
# A part without a plan, or whose make ended badly without a failed result, is failed.

function finish_plan(level)
{
	if (planned[level] > seen[level]) {
		failed[level] += planned[level] - seen[level]
		note("failed", part ": " planned[level] - seen[level] " results fewer than planned")
	}
	planned[level] = seen[level] = 0
}

function finish_subtests()
{
	finish_plan(1)
	passed[0] += passed[1]
	failed[0] += failed[1]
	skipped[0] += skipped[1]
	passed[1] = failed[1] = skipped[1] = 0
}

function finish_part(    file, status)
{
	finish_subtests()
	finish_plan(0)
	file = FOLDER "/" part ".status"
	if ((getline status <file) < 1)
		status = "unknown"
	close(file)
	if (!plans || (status != 0 && !failed[0])) {
		failed[0]++
		note("failed", part ": no plan, or make ended with status " status)
	}
	print "# check-" part ": " passed[0] + 0 " passed, " failed[0] + 0 " failed, " \
	      skipped[0] + 0 " skipped"
	all_passed += passed[0]
	all_failed += failed[0]
	passed[0] = failed[0] = skipped[0] = plans = 0
}

function note(kind, text)
{
	notes = notes "# " kind ": " text "\n"
}

function begin_part(file)
{
	part = file
	sub(/.*\//, "", part)
	sub(/\.ktap$/, "", part)
}

BEGIN {
	for (i = 1; i < ARGC; i++) {
		begin_part(ARGV[i])
		while ((getline line <ARGV[i]) > 0)
			read_line(line)
		finish_part()
	}
	printf "%s", notes
	print all_passed + 0 " passed, " all_failed + 0 " failed"
	exit all_failed || !all_passed
}

function read_line(line,    level, plan)
{
	if (line !~ /^ *(1\.\.[0-9]|(not )?ok )/)
		return
	level = line ~ /^ /
	sub(/^ */, "", line)
	if (line ~ /^1\.\./) {
		split(line, plan, /[. ]+/)
		planned[level] += plan[2]
		plans += !level
		return
	}
	seen[level]++
	if (line ~ /^not/)
		note("failed", part ": " line)
	else if (line ~ /# SKIP/)
		note("skipped", part ": " line)
	if (!level && seen[1]) {
		subtests_failed = failed[1] || planned[1] > seen[1]
		finish_subtests()
		failed[0] += line ~ /^not/ && !subtests_failed
	} else if (line ~ /^not/) {
		failed[level]++
	} else if (line ~ /# SKIP/) {
		skipped[level]++
	} else {
		passed[level]++
	}
}
