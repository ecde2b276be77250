#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a user can do wrong, or lack: headers, a compiler, space, root, a network. Each
# case must end in one line that says what is missing and what mends it, and leave
# nothing half done. KTAP on stdout.
#
# All of it is tried on a copy of the tree, for what can be tried only as another
# user or on a full disk; what is full is a small tmpfs in a mount namespace of its
# own, and without a network one is in a network namespace.
set -eu -o pipefail
export LC_ALL=C

cd "$(dirname "$0")/../.."
if [ "${1:-}" != inside ]; then
	echo "TAP version 13"
	if [ "$(id -u)" != 0 ]; then
		echo "Bail out! full disks and other users need root; type: sudo make check-errors"
		exit 1
	fi
	scripts/packages.sh gcc make util-linux mount kmod mmdebstrap debian-archive-keyring >&2
	propagation=private
	grep -q '^[0-9]* [0-9]* [0-9:]* [^ ]* / ' /proc/self/mountinfo || propagation=unchanged
	tmp=$(mktemp -d)
	chmod 755 "$tmp"
	trap 'rm -rf "$tmp"' EXIT
	unshare --mount --propagation $propagation -- "$0" inside "$tmp"
	exit
fi

tmp=$2
tree=$tmp/tree
log=$tmp/log
number=0 failed=0

report()
{
	number=$((number + 1))
	if [ "$2" ]; then
		echo "not ok $number $1 # $2"
		head -n 20 "$log" | sed 's/^/# /'
		failed=$((failed + 1))
	else
		echo "ok $number $1"
	fi
}

# What make says of its recipes, and progress, are no error messages.
said()
{
	grep -vE '^make(\[[0-9]+\])?: |^installing: |^ .*%$|^kernel [^ ]*: |^unpacking, |^build root ' \
		"$log" || true
}

# expect NAME PATTERN COMMAND...: it fails, says one line, and that fits.
expect()
{
	local name=$1 pattern=$2 fault='' lines

	shift 2
	if "$@" >"$log" 2>&1 </dev/null; then
		fault="it should have failed"
	fi
	lines=$(said | wc -l)
	[ "$fault" ] || [ "$lines" = 1 ] || fault="$lines lines, not one"
	[ "$fault" ] || said | grep -qE -- "$pattern" || fault="the line is not like: $pattern"
	report "$name" "$fault"
}

# same NAME DIR...: nothing was left there since the last time that it was asked
same()
{
	local name=$1 now fault=''

	shift
	now=$(find "$@" \( -type d -printf '%p/\n' -o -printf '%p %s\n' \) 2>/dev/null | sort)
	[ -z "$name" ] || [ "$now" = "$was" ] || fault="something was left behind or is gone"
	[ -z "$fault" ] || diff <(echo "$was") <(echo "$now") >"$log" || true
	was=$now
	[ -z "$name" ] || report "$name" "$fault"
}

# full DIR SIZE FREE-KIB: a tmpfs of that size with no more than that left
full()
{
	mkdir -p "$1"
	mount -t tmpfs -o "size=$2k,mode=755" tmpfs "$1"
	dd if=/dev/zero of="$1/filler" bs=1k count=$(($2 - $3)) 2>/dev/null
}

# headers DIR COMPILER MAJOR: what is read of a kernel's headers before a build
headers()
{
	mkdir -p "$1/include/config"
	{
		echo "CONFIG_CC_VERSION_TEXT=\"$2 (Debian) $3.0.0\""
		echo "CONFIG_CC_IS_GCC=y"
		echo "CONFIG_GCC_VERSION=${3}0000"
	} >"$1/include/config/auto.conf"
	: >"$1/.kernelvariables"
}

program()
{
	printf '#!/bin/sh\n%s\n' "$2" >"$1"
	chmod 755 "$1"
}

