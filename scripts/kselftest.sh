#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kselftest.sh DIR [TREE]: what a collection of the kernel's kselftest needs (headers,
# lib.mk, the runner), in DIR, which has the shape of a kernel tree. It comes from the
# kernel tree TREE (or its tools/testing/selftests), else from the source that Debian has;
# then checkpatch comes along, for the source is unpacked but once.
set -eu

# shellcheck source=scripts/common.bash
. "$(dirname "$0")/common.bash"

selftests=tools/testing/selftests
wanted=("$selftests"/{Makefile,lib.mk,run_kselftest.sh} scripts/subarch.include)

[ $# -eq 1 ] || [ $# -eq 2 ] || die "usage: kselftest.sh DIR [TREE]"
mkdir -p "$BUILD"
if [ $# -eq 1 ]; then
	checkpatch=(scripts/{checkpatch.pl,spelling.txt,const_structs.checkpatch})
	exec 6>"$BUILD/.kselftest.lock"
	flock 6		# make lint and make host-sim may want it at once
	[ ! -e "$1/${checkpatch[0]}" ] || exit 0
	exec "$LIB/linux-source.sh" "$1" --strip-components=1 --wildcards \
		"${wanted[@]/#/linux-source-*/}" "${checkpatch[@]/#/linux-source-*/}" \
		"linux-source-*/$selftests/kselftest*"
fi

tree=$2
[ ! -e "$tree/kselftest_harness.h" ] || tree=$tree/../../..
[ -e "$tree/$selftests/lib.mk" ] || die "$2 is no kernel tree: it has no $selftests/lib.mk"
tmp=$(mktemp -d "$BUILD/.kselftest.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"
mkdir "$tmp/tree"
(cd "$tree" && tar -cf - "${wanted[@]}" "$selftests"/kselftest*) | tar -xf - -C "$tmp/tree"
rm -rf "$1"
mv "$tmp/tree" "$1"
