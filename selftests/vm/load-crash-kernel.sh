#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# For a guest: loads its crash kernel, which has one CPU and otherwise the guest's own
# command line. usage: load-crash-kernel [OPTION-OF-KEXEC...]
exec kexec -p /kdump/vmlinuz --initrd=/kdump/initrd --reuse-cmdline \
	--append='nr_cpus=1 irqpoll reset_devices' "$@"
