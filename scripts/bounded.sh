#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bounded.sh SECONDS COMMAND...: COMMAND, for so long at most (then status 124, or 137).
# It stays in the process group of whoever starts it, so that Ctrl-C reaches it, and it
# ends with who started it, however that ended: a guest must not outlive its test.
set -eu

seconds=$1
shift
exec setpriv --pdeathsig TERM timeout --foreground -k 5 "$seconds" setpriv --pdeathsig KILL "$@"
