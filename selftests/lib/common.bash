# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # whoever sources this uses them
#
# How the scripts here begin: where they lie, and how they end when they can't go on.

export LC_ALL=C

LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$LIB/../.." && pwd)
BUILD=$TOP/build

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}
