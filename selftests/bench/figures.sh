#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# figures.sh check KEY...: counts the instructions of the panic notifiers on these kernels.
# Two guests must count the same. By the register, this driver's notifier must not take more
# than the in-tree driver's. KTAP on stdout.
#
# figures.sh tables KEY...: writes the counts to cost.tsv and the sizes of the modules to
# sizes.tsv, both in build/selftests/bench.
set -eu -o pipefail

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$here/../.." && pwd)/build
bench=$build/selftests/bench

# shellcheck source=selftests/lib/ktap.bash
. "$here/../lib/ktap.bash"

# one_round KEY DRIVER...: a guest for each driver; "DRIVER NAME VALUE" a line. One guest at a time,
# so that the others begin with the saved state of the first.
one_round()
{
	local driver dir=$bench/$1 drivers

	drivers=$(IFS='|'; echo "${*:2}")
	rm -rf "$dir"
	mkdir -p "$dir"
	"$build/selftests/vm/vm-bench" --kernel "$build/kernels/$1" --logs "$dir" --jobs 1 \
		--only "count-@($drivers)*" "$here/../vm/scenarios/figures.ini" >"$dir/ktap" || {
		grep '^not ok' "$dir/ktap" >&2
		return 1
	}
	for driver in "${@:2}"; do
		grep -hv ' guest > ' "$dir"/*-count-"$driver"*.log |
			grep -oE '\b(memory|register|wrpt|alone|refused)=[0-9]+' |
			tr '=' ' ' | sed "s/^/$driver /"
	done
}

# The same to the instruction, except AML: it depends on where its objects are in the slabs,
# which differs from boot to boot. 2 instructions were seen, 8 are accepted.
two_rounds()
{
	one_round "$@" >"$bench/$1.figures"
	one_round "$@" >"$bench/$1.again"
	paste "$bench/$1.figures" "$bench/$1.again" | awk '
		$1 $2 != $4 $5 || ($3 - $6) ^ 2 > ($2 ~ /wrpt|alone/ ? 8 ^ 2 : 0) {
			print "one guest: " $1, $2, $3 "; the other: " $4, $5, $6
			different = 1
		}
		END { exit different }'
}

# value KEY "DRIVER NAME"
value()
{
	awk -v name="^$2\$" '$1 " " $2 ~ name { print $3 }' "$bench/$1.figures"
}

check()
{
	local key=$1 ours in_tree judged

	ktap_test "$key: two guests count the same" two_rounds "$key" in-tree port
	ktap_note <"$bench/$key.figures"
	ours=$(value "$key" "port register")
	in_tree=$(value "$key" "in-tree register")
	judged="$key: by the register, ${ours:-no} instructions; in-tree driver: ${in_tree:-none}"
	case $(cat "$build/kernels/$key/release") in
	5.*) ktap_result 4 "$judged" "the in-tree driver has no lock before 5.13" ;;
	*) ktap_test "$judged" test "${ours:-1}" -le "${in_tree:-0}" ;;
	esac
}

# code KEY FILE...: the size of the code in these modules of the guest; some may not exist
code()
{
	local key=$1 dir=$bench/$1-modules

	shift
	rm -rf "$dir"
	mkdir -p "$dir"
	(cd "$dir" && cpio --quiet -id "$@") \
		<"$build/selftests/vm/initramfs-$(cat "$build/kernels/$key/release").cpio"
	size "$dir"/m/*.ko | awk 'NR > 1 { sum += $1 } END { print sum }'
}

# tsv FILE CELL...: adds a row
tsv()
{
	local IFS=$'\t' file=$bench/$1.tsv

	shift
	echo "$*" >>"$file"
}

rows()
{
	local key=$1 wrpt alone

	two_rounds "$key" in-tree port auto >&2
	wrpt=$(value "$key" "auto wrpt")
	alone=$(value "$key" "auto alone")
	tsv cost "$key" "$(value "$key" "in-tree register")" "$(value "$key" "port register")" \
		"$(value "$key" "auto (register|refused)")" "${wrpt:-never}" "${alone:-never}"
	tsv sizes "$key" "$(cat "$build/kernels/$key/release")" \
		"$(value "$key" "in-tree memory")" "$(value "$key" "auto memory")" \
		"$(code "$key" m/pvpanic.ko m/pvpanic-mmio.ko)" "$(code "$key" m/pvpanic-guest.ko)"
}

mkdir -p "$bench"
case $1 in
check)
	ktap_begin
	ktap_plan $((2 * ($# - 1)))
	for key in "${@:2}"; do
		check "$key"
	done
	ktap_end
	;;
tables)
	rm -f "$bench/cost.tsv" "$bench/sizes.tsv"
	tsv cost kernel "in-tree driver" transport=port "auto, WRPT refused" "auto, by WRPT" \
		"WRPT alone"
	tsv sizes kernel release "in-tree: memory" "this: memory" "in-tree: code" "this: code"
	for key in "${@:2}"; do
		rows "$key"
	done
	;;
esac
