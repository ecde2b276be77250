#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# figures.sh count|all KEY...: the figures of ours and of the in-tree driver on these
# kernels, a line each: kernel, release, way, figure, value, with tabs between. "count"
# has the instructions alone, "all" counts them twice and in real panics, which has to
# make no difference, and has times and sizes as well.
set -eu -o pipefail

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$here/../.." && pwd)/build
bench=$build/selftests/bench
what=$1
shift

die()
{
	echo "bench: $*" >&2
	exit 1
}

# rows KEY: "WAY FIGURE VALUE" becomes a line of the table.
rows()
{
	awk -v OFS='\t' -v key="$1" -v release="$(cat "$build/kernels/$1/release")" \
		'{ print key, release, $1, $2, $3 }'
}

# The same to the instruction; but by AML it depends on where in the slabs ACPICA's
# objects lie, which differs from boot to boot: 2 instructions of 17 000 were seen, 8 pass.
same()
{
	awk -v what="$1" '
		{ n = $1 ~ /wrpt/ ? 8 : 0; key = $1 " " ($2 == "panic" ? "through" : $2) }
		key in first && ($3 - first[key] > n || first[key] - $3 > n) {
			print what ": " key ": " first[key] " and " $3
			bad = 1
			exit
		}
		!(key in first) { first[key] = $3 }
		END { exit bad }' "${@:2}" >&2
}

# A second guest has to count the same, and so has one that really panics.
repeats()
{
	local key=$1 first=$2 way

	"$here/guest.sh" "$key" count >"$first.again"
	same "$key, counted twice" "$first" "$first.again" || exit 1
	for way in empty in-tree port wrpt; do
		grep -q "^$way " "$first" || continue
		"$here/guest.sh" "$key" "panic,$way" >"$first.panic"
		grep -q ' panic ' "$first.panic" || die "$key: the brackets did not see the panic by $way"
		same "$key, in a real panic" "$first" "$first.panic" || exit 1
	done
	echo "# $key: counted twice and in real panics, the same to the instruction (by WRPT within 8)" >&2
}

# From the trigger to the event, the least of five guests, by turns: what is more is the
# host's doing. The bench sees milliseconds.
events()
{
	local key=$1 way driver

	for _ in 1 2 3 4 5; do
		for way in in-tree port wrpt; do
			driver=ours
			[ "$way" != in-tree ] || driver=in-tree
			event "$key" "$way" "$driver" | sed "s/^/$way event /"
		done
	done | sort -k 3,3n | sort -s -u -k 1,1
}

event()
{
	local key=$1 way=$2 driver=$3

	rm -rf "$bench/$key-events"
	mkdir -p "$bench/$key-events"
	"$build/selftests/vm/vm-bench" --kernel "$build/kernels/$key" --driver "$driver" \
		--only "event-$way" --jobs 1 --logs "$bench/$key-events" \
		"$here/events.ini" >"$bench/$key-events.ktap" ||
		die "$key: a guest's event did not come: $(grep -m1 '^not ok' "$bench/$key-events.ktap")"
	awk '/ bench +trigger: / { told = $1 }
		/"GUEST_PANICKED"/ { printf "%.0f\n", ($1 - told) * 1000000 }' \
		"$bench/$key-events"/*.log
}

# sizes KEY: text, data and bss of the modules' files; the in-tree driver's may be two.
sizes()
{
	local release dir=$bench/$1-modules

	release=$(cat "$build/kernels/$1/release")
	rm -rf "$dir"
	mkdir -p "$dir"
	(cd "$dir" && cpio --quiet -id 'm/pvpanic*.ko' <"$build/selftests/vm/initramfs-$release.cpio")
	size "$dir"/m/pvpanic*.ko | awk 'NR > 1 {
		way = $6 ~ /pvpanic-guest/ ? "port" : "in-tree"
		text[way] += $1; data[way] += $2; bss[way] += $3
	}
	END {
		for (way in text) {
			print way, "text", text[way]
			print way, "data", data[way]
			print way, "bss", bss[way]
		}
	}' | sort
}

for key; do
	counted=$bench/$key.count
	"$here/guest.sh" "$key" count >"$counted"
	rows "$key" <"$counted"
	[ "$what" = all ] || continue
	repeats "$key" "$counted"
	{
		"$here/guest.sh" "$key" load
		events "$key"
		sizes "$key"
	} >"$bench/$key.more"
	rows "$key" <"$bench/$key.more"
done
