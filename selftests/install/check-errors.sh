#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a user can do wrong, or lack: headers, a compiler, space, root, a network. Each case must
# end in one line that says what is missing and what helps, and leave nothing behind. KTAP on
# stdout. check-dkms.sh has the cases that need a real build by DKMS.
#
# The commands run on a copy of the tree, because some of them need another user. A full disk is
# a small tmpfs in a mount namespace, and the network is missing in a network namespace.
set -eu -o pipefail
export LC_ALL=C

cd "$(dirname "$0")/../.."
# shellcheck source=selftests/lib/ktap.bash
. selftests/lib/ktap.bash
# shellcheck source=selftests/install/refused.bash
. selftests/install/refused.bash

if [ "${1:-}" != inside ]; then
	ktap_begin
	[ "$(id -u)" = 0 ] || ktap_bail "full disks and other users need root; type: sudo make check-errors"
	scripts/packages.sh gcc make util-linux mount kmod dkms mmdebstrap debian-archive-keyring >&2
	propagation=private
	grep -q '^[0-9]* [0-9]* [0-9:]* [^ ]* / ' /proc/self/mountinfo || propagation=unchanged
	tmp=$(mktemp -d)
	chmod 755 "$tmp"
	trap 'rm -rf "$tmp"' EXIT
	unshare --mount --propagation $propagation -- "$0" inside "$tmp"
	exit
fi

# row NAME PATTERN COMMAND...
row()
{
	ktap_test "$1" refused "${@:2}"
}

# small DIR KIB: DIR is on a file system with that much space
small()
{
	mkdir -p "$1"
	mount -t tmpfs -o "size=$2k,mode=755" tmpfs "$1"
}

program()
{
	printf '#!/bin/sh\n%s\n' "$2" >"$1"
	chmod 755 "$1"
}

# headers DIR COMPILER MAJOR [OPTION]: the files that are read of a kernel's headers before a
# build; OPTION: one more option of the kernel
headers()
{
	mkdir -p "$1/include/config" "$1/scripts/basic" "$1/scripts/mod"
	program "$1/scripts/basic/fixdep" 'exit 1'
	program "$1/scripts/mod/modpost" 'exit 1'
	{
		[ -z "${4:-}" ] || echo "$4=y"
		echo "CONFIG_CC_VERSION_TEXT=\"$2 (Debian) $3.0.0\""
		echo "CONFIG_CC_IS_GCC=y"
		echo "CONFIG_GCC_VERSION=${3}0000"
	} >"$1/include/config/auto.conf"
	touch "$1/.kernelvariables" "$1/Makefile"
}

tmp=$2
tree=$tmp/tree root=$tmp/root updates=/lib/modules/9.9.9/updates
mkdir "$tree"
find . -mindepth 1 -maxdepth 1 ! -name build ! -name .git -exec cp -a -t "$tree" {} +
chmod -R go+rX "$tree"
watched=("$tree" "$root")

make=(make -s --no-print-directory -C "$tree")
install=("$tree/drivers/install/install.sh" install 9.9.9 "$tmp/stage")
dkms_install=("$tree/drivers/install/install.sh" dkms-install)
nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups -- env HOME=/nonexistent)
# apt installs nothing on this machine here.
mkdir -p "$tmp/apt/archives/partial"
printf 'Dir::Bin::dpkg "/bin/false";\nDir::Cache::archives "%s";\n' "$tmp/apt/archives" >"$tmp/apt.conf"
alone=(unshare --net -- env "APT_CONFIG=$tmp/apt.conf")
# A package that apt knows and this machine does not have.
for absent in hello sl cowsay figlet; do
	dpkg-query -W "$absent" >/dev/null 2>&1 && continue
	apt-cache show --no-all-versions "$absent" >/dev/null 2>&1 && break
done

ktap_plan 48

