#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# packages.sh PKG...: as scripts/packages.sh, but a package that brings a
# service doesn't start it: the test wants libvirt's programs, not another libvirt
# on the machine. Debian's packages start services where /run/systemd/system is seen,
# so they are installed where it is not, with all else of /run/systemd, for the
# resolver may live there.
set -eu

bring=$(cd "$(dirname "$0")/../../scripts" && pwd)/packages.sh
if [ ! -d /run/systemd/system ] || [ "$(id -u)" != 0 ]; then
	exec "$bring" "$@"
fi
# shellcheck disable=SC2016 # the inner shell's own
exec unshare --mount --propagation private -- /bin/sh -euc '
	mount -t tmpfs -o mode=755 tmpfs /mnt
	mkdir /mnt/systemd
	mount --rbind /run/systemd /mnt/systemd
	mount -t tmpfs -o mode=755 tmpfs /run/systemd
	for dir in /mnt/systemd/*/; do
		name=$(basename "$dir")
		[ "$name" != system ] || continue
		mkdir "/run/systemd/$name"
		mount --rbind "$dir" "/run/systemd/$name"
	done
	umount -R -l /mnt
	exec "$@"
' sh "$bring" "$@"
