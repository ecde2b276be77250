# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Commands that must fail: with one line that says what is missing and what helps, and without
# leaving anything behind. Sourced under set -eu.

fail()
{
	echo "FAIL: $*"
	exit 1
}

# Prints all files that an installation may touch, and those in $watched, with checksums. DKMS
# keeps its key and its version, and the tables of depmod are not the installer's.
watched=()
everything()
{
	{ find /usr/src /var/lib/dkms /lib/modules/*/updates /etc/modprobe.d /etc/initramfs-tools \
		/etc/dracut.conf.d /usr/local/bin /usr/local/share/man "${watched[@]}" \
		\( -path '*/linux-*' -o -path '*/build' \) -prune -o -type f -exec md5sum {} + -o -print \
		2>/dev/null || true; } | grep -vE '/var/lib/dkms/(mok\.|dkms_dbversion)|/updates$' | sort
}

# refused PATTERN COMMAND...: the lines of make about its recipes and of progress do not count.
refused()
{
	local pattern=$1 before output lines

	shift
	before=$(everything)
	if output=$("$@" 2>&1 </dev/null); then
		fail "'$*' was not refused"
	fi
	echo "$output"
	lines=$(grep -vE '^make(\[[0-9]+\])?: |^dkms: |^  (CC|LD|MODPOST|BTF|built) |^installing: |^ .*%$|^kernel [^ ]*: |^unpacking, |^build root ' \
		<<<"$output" || true)
	[ "$(wc -l <<<"$lines")" = 1 ] || fail "not one line, but: $lines"
	grep -E -- "$pattern" <<<"$lines" || fail "the line is not like: $pattern"
	diff <(echo "$before") <(everything) || fail "something was left behind or is gone"
}