headers "$tmp/headers" gcc 12
headers "$tmp/headers-99" x86_64-linux-gnu-gcc-99 99
headers "$tmp/headers-clang" Debian 99
sed -i s/GCC/CLANG/ "$tmp/headers-clang/include/config/auto.conf"
rm "$tmp/headers-clang/.kernelvariables"
program "$tmp/old-gcc" 'case $* in -dumpversion) echo 4 ;; *) cat ;; esac'
program "$tmp/clang" 'case $* in -dumpversion) echo 14 ;; *) echo clang_is_here ;; esac'
row "headers: KDIR is wrong" \
	'^make modules: no kernel headers in /nowhere; .*(type|name those).*\(there are:' \
	"${make[@]}" modules KDIR=/nowhere
row "headers: not those of the kernel asked for" \
	'no kernel headers in /lib/modules/9\.9\.9/build; name those of another kernel: make modules KREL=' \
	"${make[@]}" modules KREL=9.9.9
row "headers: install asks for them too" 'no kernel headers in .*/9\.9\.9/build; ' \
	"${make[@]}" install KREL=9.9.9
known=$(apt-cache pkgnames linux-headers-6 2>/dev/null | grep -E -- '-(cloud-)?amd64$' |
	while read -r pkg; do
		[ -e "/lib/modules/${pkg#linux-headers-}/build" ] || { echo "$pkg"; break; }
	done)
if [ "$known" ]; then
	row "headers: known to apt, not installed" "; type: apt-get install ${known//+/\\+} " \
		"${make[@]}" modules KREL="${known#linux-headers-}"
else
	ktap_result 4 "headers: known to apt, not installed" "apt knows none"
fi
row "compiler: missing" 'the compiler .*gcc-99 is missing; type: apt-get install gcc-99$' \
	"${make[@]}" modules KDIR="$tmp/headers-99"
row "compiler: older than the kernel's" \
	'was built with gcc 12, and .*old-gcc is 4; type: apt-get install gcc' \
	"${make[@]}" modules KDIR="$tmp/headers" CC="$tmp/old-gcc"
row "compiler: of another family" \
	'was built with gcc, and .*clang is clang; type: apt-get install gcc' \
	"${make[@]}" modules KDIR="$tmp/headers" CC="$tmp/clang"
row "compiler: gcc for a kernel of clang" \
	'was built with clang, and gcc is gcc; type: apt-get install clang-99 lld-99 llvm-99, then: make modules LLVM=-99$' \
	"${make[@]}" modules KDIR="$tmp/headers-clang"
row "compiler: that LLVM= names is missing" \
	'the compiler clang-99 is missing; type: apt-get install clang-99 lld-99 llvm-99, then: make modules LLVM=-99$' \
	"${make[@]}" modules KDIR="$tmp/headers-clang" LLVM=-99
row "compiler: that LLVM= names is older than the kernel's" \
	'was built with clang 99, and .*/clang is 14; type: apt-get install clang-99 lld-99 llvm-99, then: ' \
	"${make[@]}" modules KDIR="$tmp/headers-clang" LLVM="$tmp/"

cross=(ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-)
headers "$tmp/arm64" gcc 4 CONFIG_ARM64
headers "$tmp/arm64-99" aarch64-linux-gnu-gcc-99 99 CONFIG_ARM64
headers "$tmp/x86" gcc 4 CONFIG_X86
row "arm64: headers without ARCH=" \
	"^make modules: the headers in $tmp/arm64 are for arm64, not for x86; type: make modules ${cross[*]} KDIR=$tmp/arm64\$" \
	"${make[@]}" modules KDIR="$tmp/arm64"
row "arm64: ARCH=arm64 with headers of x86" \
	"^make modules: the headers in $tmp/x86 are for x86, not for arm64; without ARCH=arm64 they fit; for arm64, name others: make modules ARCH=arm64 KDIR=" \
	"${make[@]}" modules "${cross[@]}" KDIR="$tmp/x86"
row "arm64: no headers" \
	'^make modules: no kernel headers in /nowhere; unpack those of a kernel for arm64, and name them: make modules ARCH=arm64 KDIR=' \
	"${make[@]}" modules "${cross[@]}" KDIR=/nowhere
