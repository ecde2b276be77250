#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# packages.sh PKG...: brings the Debian packages that a make target needs. It
# says what is missing before it installs anything, says nothing when all is
# there, and leaves either all of it installed or nothing: everything is
# downloaded first, so a lost network or a full disk stops it before dpkg starts.
#
# All that it prints goes to stderr, because a test's stdout carries KTAP.
set -eu -o pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1

die()
{
	echo "packages.sh: $*" >&2
	exit 1
}

find_missing()
{
	missing=()
	for pkg; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$pkg" 2>/dev/null)" = installed ] ||
			missing+=("$pkg")
	done
}

# The lists know a package when apt could install a version of it. (apt-cache show
# finds nothing wrong with a name that another package merely mentions.)
lists_know()
{
	local pkg

	for pkg; do
		apt-cache policy "$pkg" 2>/dev/null | grep '^  Candidate: [^(]' >/dev/null || return 1
	done
}

# apt's status lines ("dlstatus:3:42.8:...") as one line that counts up: rewritten
# in place on a terminal, a word every quarter in a log.
progress()
{
	local what=$1 percent shown=-1 step=25

	[ -t 2 ] && step=1
	while IFS=: read -r _ _ percent _; do
		percent=${percent%%.*}
		case $percent in ''|*[!0-9]*) continue ;; esac
		[ $((percent / step)) -gt "$shown" ] || continue
		shown=$((percent / step))
		if [ -t 2 ]; then
			printf '\r  %s %3d%%' "$what" "$percent" >&2
		else
			printf '  %s %d%%\n' "$what" "$percent" >&2
		fi
	done
	[ ! -t 2 ] || [ "$shown" -lt 0 ] || echo >&2
}

# Runs apt-get with its chatter in the log; the status lines alone come through.
# The lock is not handed down: a service that a package starts would keep it.
apt()
{
	local what=$1

	shift
	apt-get -y -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o APT::Status-Fd=3 \
		--no-install-recommends "$@" 3>&1 >>"$log" 2>&1 9>&- </dev/null | progress "$what"
}

# Where there is no network or no space nothing else would help: status 2, see common.bash.
no_way()
{
	echo "packages.sh: $*" >&2
	exit 2
}

# apt's own words, made into one line.
explain()
{
	local wanted=$1 error

	error=$(grep -m1 '^E: ' "$log" || tail -n1 "$log")
	if grep -qE 'resolving|resolve|connect|unreachable|timed out' "$log"; then
		no_way "no network: the Debian mirror can't be reached; needed: $wanted; then type: apt-get update && apt-get install --no-install-recommends $wanted"
	elif grep -qE 'No space left|enough free space' "$log"; then
		no_way "no space for: $wanted; free some (apt-get clean helps), then run this again"
	fi
	die "${error#E: }; to see more: apt-get install --no-install-recommends $wanted"
}

[ $# -gt 0 ] || die "usage: packages.sh PKG..."
command -v dpkg-query >/dev/null || die "not a Debian machine; needed, by their Debian names: $*"

find_missing "$@"
[ ${#missing[@]} -gt 0 ] || exit 0
[ "$(id -u)" = 0 ] ||
	die "missing: ${missing[*]}; type: sudo apt-get install --no-install-recommends ${missing[*]}"

# Two targets of one `make -j` may want packages at the same time.
exec 9<"$0"
flock 9
find_missing "$@"
[ ${#missing[@]} -gt 0 ] || exit 0

echo "installing: ${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# A source that fails to update matters only if a package is then unknown.
updated=
if ! lists_know "${missing[@]}"; then
	apt lists update || true
	updated=yes
	for pkg in "${missing[@]}"; do
		lists_know "$pkg" && continue
		grep -qE '^(E|W|Err):? ?.*(resolv|connect|unreachable|timed out)' "$log" &&
			explain "${missing[*]}"
		die "this machine's Debian sources have no package $pkg; look at: apt-cache policy $pkg"
	done
	: >"$log"
fi

# Lists that are older than the mirror name versions that it no longer has.
if ! apt download install --download-only "${missing[@]}"; then
	if [ "$updated" ] || ! grep -q '404' "$log"; then
		explain "${missing[*]}"
	fi
	: >"$log"
	apt lists update || true
	apt download install --download-only "${missing[@]}" || explain "${missing[*]}"
fi
trap '' INT TERM
wanted=${missing[*]}
apt install install --no-download "${missing[@]}" || explain "$wanted"
find_missing "$@"
[ ${#missing[@]} -eq 0 ] || die "still missing: ${missing[*]}; type: apt-get install $wanted"
