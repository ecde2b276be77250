#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian roots of other suites, to build or to install in:
#
#	root.sh make SUITES PKG...	build/roots/SUITE has these packages; NAME=SUITES
#					makes build/roots/NAME instead
#	root.sh run SUITE COMMAND...	runs there; the project is seen at its own path
#	root.sh copy SUITE DIR		a root of one's own, to be spoilt and deleted
#
# A root is a function of its list of packages: when one is missing, the root is
# made anew with that one added, under another name, and takes the old one's place
# when it is whole. Mounts live in a mount namespace of the command's own, so none
# can be left behind, however it ends. DIR may stand for SUITE in run.
set -eu
export LC_ALL=C

LIB=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$LIB/../.." && pwd)
BUILD=$TOP/build

die()
{
	echo "root.sh: $*" >&2
	exit 1
}

# shellcheck source=selftests/lib/apt.bash
. "$LIB/apt.bash"

root_dir()
{
	case $1 in
	/*) echo "$1" ;;
	*) echo "$BUILD/roots/$1" ;;
	esac
}

make_root()
{
	local suites=${1#*=} suite=${1#*=} name=${1%%=*} list pkg missing='' tmp

	suite=${suite%%,*}
	name=${name%%,*}
	shift
	[ "$(id -u)" = 0 ] || die "a build root needs root; type: sudo $0 make $suites $*"
	list=$BUILD/roots/$name/.packages
	mkdir -p "$BUILD/roots"
	exec 6>"$BUILD/roots/.$name.lock"
	flock 6
	for pkg; do
		grep -qxF "$pkg" "$list" 2>/dev/null || missing+=" $pkg"
	done
	grep -qxF "suites=$suites" "$list" 2>/dev/null || missing+=" "
	[ "$missing" ] || return 0

	# What the root had stays, and with it the suites that it came from.
	if [ -e "$list" ]; then
		suites=$(grep '^suites=' "$list" | cut -d= -f2 | tr , '\n' |
			cat - <(tr , '\n' <<<"$suites") | awk '!seen[$0]++' | paste -sd,)
		mapfile -t had < <(grep -v '^suites=' "$list")
		set -- "${had[@]}" "$@"
	fi
	mapfile -t packages < <(printf '%s\n' "$@" | sort -u)

	"$LIB/packages.sh" mmdebstrap debian-archive-keyring
	echo "build root $name: ${packages[*]}" >&2
	tmp=$(mktemp -d "$BUILD/roots/.new.XXXXXX")
	# shellcheck disable=SC2064 # the name is fixed here
	trap "rm -rf '$tmp' '$tmp.log' '$tmp.list'" EXIT
	chmod 755 "$tmp"
	# shellcheck disable=SC2046,SC2086 # one word a suite
	sources ${suites//,/ } >"$tmp.list"
	mmdebstrap --mode=root --variant=apt --arch=amd64 \
		--aptopt='APT::Install-Recommends "false"' \
		--aptopt='Acquire::Languages "none"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='force-unsafe-io' \
		--include="$(IFS=,; echo "${packages[*]}")" \
		"$suite" "$tmp" "$tmp.list" >"$tmp.log" 2>&1 ||
		die "no root of $suite: $(grep -m1 '^E: ' "$tmp.log" || tail -n1 "$tmp.log")"
	{
		echo "suites=$suites"
		printf '%s\n' "${packages[@]}"
	} >"$tmp/.packages"
	if [ -d "$BUILD/roots/$name" ]; then
		mv "$BUILD/roots/$name" "$tmp.old"
		rm -rf "$tmp.old" &
	fi
	mv "$tmp" "$BUILD/roots/$name"
	wait
}

# The project is mounted at its own path, so that a compiler's message names a
# file that exists outside too. objtool of 7.x reads /proc.
run()
{
	local dir

	dir=$(root_dir "$1")
	shift
	[ -d "$dir/proc" ] || die "no root $dir; type: $0 make SUITES PKG..."
	mkdir -p "$dir$TOP"
	# shellcheck disable=SC2016 # the inner shell's own
	exec unshare --mount --propagation private -- /bin/sh -euc '
		dir=$1 top=$2
		shift 2
		mount -t proc proc "$dir/proc"
		mount -t sysfs -o ro sysfs "$dir/sys"
		mount --bind /dev "$dir/dev"
		mount --bind "$top" "$dir$top"
		exec chroot "$dir" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
	' sh "$dir" "$TOP" "$@"
}

copy_root()
{
	local dir

	dir=$(root_dir "$1")
	[ -e "$dir/.packages" ] || die "no root $1"
	[ ! -e "$2" ] || die "$2 is there already"
	cp -a --reflink=auto "$dir" "$2"
	cp -L /etc/resolv.conf "$2/etc/resolv.conf"
}

case ${1:-} in
make) [ $# -ge 3 ] || die "usage: root.sh make SUITES PKG..." ;;
run) [ $# -ge 3 ] || die "usage: root.sh run SUITE COMMAND..." ;;
copy) [ $# -eq 3 ] || die "usage: root.sh copy SUITE DIR" ;;
*) die "usage: root.sh make|run|copy ..." ;;
esac

action=$1
shift
case $action in
make) make_root "$@" ;;
run) run "$@" ;;
copy) copy_root "$@" ;;
esac