row "arm64: no cross-compiler" \
	'the compiler aarch64-linux-gnu-gcc-99 is missing; type: apt-get install gcc-99-aarch64-linux-gnu$' \
	"${make[@]}" modules "${cross[@]}" KDIR="$tmp/arm64-99"
row "arm64: no CROSS_COMPILE=" \
	"the compiler gcc is not for arm64, as the headers are; type: make modules ${cross[*]} KDIR=$tmp/arm64\$" \
	"${make[@]}" modules ARCH=arm64 KDIR="$tmp/arm64"

# Programs of another machine, and headers that were unpacked without them.
headers "$tmp/foreign" gcc 4
printf '\177ELF' >"$tmp/foreign/scripts/mod/modpost"
row "headers: their programs do not run here" \
	"foreign/scripts/mod/modpost does not run on this machine; type: make -C $tmp/foreign modules_prepare\$" \
	"${make[@]}" modules KDIR="$tmp/foreign" CC=gcc
headers "$tmp/unpacked/usr/src/linux" gcc 4
rm -r "$tmp/unpacked/usr/src/linux/scripts"
ln -s ../../lib/linux-kbuild-9.9/scripts "$tmp/unpacked/usr/src/linux/scripts"
row "headers: their programs are in another package" \
	"fixdep does not run on this machine; type: apt-get download linux-kbuild-9\.9 && dpkg-deb -x linux-kbuild-9\.9_\*\.deb $tmp/unpacked\$" \
	"${make[@]}" modules KDIR="$tmp/unpacked/usr/src/linux" CC=gcc
small "$tmp/full" 64
row "space: none to build in" "^make modules: no space in $tmp/full/build; free some" \
	"${make[@]}" modules KDIR="$tmp/headers" CC=gcc BUILD="$tmp/full/build"

for target in install uninstall dkms-install dkms-uninstall; do
	row "root: make $target" "^make $target: needs root; type: sudo make $target\$" \
		"${nobody[@]}" "${make[@]}" "$target"
done
row "root: a build directory of another user's" \
	"^make modules: can't write to $tree/build; type: sudo make modules" \
	"${nobody[@]}" "${make[@]}" modules KDIR="$tmp/headers" CC=gcc
row "root: packages" \
	"^packages.sh: missing: $absent; type: sudo apt-get install --no-install-recommends $absent\$" \
	"${nobody[@]}" "$tree/scripts/packages.sh" "$absent"
row "root: a build root" '^root.sh: a build root needs root; type: sudo .* make bookworm make' \
	"${nobody[@]}" "$tree/scripts/root.sh" make bookworm make

row "network: none for packages" \
	"^packages.sh: no network: .* needed: $absent; then type: apt-get update && apt-get install .*$absent" \
	"${alone[@]}" "$tree/scripts/packages.sh" "$absent"
row "network: none for a kernel" '^kernel.sh: no lists of .*: E: .*; with a network, type: apt-get update' \
	"${alone[@]}" "$tree/scripts/kernel.sh" get 6.12
row "network: none for a build root" '^root.sh: no root of trixie: E: .*; with a network, type: apt-get update' \
	"${alone[@]}" "$tree/scripts/root.sh" make trixie make
row "kernel: no such key" '^kernel.sh: no kernel 9\.9; there are: ' "$tree/scripts/kernel.sh" get 9.9
find "$tree/build" -maxdepth 3 \( -name '*.ko' -o -name 'vmlinu*' -o -path "*/roots/[!.]*" \) >"$tmp/left"
ktap_test "nothing was left in build/" diff /dev/null "$tmp/left"
small "$tree/build" 512
row "space: none for a kernel" \
	"^kernel.sh: no space for kernel 6\.12: it takes up to [0-9]+ MiB, and $tree/build has 0; free some, then" \
	"${alone[@]}" "$tree/scripts/kernel.sh" get 6.12
row "space: none for a kernel that is built" "^build-kernel.sh: no space for the kernel's source: it takes" \
	"${alone[@]}" "$tree/scripts/kernel.sh" get debug
row "space: none for a build root" '^root.sh: no space for build root trixie: it takes up to ' \
	"${alone[@]}" "$tree/scripts/root.sh" make trixie make
