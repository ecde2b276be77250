#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lint.sh: what a machine can say of the sources without running them. One KTAP
# result a tool; what a tool has to say comes before its result. A warning is a
# failure: what is meant to stay is named here, with the reason.
set -eu
export LC_ALL=C.UTF-8

cd "$(dirname "$0")/.."
TOP=$PWD
OUT=$TOP/build/lint
packages=$TOP/scripts/packages.sh

# shellcheck source=selftests/lib/ktap.bash
. selftests/lib/ktap.bash

# The checks, in the order they run, and for each a function of its name.
checks=(checkpatch checkpatch_test_modules sparse_and_w1 shellcheck codespell iasl clang_format man
	kernel_doc sphinx figures support_table paths versions codes)

# The project's files, tracked by git or about to be.
files()
{
	git -c safe.directory="$TOP" ls-files --cached --others --exclude-standard -- "$@" |
		while read -r file; do
			[ ! -f "$file" ] || echo "$file"
		done
}

# checkpatch lies in the kernel's source package alone, with the kselftest headers.
checkpatch=$TOP/build/kselftest/scripts/checkpatch.pl
checkpatch_tool()
{
	[ -e "$checkpatch" ] || scripts/kselftest.sh build/kselftest >&2
}

run_checkpatch()
{
	local list

	checkpatch_tool
	mapfile -t list < <(files "$1/*.c" "$1/*.h")
	# It leaves a file where it is started.
	(cd "$OUT" && perl "$checkpatch" --no-tree --strict --no-summary --terse --show-types \
		"${@:2}" -f "${list[@]/#/$TOP/}")
}

checkpatch()
{
	run_checkpatch drivers
}

# These crash the kernel because that is what they are for, and take other people's
# locks: a pointer to a mutex is no definition of one. To lose a CPU in the midst of a grace
# period, that period has to be waited for with the CPU in use.
checkpatch_test_modules()
{
	run_checkpatch selftests/modules --ignore AVOID_BUG,VOLATILE,MSLEEP,YIELD,UNCOMMENTED_DEFINITION
}

# Headers of any kernel here will do.
kdir()
{
	local dirs

	dirs=$(find /lib/modules -mindepth 2 -maxdepth 2 -name build 2>/dev/null | sort -V)
	if [ -z "$dirs" ]; then
		"$packages" linux-headers-cloud-amd64 >&2
		dirs=$(find /lib/modules -mindepth 2 -maxdepth 2 -name build 2>/dev/null | sort -V)
	fi
	tail -n1 <<<"$dirs"
}

# The module is built from links. What sparse says of the kernel's own headers is not ours to mend.
sparse_and_w1()
{
	local dir=$OUT/module log=$OUT/module.log kdir

	kdir=$(kdir)
	"$packages" gcc make sparse >&2
	rm -rf "$dir"
	mkdir -p "$dir/drivers"
	ln -s "$TOP/Kbuild" "$dir/"
	ln -s "$TOP"/drivers/*.[ch] "$dir/drivers/"
	if ! MAKEFLAGS='' make -C "$kdir" M="$dir" C=2 KBUILD_CHECKSRC=2 W=1 modules >"$log" 2>&1; then
		grep -E 'error|warning' "$log" || tail -n20 "$log"
		return 1
	fi
	# Debian's headers of 7.x lack the script by which the kernel's build looks for sparse. With C=2
	# alone, the build goes on without sparse.
	grep -q ' CHECK ' "$log" || { echo "sparse did not run"; return 1; }
	! grep -E '(warning|error):' "$log" | grep -vE '^(\./)?(include|arch)/|^/usr/(src|lib)/'
}

shellcheck()
{
	local list

	"$packages" shellcheck >&2
	mapfile -t list < <(files | grep -v /corpus/ | xargs grep -lE '^#!/bin/(ba)?sh')
	# SC2100 takes qemu-system-x86_64 for a subtraction.
	command shellcheck -x -e SC2100 "${list[@]}" selftests/lib/*.bash
}

codespell()
{
	local list

	"$packages" codespell >&2
	mapfile -t list < <(files | grep -v -e '^COPYING$' -e '\.svg$' -e '/corpus/')
	# Nd is a macro of manual pages.
	command codespell -L nd "${list[@]}"
}

# The tables' own make rule takes a warning for an error; -B has it speak again.
iasl()
{
	make -s -B acpi acpi_build="$OUT/acpi" >"$OUT/iasl.log" 2>&1 || { cat "$OUT/iasl.log"; return 1; }
}

clang_format()
{
	local list

	"$packages" clang-format >&2
	mapfile -t list < <(files {host-sim,selftests/unit}/'*.[ch]')
	clang-format --dry-run -Werror "${list[@]}"
}

man()
{
	local list

	"$packages" mandoc >&2
	mapfile -t list < <(files 'Documentation/*.[1-8]')
	mandoc -Tlint -Wwarning "${list[@]}"
}

kernel_doc()
{
	local list

	mapfile -t list < <(files 'drivers/*.c' | xargs grep -l '^/\*\*$')
	"$TOP/Documentation/kernel-doc.sh" -none -Werror "${list[@]}"
}

sphinx()
{
	make -s docs
}

draw()
{
	case $1 in
	*.dot) dot -Tsvg "$1" ;;
	*.gp) (cd "${1%/*}" && gnuplot "${1##*/}") ;;
	esac
}

