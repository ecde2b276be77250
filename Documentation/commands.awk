# SPDX-License-Identifier: GPL-2.0-only
#
# commands.awk: takes the shell commands out of the pages, into one file a block:
# OUT/PAGE-LINE.MODE, where the mode is what the mark before the block says:
#
#	.. test: run			on this machine, in the project's top folder
#	.. test: guest			in a guest that has the driver loaded
#	.. test: guest panic		the same, and its last line ends the guest
#	.. test: install NAME		in a guest with systemd and udev, by make check-install
#	.. test: skip REASON		not at all
#
# In Markdown the mark is <!-- test: run --> before a fenced block. A block without
# a mark gets the mode "unmarked", which is a failed test.

function start(marked)
{
	mode = "unmarked"
	reason = ""
	if (marked) {
		mode = mark
		if (mode ~ /^skip/) {
			reason = substr(mode, 6)
			mode = "skip"
		}
		sub(/^guest panic$/, "guest-panic", mode)
		sub(/^install /, "install-", mode)
	}
	page = FILENAME
	sub(/.*\//, "", page)
	sub(/\.(rst|md)$/, "", page)
	file = OUT "/" page "-" FNR "." mode
	printf "%s", (mode == "skip" ? reason "\n" : "") >file
}

FNR == 1 { block = 0; mark = ""; markdown = FILENAME ~ /\.md$/ }

# A block of reStructuredText ends where a line is indented less than its first one.
block == 2 && NF {
	match($0, /^[ \t]*/)
	if (!indent)
		indent = RLENGTH
	if (RLENGTH < indent || RLENGTH <= outer) {
		close(file)
		block = 0
	} else if (mode != "skip") {
		print substr($0, indent + 1) >file
	}
}

block == 1 {
	if (/^```/) {
		close(file)
		block = 0
		next
	}
	if (mode != "skip")
		print >file
	next
}

block == 2 { next }

/^ *\.\. test: / {
	mark = $0
	sub(/^ *\.\. test: */, "", mark)
	next
}

/^<!-- test: .* -->$/ {
	mark = $0
	sub(/^<!-- test: */, "", mark)
	sub(/ *-->$/, "", mark)
	next
}

/^ *\.\. code-block:: *(sh|console|shell|bash)$/ {
	match($0, /^ */)
	outer = RLENGTH
	indent = 0
	start(mark != "")
	block = 2
	mark = ""
	next
}

markdown && /^```(sh|console|shell|bash)$/ {
	start(mark != "")
	block = 1
	mark = ""
	next
}

# A mark belongs to the very next thing.
NF { mark = "" }
