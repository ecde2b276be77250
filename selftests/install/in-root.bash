# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086
#
# What the tests of an installation share. They run in a Debian root that they may
# spoil, on a copy of the project, so that nothing that is built there mixes with
# what the machine builds. Sourced under set -eu.

TOP=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=selftests/install/modprobe.bash
. "$TOP/selftests/install/modprobe.bash"
# shellcheck source=selftests/install/refused.bash
. "$TOP/selftests/install/refused.bash"
# shellcheck source=selftests/lib/ktap.bash
. "$TOP/selftests/lib/ktap.bash"
PROJECT=/tmp/project
NAME=pvpanic-guest
kernels=()
for dir in /lib/modules/*/build/Makefile; do
	kernels+=("$(basename "${dir%/build/Makefile}")")
done

# run_tests FUNCTION...: as subtests of the script that runs this in the root
run_tests()
{
	local test

	ktap_subtests
	ktap_plan $#
	for test; do
		ktap_test "${test//_/-}" "$test"
	done
	ktap_end
}

project()
{
	make -C $PROJECT --no-print-directory "$@"
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

# A root can have a kernel's headers without the kernel, so without its own driver.
ours_is_loaded()
{
	if modinfo -k "$1" pvpanic >/dev/null 2>&1; then
		alias_gives "$1" "$(both_drivers "$1")"
	else
		alias_gives "$1" $NAME
	fi
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
	everything | diff /tmp/before - || fail "something was left behind"
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

mkdir $PROJECT
find "$TOP" -mindepth 1 -maxdepth 1 ! -name build ! -name .git -exec cp -a -t $PROJECT {} +
for release in "${kernels[@]}"; do
	depmod "$release" 2>/dev/null
done
everything >/tmp/before
