# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086,SC2317
#
# What the tests of an installation share. They run in a Debian root that they may
# spoil, on a copy of the project, so that nothing that is built there mixes with
# what the machine builds. Sourced under set -eu.

TOP=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=selftests/install/modprobe.bash
. "$TOP/selftests/install/modprobe.bash"
PROJECT=/tmp/project
NAME=pvpanic-guest
log=/tmp/log
number=0 failed=0
kernels=()
for dir in /lib/modules/*/build/Makefile; do
	kernels+=("$(basename "${dir%/build/Makefile}")")
done

# The tests are functions under set -e, which an `if` around the call would lift.
# What they print is shown only when they fail; of one that calls skip, the reason is.
run()
{
	local status

	number=$((number + 1))
	set +e
	(set -eu; "test_$1") >$log 2>&1
	status=$?
	set -e
	if [ $status = 0 ]; then
		echo "ok $number ${1//_/-}"
	elif [ $status = 4 ] && [[ $(tail -n1 $log) == "SKIP "* ]]; then
		echo "ok $number ${1//_/-} # $(tail -n1 $log)"
	else
		echo "not ok $number ${1//_/-}"
		tail -n 20 $log | sed 's/^/# /'
		failed=1
	fi
}

# skip WHY, with kselftest's status for it
skip()
{
	echo "SKIP $*"
	exit 4
}

fail()
{
	echo "FAIL: $*" >&2
	exit 1
}

project()
{
	make -C $PROJECT --no-print-directory "$@"
}

# All that an installation may touch. The key and the version that DKMS keeps for
# itself stay when the first module comes, and depmod's tables are not ours.
everything()
{
	find /usr/src /var/lib/dkms /lib/modules/*/updates /etc/modprobe.d /etc/initramfs-tools \
		/usr/local -path '*/linux-*' -prune -o -print 2>/dev/null |
		grep -vE '/var/lib/dkms/(mok\.|dkms_dbversion)|/updates$' |
		sort
}

has_module()
{
	local file

	file=$(modinfo -k "$1" -F filename $NAME) || fail "kernel $1 has no module"
	case $file in
	*/updates/dkms/*) ;;
	*) fail "kernel $1 has it in $file" ;;
	esac
	modinfo -k "$1" -F vermagic $NAME | grep -F "$1 " || fail "vermagic is not $1"
}

# alias_gives RELEASE MODULES: what udev would load for the ACPI device
alias_gives()
{
	[ "$(modules_for $ACPI_ALIAS -S "$1")" = "$2" ] ||
		fail "kernel $1: the device loads '$(modules_for $ACPI_ALIAS -S "$1")', not '$2'"
}

# The kernel's own driver is there too, and comes second.
ours_is_first()
{
	alias_gives "$1" "$(both_drivers "$1")"
	case $1 in
	5.10.*) ;;
	*) [ "$(modules_for $PCI_ALIAS -S "$1")" = "pvpanic $NAME pvpanic-pci" ] ||
		fail "the PCI device loads $(modules_for $PCI_ALIAS -S "$1")" ;;
	esac
}

# pvpanic-check and the manual pages, where a user finds them.
has_check_and_pages()
{
	/usr/local/bin/pvpanic-check --help | grep -- --json || fail "no pvpanic-check"
	[ -r /usr/local/share/man/man8/pvpanic-check.8 ] || fail "no page pvpanic-check(8)"
	[ -r /usr/local/share/man/man4/$NAME.4 ] || fail "no page $NAME(4)"
}

unchanged()
{
	everything | diff "${before:-/tmp/before}" - || fail "something was left behind"
}

# Nothing of ours anywhere; the project itself may lie below a folder of its name.
no_trace()
{
	local file traces=()

	unchanged
	while read -r file; do
		[[ $TOP/ == "$file"/* ]] || traces+=("$file")
	done < <(find / -xdev -path "$TOP/*" -prune -o -name '*pvpanic[-_]*' ! -path '/tmp/*' \
		! -path '/proc/*' ! -path '*/linux-headers-*' ! -path '/lib/modules/*/kernel/*' \
		! -path '/usr/lib/modules/*/kernel/*' -print)
	[ ${#traces[@]} = 0 ] || fail "something was left behind: ${traces[*]}"
}

refused()
{
	local expect=$1

	shift
	if "$@" >/tmp/out 2>/tmp/err; then
		fail "'$*' was not refused"
	fi
	cat /tmp/err
	[ "$(grep -vcE '^make(\[1\])?: \*\*\*|^dkms: |^  CC  |^installing: |^  [a-z]+ [0-9]+%' /tmp/err)" = 1 ] || fail "more than a line"
	grep -qF "$expect" /tmp/err || fail "the line doesn't name: $expect"
	unchanged
}

mkdir $PROJECT
find "$TOP" -mindepth 1 -maxdepth 1 ! -name build ! -name .git -exec cp -a -t $PROJECT {} +
for release in "${kernels[@]}"; do
	depmod "$release" 2>/dev/null
done
everything >/tmp/before
