#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build-kernel.sh KEY COMPILER FRAGMENT...: a kernel that Debian has not, built from
# Debian's source, its configuration the fragments scripts/kconfig/FRAGMENT.config and
# nothing more. A later fragment overrides an earlier one. COMPILER is "-" for gcc, or
# clang-VERSION for LLVM of that version. Lays the kernel out in build/kernels/KEY as
# kernel.sh does for Debian's, by a rename. A KEY that ends in -arm64 is cross-built.
#
# The source and what was compiled stay in build/linux, where modules are built with
# them. A build that was interrupted goes on from there.
set -eu -o pipefail

# shellcheck source=scripts/common.bash
. "$(dirname "$0")/common.bash"
LINUX=$BUILD/linux

[ $# -ge 3 ] || die "usage: build-kernel.sh KEY COMPILER FRAGMENT..."
key=$1 compiler=$2
shift 2
make=(make -C "$BUILD/linux/source" "O=$BUILD/linux/$key")
tools=(gcc libc6-dev binutils make flex bison bc libelf-dev kmod perl)
image=arch/x86/boot/bzImage
case $key in
*-arm64)
	make+=(ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-)
	tools+=(gcc-aarch64-linux-gnu)
	image=arch/arm64/boot/Image
	;;
esac
if [ "$compiler" != - ]; then
	make+=("LLVM=${compiler#clang}")
	tools+=("$compiler" "lld${compiler#clang}" "llvm${compiler#clang}")
fi
out=$LINUX/$key
dir=$BUILD/kernels/$key
tmp=$out/result

# Not what other machines and devices need; their Kconfig files are read all the same.
unpack_source()
{
	local part no=()

	[ ! -e "$LINUX/source/arch/arm64/kernel/smp.c" ] || return 0
	for part in gpu media 'net/*'; do
		no+=("--exclude=linux-source-*/drivers/$part/*.[ch]")
	done
	echo "kernel $key: unpacking the source" >&2
	"$LIB/linux-source.sh" "$LINUX/source" --strip-components=1 --wildcards "${no[@]}" \
		--exclude='linux-source-*/arch/[!ax]*/*.[chS]' --exclude='linux-source-*/arch/*/boot/dts/*/*' \
		--exclude='linux-source-*/Documentation/*/*' --exclude='linux-source-*/sound/*.[ch]'
}

# A fragment may ask for what doesn't go together: that is noticed here, not in a guest.
configure()
{
	local missing

	if [ -e "$out/.config" ] && cmp -s "$out/asked.new" "$out/asked"; then
		return
	fi
	"${make[@]}" -s "KCONFIG_ALLCONFIG=$out/asked.new" allnoconfig \
		>"$out/log" 2>&1 || die "can't configure $key: $(tail -n1 "$out/log")"
	missing=$(awk 'NR == FNR { has[$0]; next } /^CONFIG/ && !($0 in has)' \
		"$out/.config" "$out/asked.new" | xargs)
	[ ! "$missing" ] || { rm "$out/.config"; die "$key: the kernel did not take $missing"; }
	mv "$out/asked.new" "$out/asked"
}

# make's lines as one line that counts up: rewritten in place on a terminal, a word
# every 250 files in a log.
progress()
{
	local n=0 step=250

	[ -t 2 ] && step=5
	while IFS= read -r line; do
		case $line in *" CC "*|*" AS "*) n=$((n + 1)) ;; *) continue ;; esac
		[ $((n % step)) = 0 ] || continue
		if [ -t 2 ]; then
			printf '\r  kernel %s: %d files' "$key" "$n" >&2
		else
			printf '  kernel %s: %d files, %d s\n' "$key" "$n" "$SECONDS" >&2
		fi
	done
	[ ! -t 2 ] || [ "$n" -lt "$step" ] || echo >&2
}

compile()
{
	"${make[@]}" "-j$(nproc)" "${image##*/}" modules 2>"$out/log" | progress || {
		need_no_fill "$out/log" "kernel $key"
		die "$key: $(grep -m1 -i error "$out/log" || tail -n1 "$out/log")"
	}
}

# QEMU boots the ELF file by its PVH note; it needs none of the symbols.
lay_out()
{
	local release

	release=$(cat "$out/include/config/kernel.release")
	rm -rf "$tmp"
	mkdir "$tmp"
	"${make[@]}" -s "INSTALL_MOD_PATH=$tmp/root" INSTALL_MOD_STRIP=1 \
		modules_install >"$out/log" 2>&1 || {
		need_no_fill "$out/log" "kernel $key"
		die "$key: $(tail -n1 "$out/log")"
	}
	mv "$tmp/root/lib/modules/$release" "$tmp/modules"
	rm -rf "$tmp/root" "$tmp/modules/build" "$tmp/modules/source"
	cp "$out/$image" "$tmp/vmlinuz"
	[ "${image##*/}" != bzImage ] || strip -o "$tmp/vmlinux" "$out/vmlinux"
	cp "$out/.config" "$tmp/config"
	cp "$out/System.map" "$tmp/System.map"
	echo "$release" >"$tmp/release"
	rm -f "$BUILD/$release/.built"	# modules for one that was here before
	rm -rf "$dir"
	mv "$tmp" "$dir"
}

mkdir -p "$out" "$BUILD/kernels"
exec 6>"$out/.lock"
flock 6
{
	(cd "$TOP/scripts/kconfig" && cat -- "${@/%/.config}")
	[ "$compiler" = - ] || echo "# $compiler"
} |
	tac | awk -F= '!/^CONFIG_/ || !seen[$1]++' | tac >"$out/asked.new"
[ ! -e "$dir/release" ] || ! cmp -s "$out/asked.new" "$out/asked" || exit 0
[ -e "$LINUX/source" ] || need_room 700 "the kernel's source"
need_room 300 "kernel $key"
"$LIB/packages.sh" "${tools[@]}"
(flock 7; unpack_source) 7>"$LINUX/.lock"
configure
echo "kernel $key: it is built once, which takes minutes on two cores" >&2
compile
lay_out