mkdir "$tree"
find . -mindepth 1 -maxdepth 1 ! -name build ! -name .git -exec cp -a -t "$tree" {} +
chmod -R go+rX "$tree"
nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups -- env HOME=/nonexistent)
make=(make -s --no-print-directory -C "$tree")
# A package that apt knows and this machine doesn't have.
for absent in hello sl cowsay figlet; do
	dpkg-query -W "$absent" >/dev/null 2>&1 && continue
	apt-cache show --no-all-versions "$absent" >/dev/null 2>&1 && break
done
echo "1..33"

headers "$tmp/headers" gcc 12
headers "$tmp/headers-99" x86_64-linux-gnu-gcc-99 99
program "$tmp/old-gcc" 'case $* in -dumpversion) echo 4 ;; *) cat ;; esac'
program "$tmp/clang" 'case $* in -dumpversion) echo 14 ;; *) echo clang_is_here ;; esac'

expect "headers: KDIR is wrong" \
	'^make modules: no kernel headers in /nowhere; .*(type|name those).*\(there are:' \
	"${make[@]}" modules KDIR=/nowhere
expect "headers: not those of the kernel asked for" \
	'no kernel headers in /lib/modules/9\.9\.9/build; name those of another kernel: make modules KREL=' \
	"${make[@]}" modules KREL=9.9.9
expect "headers: install asks for them too" 'no kernel headers in .*/9\.9\.9/build; ' \
	"${make[@]}" install KREL=9.9.9
known=$(apt-cache pkgnames linux-headers-6 2>/dev/null | grep -E -- '-(cloud-)?amd64$' |
	while read -r pkg; do
		[ -e "/lib/modules/${pkg#linux-headers-}/build" ] || { echo "$pkg"; break; }
	done)
if [ "$known" ]; then
	expect "headers: known to apt, not installed" "; type: apt-get install ${known//+/\\+} " \
		"${make[@]}" modules KREL="${known#linux-headers-}"
else
	number=$((number + 1))
	echo "ok $number headers: known to apt, not installed # SKIP apt knows none"
fi
expect "headers: dkms-install for a kernel without" \
	'^make dkms-install: kernel 9\.9\.9 has no headers here; type: apt-get install linux-headers-9\.9\.9$' \
	"$tree/drivers/install/install.sh" dkms-install 9.9.9
expect "compiler: missing, for whom" '^make dkms-install: the compiler .*gcc-99 is missing; type: apt-get install gcc-99$' \
	"$tree/scripts/check-kdir.sh" "$tmp" "$tmp/headers-99" 9.9.9 "" "make dkms-install"
expect "compiler: missing" 'the compiler .*gcc-99 is missing; type: apt-get install gcc-99$' \
	"${make[@]}" modules KDIR="$tmp/headers-99"
expect "compiler: older than the kernel's" \
	'was built with gcc 12, and .*old-gcc is 4; type: apt-get install gcc' \
	"${make[@]}" modules KDIR="$tmp/headers" CC="$tmp/old-gcc"
expect "compiler: of another family" \
	'was built with gcc, and .*clang is clang; type: apt-get install gcc' \
	"${make[@]}" modules KDIR="$tmp/headers" CC="$tmp/clang"
same '' "$tree"
full "$tmp/full" 1024 64
expect "space: none to build in" "^make modules: no space in $tmp/full/build; free some" \
	"${make[@]}" modules KDIR="$tmp/headers" CC=gcc BUILD="$tmp/full/build"
same "space: and nothing was built" "$tree"

# A guest's root on a disk that is full at once, or halfway.
root=$tmp/full
stage=$tmp/stage/lib/modules/9.9.9/updates
mkdir -p "$stage" "$root/lib/modules/9.9.9" "$root/etc/modprobe.d" "$root/usr/local/bin" \
	"$root/usr/local/share/man" "$tree/build/tools"
head -c 262144 /dev/urandom >"$stage/pvpanic-guest.ko"
head -c 262144 /dev/urandom >"$tree/build/tools/pvpanic-check"
depmod -b "$root" 9.9.9 2>/dev/null
install=(env "DESTDIR=$root" "$tree/drivers/install/install.sh" install)
same '' "$root"
expect "install: a kernel that is not there" 'kernel 8\.8\.8 is not installed here' \
	"${install[@]}" 8.8.8 "$tmp/stage"
