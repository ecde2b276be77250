# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # whoever sources this uses them
#
# How the scripts here begin: where they lie, and how they end when they can't go on.

export LC_ALL=C

LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$LIB/.." && pwd)
BUILD=$TOP/build

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

# Where the network or the disk is to blame another way would end as well: whoever has
# one to try sees it by the status, and leaves this line to be the only one.
no_way()
{
	echo "${0##*/}: $*" >&2
	exit 2
}

# need_room MIB WHAT: asked before, for a disk that fills up halfway is told less clearly
need_room()
{
	local dir=$BUILD free

	[ -d "$dir" ] || dir=$TOP
	free=$(($(df --output=avail -k "$dir" | tail -n1) / 1024))
	[ "$free" -ge "$1" ] ||
		no_way "no space for $2: it takes up to $1 MiB, and $dir has $free; free some, then run this again"
}

# need_no_fill LOG WHAT: what failed had room; a log on a disk that is full may say nothing.
need_no_fill()
{
	if grep -qiE 'no space left|enough free space' "$1" ||
	   [ "$(df --output=avail -k "$BUILD" | tail -n1)" -lt 256 ]; then
		no_way "no space for $2; free some in $BUILD, then run this again"
	fi
}

# why_not LOG WHAT WHY: ends with what apt says of it in the log
why_not()
{
	local text

	need_no_fill "$1" "$2"
	text=$(grep -m1 '^E: ' "$1" || grep -m1 '^W: ' "$1" || tail -n1 "$1")
	text="$3: $text; with a network, type: apt-get update, then this again"
	! grep -qE 'resolving|resolve|connect|unreachable|timed out' "$1" || no_way "$text"
	die "$text"
}
