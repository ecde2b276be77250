# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # whoever sources this sets $kernel and $build
#
# The programs of a guest, by the architecture of its kernel: init is the first one, and of the
# others those that exist are taken. $tools is where Debian's packages for kdump are unpacked.

if grep -qx CONFIG_ARM64=y "$kernel/config" 2>/dev/null; then
	guest=$build/selftests/vm/guest-arm64
	programs=("$guest/init" "$guest/cycles" "$guest/pvpanic-check")
	busybox=$(find "$build/unpacked/guest-arm64" -path '*bin/busybox' | head -n1)
	tools=$build/unpacked/kdump-arm64
	strip=aarch64-linux-gnu-strip
else
	guest=$build/selftests/vm
	programs=("$guest/init" "$guest/cycles" "$guest/fail-nth" "$build/tools/pvpanic-check"
		  "$build/selftests/bench/figures")
	busybox=/bin/busybox
	tools=$build/unpacked/kdump
	strip="strip"
fi
