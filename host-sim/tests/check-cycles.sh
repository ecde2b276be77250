#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check-cycles.sh FOLDER OBJECT...: no file of FOLDER includes itself by way of others, and
# no object calls itself by way of others (KTAP). tsort names the files of a cycle.
set -eu -o pipefail

folder=$1
shift

# shellcheck source=selftests/lib/ktap.bash
. "$(dirname "$0")/../../selftests/lib/ktap.bash"

includes()
{
	grep -o '^#include "[^"]*"' "$folder"/*.[ch] | sed -E 's|.*/([^:]*):#include "(.*)"|\1 \2|'
}

# A call is an undefined symbol in one object that another one defines.
calls()
{
	nm -A "$@" | awk '
		{ sub(/.*\//, "", $1); sub(/:.*/, "", $1); type = $(NF - 1); name = $NF }
		type == "U" { used[$1, name] = 1; next }
		type ~ /[A-Z]/ { home[name] = $1 }
		END {
			for (use in used) {
				split(use, part, SUBSEP)
				if (part[2] in home)
					print part[1], home[part[2]]
			}
		}'
}

no_cycle()
{
	"$@" | tsort >/dev/null
}

ktap_begin
ktap_plan 2
ktap_test "no cycle of includes" no_cycle includes
ktap_test "no cycle of calls" no_cycle calls "$@"
ktap_end
