#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian roots of other suites, to build or to install in:
#
#	root.sh make SUITES PKG...	build/roots/SUITE has these packages; NAME=SUITES
#					makes build/roots/NAME instead
#	root.sh fetch SUITE PKG...	downloads what installing PKG there would take
#	root.sh run SUITE COMMAND...	runs there; the project is seen at its own path
#	root.sh spoil SUITE COMMAND...	the same, and forgets all that was changed there
#
# A root is a function of its list of packages: when one is missing, the root is
# made anew with that one added, under another name, and takes the old one's place
# when it is whole. Mounts live in a mount namespace of the command's own, so none
# can be left behind, however it ends. DIR may stand for SUITE in run.
set -eu

# shellcheck source=scripts/common.bash
. "$(dirname "$0")/common.bash"
# shellcheck source=scripts/apt.bash
. "$LIB/apt.bash"

# mmdebstrap has dpkg write to a descriptor by a shell, which knows those below 10
# alone: with too many of ours open (locks, make's) it ends in "Sub-process cat >&11".
without_descriptors()
{
	(
		for fd in 3 4 5 6 7 8 9; do
			eval "exec $fd>&-"
		done
		exec "$@"
	)
}

make_root()
{
	local suites=${1#*=} suite=${1#*=} name=${1%%=*} list pkg asked missing='' tmp

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
	# It may have been made of more suites than are asked for now.
	for asked in ${suites//,/ }; do
		grep -qE "^suites=(.*,)?$asked(,|\$)" "$list" 2>/dev/null || missing+=" "
	done
	[ "$missing" ] || return 0

	# What the root had stays, and with it the suites that it came from.
	if [ -e "$list" ]; then
		suites=$(grep '^suites=' "$list" | cut -d= -f2 | tr , '\n' |
			cat - <(tr , '\n' <<<"$suites") | awk '!seen[$0]++' | paste -sd,)
		mapfile -t had < <(grep -v '^suites=' "$list")
		set -- "${had[@]}" "$@"
	fi
	mapfile -t packages < <(printf '%s\n' "$@" | sort -u)

	need_room 900 "build root $name"
	"$LIB/packages.sh" mmdebstrap debian-archive-keyring mount
	echo "build root $name: ${packages[*]}" >&2
	rm -rf "$BUILD/roots/.new.$name".*	# of a run that was killed
	tmp=$(mktemp -d "$BUILD/roots/.new.$name.XXXXXX")
	# shellcheck disable=SC2064 # the name is fixed here
	trap "rm -rf '$tmp' '$tmp.log' '$tmp.list'" EXIT
	chmod 755 "$tmp"
	# shellcheck disable=SC2046,SC2086 # one word a suite
	sources ${suites//,/ } >"$tmp.list"
	without_descriptors mmdebstrap --mode=root --variant=apt --arch=amd64 \
		--aptopt='APT::Install-Recommends "false"' \
		--aptopt='Acquire::Languages "none"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='force-unsafe-io' \
		--include="$(IFS=,; echo "${packages[*]}")" \
		"$suite" "$tmp" "$tmp.list" >"$tmp.log" 2>&1 ||
		why_not "$tmp.log" "build root $name" "no root of $suite"
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

# What installing PKG there would take is put into the root's own archive, so that
# `apt-get install --no-download` can do it in there later, without a network.
fetch()
{
	local dir=$BUILD/roots/$1 name=$1 apt

	shift
	grep -qxF "fetched $*" "$dir/.fetched" 2>/dev/null && return
	apt=(apt-get -y -q -o "Dir=$dir" -o "Dir::State::status=$dir/var/lib/dpkg/status"
	     -o APT::Sandbox::User=root --no-install-recommends)
	echo "packages for $name: $*" >&2
	if ! "${apt[@]}" update >"$dir/.log" 2>&1 ||
	   ! "${apt[@]}" install --download-only "$@" >"$dir/.log" 2>&1; then
		why_not "$dir/.log" "packages for $name" "can't download $*"
	fi
	echo "fetched $*" >>"$dir/.fetched"
}

# in_root run|spoil NAME COMMAND...: the project is mounted at its own path, so that
# a compiler's message names a file that exists outside too. objtool of 7.x reads
# /proc. What spoil writes goes to memory and is forgotten with the mounts.
in_root()
{
	local how=$1 dir=$BUILD/roots/$2 propagation=private

	[ -d "$dir/proc" ] || die "no root $2; type: $0 make SUITES PKG..."
	[ "$(id -u)" = 0 ] || die "a build root needs root; type: sudo $0 $*"
	shift 2
	mkdir -p "$dir$TOP"
	# A chroot whose root is no mount can't be made private; who made it has done so.
	grep -q '^[0-9]* [0-9]* [0-9:]* [^ ]* / ' /proc/self/mountinfo || propagation=unchanged
	# shellcheck disable=SC2016 # the inner shell's own
	exec unshare --mount --propagation "$propagation" -- /bin/sh -euc '
		how=$1 dir=$2 top=$3
		shift 3
		if [ "$how" = spoil ]; then
			mount -t tmpfs -o mode=755 tmpfs "$dir/mnt"
			mkdir "$dir/mnt/upper" "$dir/mnt/work" "$dir/mnt/root"
			mount -t overlay -o "lowerdir=$dir,upperdir=$dir/mnt/upper,workdir=$dir/mnt/work" \
				overlay "$dir/mnt/root"
			dir=$dir/mnt/root
		fi
		mount -t proc proc "$dir/proc"
		mount -t sysfs -o ro sysfs "$dir/sys"
		mount --rbind /dev "$dir/dev"
		mount --bind "$top" "$dir$top"
		exec chroot "$dir" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
	' sh "$how" "$dir" "$TOP" "$@"
}

case ${1:-} in
make) [ $# -ge 3 ] || die "usage: root.sh make SUITES PKG..." ;;
fetch) [ $# -ge 3 ] || die "usage: root.sh fetch SUITE PKG..." ;;
run) [ $# -ge 3 ] || die "usage: root.sh run SUITE COMMAND..." ;;
spoil) [ $# -ge 3 ] || die "usage: root.sh spoil SUITE COMMAND..." ;;
*) die "usage: root.sh make|fetch|run|spoil ..." ;;
esac

case $1 in
make) shift; make_root "$@" ;;
fetch) shift; fetch "$@" ;;
run|spoil) in_root "$@" ;;
esac
