#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check-docs.sh KERNEL [PAGE...]: runs the commands of README.md and of the pages, on
# this machine and in a guest, and looks up what they name. KTAP on stdout. See
# commands.awk for how a block is marked. KERNEL is a key of scripts/kernels.
set -eu -o pipefail
export LC_ALL=C

cd "$(dirname "$0")/.."
TOP=$PWD
kernel=$1
OUT=$TOP/build/docs/check
commands=$OUT/commands
guest=$OUT/guest
pages=("${@:2}")
[ $# -gt 1 ] || pages=(README.md Documentation/*.rst)

# shellcheck source=selftests/lib/ktap.bash
. selftests/lib/ktap.bash

# Seconds until a block is given up: meant for a machine that does nothing else, and
# a busy one gets more, up to five times as much.
patience()
{
	awk -v cores="$(nproc)" '{
		busy = $1 / cores
		print int(300 * (busy < 1 ? 1 : busy > 5 ? 5 : busy))
	}' /proc/loadavg
}

# missing NAME: reads what is missing from stdin; nothing is what it should be.
missing()
{
	local line status=0

	while read -r line; do
		ktap_note <<<"not there: $line"
		status=1
	done
	ktap_result $status "$1"
}

# Every `make NAME` in commands and in ``literals`` names a target.
unknown_targets()
{
	{ make -pqrR : 2>/dev/null || true; } | sed -n 's/^\([a-z][a-z0-9-]*\):.*/\1/p' |
		sort -u >"$OUT/targets"
	{
		grep -ohE '`(sudo )?make [a-z][a-z0-9-]*' "${pages[@]}"
		grep -ohE '^(sudo )?make [a-z][a-z0-9-]*' "$commands"/*
	} | sed 's/.*make //' | sort -u | except "$OUT/targets"
}

unknown_scenarios()
{
	sed -n 's/^\[\(.*\)\]$/\1/p' selftests/vm/*/*.ini | sort -u >"$OUT/scenarios"
	grep -ohE ':scenario:.[^`]+' "${pages[@]}" | cut -c12- | sort -u | except "$OUT/scenarios"
}

unknown_files()
{
	local file

	# shellcheck disable=SC2016 # the quotes are the pages'
	{
		grep -ohE '``(drivers|acpi|host-sim|selftests|Documentation)/[A-Za-z0-9_./-]*``' "${pages[@]}"
		grep -ohE '\]\([A-Za-z][A-Za-z0-9_./-]*\)' README.md
	} | tr -d '`]()' | sort -u | while read -r file; do
			[ -e "$file" ] || echo "$file"
		done
}

# The driver's reasons not to use WRPT, and the table that explains them.
unknown_reasons()
{
	grep -ohE '"[^"%\\]* [^"%\\]*"' drivers/wrpt.c | tr -d '"' | while read -r reason; do
		grep -q "^$reason  " Documentation/guide.rst || echo "in guide.rst: $reason"
	done
	sed -n '/^after "not WRPT:"/,/^$/s/^\([a-z][^ ]*\( [^ ]*\)*\)  .*/\1/p' Documentation/guide.rst |
		tail -n +2 | while read -r reason; do
			grep -qF "\"$reason\"" drivers/*.c || echo "in drivers/: $reason"
		done
}

except()
{
	grep -vxFf "$1" || true
}

# As root sudo is not needed, and often not there.
run_here()
{
	local file=$1 name status=0 patience

	name=$(basename "${file%.run}")
	patience=$(patience)
	{ echo 'sudo() { "$@"; }'; cat "$file"; } >"$OUT/script"
	timeout -k 5 "$patience" bash -eu -o pipefail "$OUT/script" >"$OUT/output" 2>&1 \
		</dev/null || status=$?
	if [ "$status" != 0 ]; then
		[ "$status" != 124 ] || ktap_note <<<"given up after $patience s"
		ktap_note <"$file"
		tail -n40 "$OUT/output" | sed 's/^/  /' | ktap_note
		status=1
	fi
	ktap_result $status "$name"
}

# A guest's block becomes a scenario: a line each, which has to work.
scenario_of()
{
	local file=$1 name

	name=$(basename "${file%.guest*}")
	awk -v name="$name" -v panic="${file##*.}" '
		{ line[++n] = $0 }
		/(^|[ \t])[;#]/ { print FILENAME ": an INI file would take this for a comment: " $0 >"/dev/stderr"; exit 1 }
		END {
			last = panic == "guest-panic" ? n - 1 : n
			print "[" name "]\nwhy = the documentation says so"
			for (i = 1; i <= last; i++)
				print (i == 1 ? "before = " : "\t") line[i]
			if (panic == "guest-panic")
				print "trigger = " line[n] "\nexpect-events = GUEST_PANICKED:pause STOP\nexpect-outcome = paused"
			else
				print "trigger = none\nexpect-events = none\nexpect-outcome = runs"
		}' "$file"
}

# The bench's own initramfs, and behind it what an installed guest would have.
guest_root()
{
	make -s vm-ready KERNELS="$kernel" >&2
	make -s -C selftests install >&2
	rm -rf "$guest"
	selftests/kselftest/guest-root.sh build "build/kernels/$kernel" build/kselftest_install "$guest"
	ln -s "$TOP/build/acpi" "$guest/acpi"
}

run_in_guests()
{
	local file

	for file in "$commands"/*.guest "$commands"/*.guest-panic; do
		[ ! -e "$file" ] || scenario_of "$file"
	done >"$OUT/guest.ini"
	[ -s "$OUT/guest.ini" ] || return 0
	guest_root
	mkdir -p "$OUT/logs"
	build/selftests/vm/vm-bench --kernel "build/kernels/$kernel" --build "$guest" \
		--logs "$OUT/logs" "$OUT/guest.ini" >"$OUT/guest.ktap" || true
	ktap_copy <"$OUT/guest.ktap"
}

rm -rf "$OUT"
mkdir -p "$commands"
awk -v OUT="$commands" -f Documentation/commands.awk "${pages[@]}"
ktap_begin
ktap_plan $((4 + $(find "$commands" -type f | wc -l)))
missing targets < <(unknown_targets)
missing scenarios < <(unknown_scenarios)
missing files < <(unknown_files)
missing reasons < <(unknown_reasons)
for file in "$commands"/*; do
	case $file in
	*.run) run_here "$file" ;;
	*.skip) ktap_result 4 "$(basename "${file%.skip}")" "$(head -n1 "$file")" ;;
	*.install-*) ktap_result 4 "$(basename "${file%.*}")" "make check-install runs it" ;;
	*.guest|*.guest-panic) ;;
	*) ktap_result 1 "$(basename "$file"): a block of commands without a mark that says how to test it" ;;
	esac
done
run_in_guests
ktap_end
