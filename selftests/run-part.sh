#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run-part.sh PART: one part of `make check`. It shows what make check-PART prints, each line with
# the part's name, because several parts run at once. The results and the exit status go to
# build/check/, where summary.awk counts them.
set -u

part=$1
log=build/check
start=$SECONDS

echo "# check-$part begins"
# Without this make's flags, the part does not share its job slots.
MAKEFLAGS='' ${MAKE:-make} --no-print-directory "check-$part" 2> >(sed -u "s/^/$part: /" >&2) |
	tee "$log/$part.ktap" | sed -u "s/^/$part: /"
status=${PIPESTATUS[0]}
echo "# check-$part took $((SECONDS - start)) s"
echo "$status" >"$log/$part.status"