expect "space: none for the module" \
	"no space for the module in $root/lib/modules/9.9.9; free some, then run this again" \
	"${install[@]}" 9.9.9 "$tmp/stage"
same "space: and no module was installed" "$root"
rm "$root/filler"
dd if=/dev/zero of="$root/filler" bs=1k count=500 2>/dev/null
same '' "$root"
expect "space: for the module, not for what goes with it" \
	'could not be finished and was undone: .*No space left.*; free some .*run this again' \
	"${install[@]}" 9.9.9 "$tmp/stage"
same "space: and all of it was undone" "$root"

for target in install uninstall dkms-install dkms-uninstall; do
	expect "root: make $target" "^make $target: needs root; type: sudo make $target\$" \
		"${nobody[@]}" "${make[@]}" "$target"
done
expect "root: a build directory of another user's" \
	"^make modules: can't write to $tree/build; type: sudo make modules" \
	"${nobody[@]}" "${make[@]}" modules KDIR="$tmp/headers" CC=gcc
expect "root: packages" \
	"^packages.sh: missing: $absent; type: sudo apt-get install --no-install-recommends $absent\$" \
	"${nobody[@]}" "$tree/scripts/packages.sh" "$absent"
expect "root: a build root" '^root.sh: a build root needs root; type: sudo .* make bookworm make' \
	"${nobody[@]}" "$tree/scripts/root.sh" make bookworm make

# Nothing is installed on this machine here, whatever goes wrong.
mkdir -p "$tmp/apt/archives/partial"
printf 'Dir::Bin::dpkg "/bin/false";\nDir::Cache::archives "%s";\n' "$tmp/apt/archives" >"$tmp/apt.conf"
alone=(unshare --net -- env "APT_CONFIG=$tmp/apt.conf")
expect "network: none for packages" \
	"^packages.sh: no network: .* needed: $absent; then type: apt-get update && apt-get install .*$absent" \
	"${alone[@]}" "$tree/scripts/packages.sh" "$absent"
expect "network: none for a kernel" '^kernel.sh: no lists of .*: E: .*; with a network, type: apt-get update' \
	"${alone[@]}" "$tree/scripts/kernel.sh" get 6.12
expect "network: none for a build root" '^root.sh: no root of trixie: E: .*; with a network, type: apt-get update' \
	"${alone[@]}" "$tree/scripts/root.sh" make trixie make
full "$tree/build" 1024 512
expect "space: none for a kernel" \
	"^kernel.sh: no space for kernel 6\.12: it takes up to [0-9]+ MiB, and $tree/build has 0; free some, then" \
	"${alone[@]}" "$tree/scripts/kernel.sh" get 6.12
expect "space: none for a kernel that is built" "^build-kernel.sh: no space for the kernel's source: it takes" \
	"${alone[@]}" "$tree/scripts/kernel.sh" get debug
expect "space: none for a build root" '^root.sh: no space for build root trixie: it takes up to ' \
	"${alone[@]}" "$tree/scripts/root.sh" make trixie make
expect "space: none for the kernel's source" "^linux-source.sh: no space for the kernel's source: it takes" \
	"${alone[@]}" "$tree/scripts/linux-source.sh" "$tree/build/source"
umount "$tree/build"
mount -t tmpfs -o size=16k tmpfs "$tmp/apt/archives"
mkdir "$tmp/apt/archives/partial"
expect "space: none for packages" "^packages.sh: no space for: $absent; free some .*, then run this again" \
	"${alone[@]}" "$tree/scripts/packages.sh" "$absent"
expect "kernel: no such key" '^kernel.sh: no kernel 9\.9; there are: ' "$tree/scripts/kernel.sh" get 9.9

find "$tree/build" "$tree/build/roots" -maxdepth 2 \
	\( -name '*.ko' -o -name 'vmlinu*' -o -path "*/roots/[!.]*" \) >"$log" 2>/dev/null || true
report "nothing was left in build/" "$([ ! -s "$log" ] || echo "this is there:")"
exit $((failed > 0))