# The committed pictures show the words and numbers of their sources. Only the positions
# differ from one version of graphviz or gnuplot to the next.
figures()
{
	local source status=0

	"$packages" graphviz gnuplot-nox >&2
	for source in Documentation/figures/*.dot Documentation/figures/*.gp; do
		diff <(grep -oE '>[^<]+</(text|tspan)>' "${source%.*}.svg" | sort) \
			<(draw "$source" | grep -oE '>[^<]+</(text|tspan)>' | sort) || {
			echo "$source or its data is newer than its picture; type: make figures"
			status=1
		}
	done
	return $status
}

# Each cell of the table has a line in the results.
support_table()
{
	diff Documentation/support.inc <(Documentation/support-table.sh table Documentation/support.tsv) || {
		echo "Documentation/support.inc is not the table of support.tsv; type: make support-table"
		return 1
	}
}

# make check does not run every script, so a path that is wrong could stay unnoticed. LIB is
# scripts/ in every script.
paths()
{
	local file name base status=0

	while IFS=: read -r file name; do
		case $name in
		*TOP*) base=. ;;
		*LIB*) base=scripts ;;
		*) base=$(dirname "$file") ;;
		esac
		[[ $name == */build/* ]] || [ -e "$base/${name#*/}" ] || {
			echo "$file: there is no $name"
			status=1
		}
	done < <(files '*.sh' '*.bash' '*.mk' |
		xargs grep -oE '[$](\(TOP\)|TOP|LIB|HERE|here)"?/[A-Za-z0-9_./-]+\.(sh|bash|awk|mk|conf)\b')
	return $status
}

# drivers/version.h has the version. The files that cannot read it name the same one, in the
# first place where they name one.
versions()
{
	local version file expression named status=0

	version=$(sed -n 's/^#define PVPANIC_GUEST_VERSION "\(.*\)"$/\1/p' drivers/version.h)
	[ "$version" ] || return 1
	while read -r file expression; do
		named=$(sed -nE "s/$expression/\1/p" "$file" | head -n1)
		[ "$named" = "$version" ] || {
			echo "$file: version '$named', and drivers/version.h has $version"
			status=1
		}
	done <<-'END'
		dkms.conf ^PACKAGE_VERSION="(.*)"$
		debian/changelog ^pvpanic-guest \((.*)\) .*
		NEWS ^pvpanic-guest (.*)$
		tools/pvpanic-check.c ^#define VERSION[[:space:]]+"(.*)"$
		Documentation/pvpanic-check.8 ^\.Os pvpanic-guest (.*)$
		Documentation/pvpanic-guest.4 ^\.Os pvpanic-guest (.*)$
		Documentation/pvpanic-sim.1 ^\.Os pvpanic-guest (.*)$
	END
	return $status
}

# listed SECTION: what this section of pvpanic-check(8) lists
listed()
{
	sed -n "/^\.Ss $1\$/,/^\.Ss /s/^\.It Li //p" Documentation/pvpanic-check.8 | sed 's/ , /\n/g' | sort
}

# Programs rely on the codes and metrics of pvpanic-check, so its manual page lists them all.
codes()
{
	local program=tools/pvpanic-check.c

	diff <(grep -oE 'give_reason\([^"]*"[a-z-]+"' $program | cut -d'"' -f2 | sort -u) <(listed Reasons) &&
		diff <(grep -oE 'put_metric\([^"]*"[a-z_]+"' $program | cut -d'"' -f2 | sort) <(listed Metrics)
}

[ $# -eq 0 ] || checks=("$@")
mkdir -p "$OUT"
ktap_begin
ktap_plan ${#checks[@]}
for check in "${checks[@]}"; do
	ktap_test "$check" "$check"
done
ktap_end
