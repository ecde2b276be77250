#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel-doc.sh ARGUMENT...: the kernel's own scripts/kernel-doc, of whichever kernel
# has its build tools here. It comes with the headers and is not copied into the project.
set -eu

tool=$(find /usr/lib -maxdepth 3 -path '*/linux-kbuild-*/scripts/kernel-doc' | sort -V | tail -n1)
if [ -z "$tool" ]; then
	"$(dirname "$0")/../scripts/packages.sh" linux-headers-amd64 >&2
	tool=$(find /usr/lib -maxdepth 3 -path '*/linux-kbuild-*/scripts/kernel-doc' | sort -V | tail -n1)
fi
exec "$tool" "$@"
