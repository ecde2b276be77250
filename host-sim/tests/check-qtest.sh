#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check-qtest.sh: runs QEMU's own tests of the pvpanic device and of the QMP protocol
# against the simulator (TAP on stdout). No Debian package contains these tests, so they
# are built from Debian 13's QEMU source, in a Debian 13 root, together with a simulator
# that has ASan and UBSan. What was built stays below build/qtest.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
lib=$top/scripts
# shellcheck source=scripts/common.bash
. "$lib/common.bash"
# shellcheck source=scripts/apt.bash
. "$lib/apt.bash"

root=qtest
out=$BUILD/qtest
packages=(build-essential dpkg-dev meson ninja-build python3-venv python3-pycotap pkgconf bzip2
	xz-utils flex bison libglib2.0-dev libpixman-1-dev libfdt-dev libuv1-dev libjansson-dev)

in_root()
{
	"$lib/root.sh" run "$root" "$@"
}

# The lists of packages are kept apart, because only this target wants source packages.
fetch_source()
{
	local apt=(private_apt trixie apt-get -o "Dir::State=$out/apt" -o "Dir::State::lists=$out/apt/lists"
		-o "Dir::Etc::sourcelist=$out/sources.list")

	mkdir -p "$out/apt/lists/partial"
	sources trixie | sed 's/^deb /deb-src /' >"$out/sources.list"
	"${apt[@]}" update --error-on=any >"$out/log" 2>&1 ||
		why_not "$out/log" "lists of packages" "no list of trixie's source packages"
	(cd "$out" && "${apt[@]}" source --download-only qemu) >"$out/log" 2>&1 ||
		why_not "$out/log" "QEMU's source" "can't download QEMU's source"
}

# Debian's source has no firmware images, and the tests need none: pc-bios/ becomes empty.
build_tests()
{
	# shellcheck disable=SC2016 # the inner shell's own
	in_root bash -euc '
		cd "$1"
		rm -rf qemu
		dpkg-source --no-check -x qemu_*.dsc qemu
		cd qemu
		printf "%s = []\n" roms fds blobs >pc-bios/meson.build
		./configure --target-list=x86_64-softmmu --without-default-features \
			--enable-system --enable-tcg --disable-docs
		ninja -C build tests/qtest/pvpanic-test tests/qtest/qmp-test
		cp build/tests/qtest/pvpanic-test build/tests/qtest/qmp-test ..
		cd ..
		rm -rf qemu' - "$out" >"$out/log" 2>&1 || {
		tail -n20 "$out/log" >&2
		die "QEMU's tests can't be built; log: $out/log"
	}
}

build_simulator()
{
	in_root make -C "$top" --no-print-directory BUILD="$out" "$out/host-sim/asan/pvpanic-sim" >&2
	ln -sf host-sim/asan/pvpanic-sim "$out/qemu-system-x86_64"
}

# run TEST [ARGUMENT...]: both tests go on after a failure.
failed=0
run()
{
	in_root env QTEST_QEMU_BINARY="$out/qemu-system-x86_64" timeout 120 "$out/$1" --tap -k "${@:2}" || {
		failed=1
		echo "# $1 failed"
	}
}

mkdir -p "$out"
"$lib/root.sh" make "$root=trixie" "${packages[@]}" >&2
if [ ! -x "$out/qmp-test" ]; then
	need_room 3000 "QEMU's source and its tests"
	fetch_source
	build_tests
fi
build_simulator
run pvpanic-test
run qmp-test -p /x86_64/qmp/protocol
exit $failed
