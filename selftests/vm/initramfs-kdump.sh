#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Adds to a kernel's guest root what kdump needs: kexec, the kernel itself as its
# own crash kernel, and a small root for that one, with makedumpfile.
# usage: initramfs-kdump.sh KERNEL-DIR BUILD-DIR
set -eu -o pipefail

kernel=$1 build=$2
release=$(cat "$kernel/release")
base=$build/selftests/vm/initramfs-$release.cpio
out=$build/selftests/vm/initramfs-kdump-$release.cpio
root=$(mktemp -d "$build/selftests/vm/root.XXXXXX")
new=$out.new.$$
trap 'rm -rf "$root" "$new"' EXIT
trap 'exit 1' HUP INT TERM	# only when the command that fills it has ended

pack()
{
	(cd "$1" && find . | LC_ALL=C sort | cpio --quiet -o -H newc)
}

# libraries FILE DIR: copies the libraries that FILE needs, and those that they need. ldd would run a program of another
# architecture, which this machine cannot.
libraries()
{
	local name

	readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | while read -r name; do
		[ ! -e "$2/$name" ] || continue
		cp -L "$(find "$tools" -name "$name" | head -n1)" "$2/$name"
		libraries "$2/$name" "$2"
	done
}

# program NAME ROOT: one of Debian's, with its libraries and their loader.
program()
{
	local dir=$2/kdump

	mkdir -p "$dir/lib" "$2/bin"
	cp "$(find "$tools" -type f -name "$1" -path '*bin/*' | head -n1)" "$dir/$1"
	printf '#!/bin/sh\nexec /kdump/lib/ld.so --library-path /kdump/lib /kdump/%s "$@"\n' "$1" >"$2/bin/$1"
	chmod +x "$2/bin/$1"
	libraries "$dir/$1" "$dir/lib"
	cp -L "$(find "$tools" -name 'ld-linux-*.so.*' | head -n1)" "$dir/lib/ld.so"
}

# shellcheck source=selftests/vm/guest-programs.bash
. "$(dirname "$0")/guest-programs.bash"
mkdir -p "$root/crash/bin" "$root/crash/proc" "$root/crash/sys" "$root/crash/dev" \
	"$root/crash/tmp" "$root/crash/m" "$root/guest/kdump"
cp "${programs[0]}" "$root/crash/init"
cp "$busybox" "$root/crash/bin/busybox"
ln -s busybox "$root/crash/bin/sh"
$strip --strip-debug -o "$root/crash/m/pvpanic-guest.ko" "$build/$release/pvpanic-guest.ko"
program makedumpfile "$root/crash"
program kexec "$root/guest"
cp "$(dirname "$0")/load-crash-kernel.sh" "$root/guest/bin/load-crash-kernel"
pack "$root/crash" | gzip -1 >"$root/guest/kdump/initrd"
cp "$kernel/vmlinuz" "$root/guest/kdump/vmlinuz"
pack "$root/guest" | cat "$base" - >"$new"
mv "$new" "$out"
