#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check-install.sh SUITE...: does an installation ever make a guest worse? Each case boots a
# Debian userland (systemd, udev, an initramfs) that loads a driver by the device's alias
# alone, and ends in a panic, which the host must hear. Cases that need the softdeps are
# booted with the blacklist that they replaced, too, and must then fail. KTAP on stdout.
set -eu -o pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
LIB=$HERE/../../scripts
TOP=$(cd "$HERE/../.." && pwd)
# shellcheck source=selftests/install/guest.bash
. "$HERE/guest.bash"

# For each suite: a kernel of another one, which has no module of ours, and a kernel upgrade.
choose()
{
	case $1 in
	bookworm)
		suites=bookworm,bookworm-security other=7
		upgrade=(linux-image-6.12-cloud-amd64 linux-headers-6.12-cloud-amd64)
		;;
	trixie)
		suites=trixie,trixie-security,trixie-backports other=6.1
		upgrade=(linux-image-cloud-amd64/trixie-backports linux-headers-cloud-amd64/trixie-backports)
		;;
	*)
		echo "Bail out! no suite $1; there are: bookworm trixie"
		exit 1
		;;
	esac
}

make_images()
{
	local key packages

	for key in "$other" 5.10 built-in; do
		"$LIB/kernel.sh" get "$key"
	done
	"$LIB/kernel.sh" module 5.10
	"$LIB/kernel.sh" module built-in
	read -ra packages <<<"$(xargs <"$HERE/guest-packages")"
	"$LIB/root.sh" make "guest-$suite=$suites" "${packages[@]}"
	"$LIB/root.sh" fetch "guest-$suite" "${upgrade[@]}"
	rm -rf "$OUT"
	mkdir -p "$OUT"
	"$LIB/root.sh" spoil "guest-$suite" bash "$HERE/guest-image.sh" "$OUT" "$other" \
		"${upgrade[@]}" >"$OUT/image.log" 2>&1 || {
		tail -n 20 "$OUT/image.log"
		return 1
	}
}

# boots NAME DISK KERNEL COMMAND-LINE EVENTS WORDS...: is called twice for each guest, because
# several of them run at a time: first it starts the guest, then it judges.
boots()
{
	if [ $phase = start ]; then
		start "$1" "$OUT/disk-$2" "$OUT/$3" "$4"
	else
		await "$1"
		report "$1" "$(faults "$1" "${@:5}")"
	fi
}

# must_fail: the same guest on the disk with the blacklist, whose host hears nothing.
must_fail()
{
	local name=$1-blacklist faults

	if [ $phase = start ]; then
		start "$name" "$OUT/disk-blacklist" "$OUT/$3" "$4"
		return
	fi
	await "$name"
	faults=$(faults "$name" "${@:5}")
	echo "# ${faults//$'\n'/$'\n'# }"
	if grep -qF "the host heard ''" <<<"$faults"; then
		report "$name" ""
	else
		report "$name" "it should have failed"
	fi
}

cases()
{
	local ours="driver pvpanic-guest" in_tree="driver pvpanic-mmio" version

	version=$(sed -n 's/^#define PVPANIC_GUEST_VERSION "\(.*\)"/\1/p' "$HERE/../../drivers/version.h")
	local refused=(GUEST_PANICKED "$in_tree" " *pvpanic-guest *was refused: .*" " *remedy *mokutil .*")
	local no_headers=(GUEST_PANICKED "$in_tree" " *pvpanic-guest .*DKMS has no headers.*"
			  " *remedy *apt-get install linux-headers-.*")
	local no_build=(GUEST_PANICKED "$in_tree" " *pvpanic-guest .*DKMS could not build it.*"
			" *remedy *dkms autoinstall .*")

	boots ours-by-alias installed ours "" \
		GUEST_PANICKED "$ours" "modules pvpanic pvpanic_guest pvpanic_mmio" "version $version"
	# init= is what the initramfs runs last. When it ends, the kernel panics, and nothing of the
	# root file system was loaded before. That initramfs has no other driver than ours.
	boots panic-in-the-initramfs installed ours init=/bin/false \
		GUEST_PANICKED "log:Attempted to kill init"
	boots other-kernel installed "$other" "" "${no_headers[@]}"
	boots build-failed installed build-failed "" "${no_build[@]}"
	boots refused installed ours module.sig_enforce=1 "${refused[@]}"
	boots in-tree-in-the-initramfs installed in-tree-in-initramfs "" \
		GUEST_PANICKED "$in_tree" "log:is held by pvpanic-mmio; to hand over" \
		" *pvpanic-guest .*by an initramfs without pvpanic-guest" " *remedy .*update-initramfs.*"
	boots hand-over-as-documented installed in-tree-in-initramfs do=hand-over \
		GUEST_PANICKED "$in_tree" "did hand-over" "$ours"
	boots in-tree-built-in installed built-in "" \
		GUEST_PANICKED "$in_tree" "log:is held by pvpanic-mmio; to hand over" \
		" *pvpanic-guest .*built into the kernel" " *remedy *at each boot: .*"
	boots hand-over-built-in installed built-in do=hand-over-built-in \
		GUEST_PANICKED "$in_tree" "did hand-over-built-in" "$ours"
	# Both drivers bind there, in whatever order they come: the initramfs has ours or none.
	boots before-5.13 installed 5.10 "" \
		"GUEST_PANICKED GUEST_PANICKED" "$ours" "node pvpanic"
	boots before-5.13-in-tree-first installed 5.10-in-tree-first "" \
		"GUEST_PANICKED GUEST_PANICKED" "$ours" "node pvpanic"
	boots kept-out kept-out kept-out "" \
		GUEST_PANICKED "$in_tree" "modules pvpanic pvpanic_mmio"
	boots uninstalled uninstalled uninstalled "" \
		GUEST_PANICKED "$in_tree" "modules pvpanic pvpanic_mmio"
	boots uninstalled-without-reboot uninstalled ours do=give-back \
		GUEST_PANICKED "$ours" "did give-back" "$in_tree" "modules pvpanic pvpanic_mmio"
	must_fail other-kernel installed "$other" "" "${no_headers[@]}"
	must_fail build-failed installed build-failed "" "${no_build[@]}"
	must_fail refused installed ours module.sig_enforce=1 "${refused[@]}"
}

ktap_begin
ktap_plan $((17 * $#))
[ "$(id -u)" = 0 ] || ktap_bail "a guest's root needs root; type: sudo make check-install"
"$LIB/packages.sh" qemu-system-x86 >&2
for suite; do
	choose "$suite"
	OUT=$TOP/build/selftests/install/$suite
	make_images >&2 || ktap_bail "no guest of $suite could be made; see $OUT/image.log"
	echo "# $suite: the guests are booted, $(nproc) at a time" >&2
	for phase in start judge; do
		cases
	done
done
ktap_end
