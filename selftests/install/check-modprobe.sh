#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check-modprobe.sh KEY...: does the device get a driver on each of these kernels, whatever
# became of the installation? In a dry run modprobe says which modules udev would load, for
# the cases that check-install.sh boots. KTAP on stdout.
set -eu -o pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
LIB=$HERE/../../scripts
TOP=$(cd "$HERE/../.." && pwd)
OUT=$TOP/build/selftests/modprobe
# shellcheck source=selftests/lib/ktap.bash
. "$HERE/../lib/ktap.bash"
# shellcheck source=selftests/install/modprobe.bash
. "$HERE/modprobe.bash"

# say NAME LOADED EXPECTED
say()
{
	if [ "$2" = "$3" ]; then
		ktap_result 0 "$key $1"
	else
		ktap_result 1 "$key $1" "loads '$2', not '$3'"
	fi
}

# loads ALIAS OURS FILE [LINE]: OURS is installed or missing, FILE is the installed modprobe file,
# and LINE is a line in the administrator's own file.
loads()
{
	local alias=$1 ours=$2 file=$3 line=${4:-} conf=$OUT/etc/modprobe.d

	rm -rf "$conf" "$tree/updates"
	mkdir -p "$conf"
	[ "$ours" = missing ] || install -D "$module" "$tree/updates/pvpanic-guest.ko"
	[ ! "$file" ] || cp "$file" "$conf/pvpanic-guest.conf"
	[ ! "$line" ] || echo "$line" >"$conf/local.conf"
	depmod -b "$OUT" "$release"
	modules_for "$alias" -d "$OUT" -C "$conf" -S "$release" || true
}

try_kernel()
{
	local file=$TOP/drivers/install/modprobe.conf in_tree both

	in_tree=$(in_tree_driver "$release")
	both=$(both_drivers "$release")
	# The kernel decides whether it refuses ours, so the in-tree driver must be there, too.
	say "installed, or refused: ours, then in-tree" "$(loads $ACPI_ALIAS installed "$file")" "$both"
	[[ $release == 5.10.* ]] || say "installed: the same for the PCI device" \
		"$(loads $PCI_ALIAS installed "$file")" "pvpanic pvpanic-guest pvpanic-pci"
	say "missing, or its build failed" "$(loads $ACPI_ALIAS missing "$file")" "$in_tree"
	say "uninstalled" "$(loads $ACPI_ALIAS missing '')" "$in_tree"
	say "kept out by install" \
		"$(loads $ACPI_ALIAS installed "$file" 'install pvpanic-guest /bin/false')" "$in_tree"
	say "a blacklist does not keep it out" \
		"$(loads $ACPI_ALIAS installed "$file" 'blacklist pvpanic-guest')" "$both"
	say "the old file: no driver if ours is missing" \
		"$(loads $ACPI_ALIAS missing "$HERE/blacklist.conf")" ""
	say "the old file: no other driver if ours is refused" \
		"$(loads $ACPI_ALIAS installed "$HERE/blacklist.conf")" "pvpanic-guest"
	find "$tree/kernel" -name 'pvpanic*' -delete
	say "in-tree built in" "$(loads $ACPI_ALIAS installed "$file")" "pvpanic-guest"
}

ktap_begin
"$LIB/packages.sh" cpio kmod >&2
for key; do
	"$LIB/kernel.sh" get "$key" >/dev/null
	module=$("$LIB/kernel.sh" module "$key" | tail -n 1)
	release=$(cat "$TOP/build/kernels/$key/release")
	tree=$OUT/lib/modules/$release
	rm -rf "$OUT"
	mkdir -p "$tree"
	# depmod reads all modules that it finds, which takes longer than all the rest.
	(cd "$TOP/build/kernels/$key/modules" &&
	 find . -name 'pvpanic*' -o -name 'modules.order' -o -name 'modules.builtin*' |
		cpio -pdl --quiet "$tree")
	try_kernel
done
ktap_end