row "space: none for the kernel's source" "^linux-source.sh: no space for the kernel's source: it takes" \
	"${alone[@]}" "$tree/scripts/linux-source.sh" "$tree/build/source"
umount "$tree/build"
small "$tmp/apt/archives" 16
mkdir "$tmp/apt/archives/partial"
row "space: none for packages" "^packages.sh: no space for: $absent; free some .*, then run this again" \
	"${alone[@]}" "$tree/scripts/packages.sh" "$absent"

# A guest's root, on a disk that is full at once or halfway.
mkdir -p "$tmp/stage$updates" "$tree/build/tools"
head -c 262144 /dev/urandom >"$tmp/stage$updates/pvpanic-guest.ko"
head -c 262144 /dev/urandom >"$tree/build/tools/pvpanic-check"
row "install: a kernel that is not there" '^make install: kernel 9\.9\.9 is not installed here' \
	env "DESTDIR=$root" "${install[@]}"
guest_root()
{
	small "$root" "$1"
	mkdir -p "$root$updates" "$root"/{etc/modprobe.d,usr/local/bin,usr/local/share/man}
	depmod -b "$root" 9.9.9 2>/dev/null
}

for case in "128 none for the module" "400 for the module, not for the other files"; do
	guest_root "${case%% *}"
	row "space: ${case#* }" \
		"^make install: no space, and nothing was changed: .*$root/.*No space left.*; free some, then run this again" \
		env "DESTDIR=$root" "${install[@]}"
	umount "$root"
done
guest_root 400
small "$tmp/backup" 4
echo old | tee "$root$updates/pvpanic-guest.ko.xz" >"$root/etc/modprobe.d/pvpanic-guest.conf"
depmod -b "$root" 9.9.9 2>/dev/null
row "space: what was installed stays" '^make install: no space, and nothing was changed: ' \
	env "DESTDIR=$root" "${install[@]}"
row "space: none for a copy of what is installed" \
	"^make install: no space in $tmp/backup to copy what is installed; free some" \
	env "DESTDIR=$root" "TMPDIR=$tmp/backup" "${install[@]}"

# Kernels, DKMS and sources of this machine are hidden.
small /lib/modules 64
small /var/lib/dkms 64
small /usr/src 16
row "dkms: no kernel has headers" \
	'^make dkms-install: no kernel here has its headers; type: apt-get install linux-headers-' \
	"${dkms_install[@]}"
headers /lib/modules/5.4.9/build gcc 4
row "dkms: the kernel is too old" '^make dkms-install: the module is for later kernels than 5\.4\.9; type: ' \
	"${dkms_install[@]}"
row "dkms: no headers for the kernel asked for" \
	'^make dkms-install: kernel 9\.9\.8 has no headers here; type: apt-get install linux-headers-9\.9\.8$' \
	"${dkms_install[@]}" 9.9.8
headers /lib/modules/9.9.9/build x86_64-linux-gnu-gcc-99 99
row "dkms: the compiler is missing" \
	'^make dkms-install: the compiler .*gcc-99 is missing; type: apt-get install gcc-99$' \
	"${dkms_install[@]}"
headers /lib/modules/9.9.9/build gcc 4
row "dkms: no space to build" '^make dkms-install: no space in /var/lib/dkms; free some' "${dkms_install[@]}"
mount -o remount,size=8m /var/lib/dkms
row "dkms: no space for the sources" \
	'^make dkms-install: no space, and nothing was changed: cp: .*/usr/src/.*No space left.*; free some' \
	"${dkms_install[@]}"
mkdir -p /var/lib/dkms/pvpanic-guest/1.0
row "install: DKMS has the module" '^make install: DKMS has the module already; type: make dkms-uninstall$' \
	"${install[@]}"
mkdir $updates
touch $updates/pvpanic-guest.ko
row "dkms: installed by hand" "^make dkms-install: $updates/pvpanic-guest.ko is there; type: make uninstall KREL=9\.9\.9\$" \
	"${dkms_install[@]}"
ktap_end
