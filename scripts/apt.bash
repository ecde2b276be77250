# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Other Debian suites than the machine's own, without touching its apt: an apt
# state under build/apt/ that reads the same mirror as the machine does. Sourced
# after common.bash.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Whoever wants packages of another architecture sets this.
debian_arch=amd64

# mirror main|security: the address that this machine's own apt uses, so that a
# local mirror or a proxy is honoured and none is written down here.
mirror()
{
	local codename

	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
	# A machine that has never updated its lists names no targets yet.
	# shellcheck disable=SC2016 # the format is apt's to expand
	[ "$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null)" ] ||
		apt-get -qq update >/dev/null 2>&1 || true
	# shellcheck disable=SC2016 # the format is apt's to expand
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 2>/dev/null |
	awk -v want="$1" -v codename="$codename" '
		$3 != "main" { next }
		$2 ~ "^" codename "(-security|/updates)$" || $2 ~ /^(old)*stable-security$/ {
			security = security ? security : $1
			next
		}
		$2 ~ "^" codename "(-updates|-backports)?$" ||
		$2 ~ /^((old)*stable|testing|sid|unstable)(-updates)?$/ {
			base = base ? base : $1
		}
		END {
			sub("/*$", "", base)
			sub("/*$", "", security)
			if (!security) {
				security = base
				sub("/debian$", "/debian-security", security)
			}
			print want == "security" ? security : base
		}'
}

# sources SUITE...: lines for a sources.list, one a suite. Sid's lists are good for a
# week, and a mirror may lag by more; they are signed all the same.
sources()
{
	local suite base security

	base=$(mirror main)
	security=$(mirror security)
	[ "$base" ] || die "this machine's apt names no Debian mirror; look at: apt-get indextargets"
	for suite; do
		case $suite in
		*-security) echo "deb [signed-by=$keyring] $security $suite main" ;;
		sid) echo "deb [signed-by=$keyring check-valid-until=no] $base sid main" ;;
		*) echo "deb [signed-by=$keyring] $base $suite main" ;;
		esac
	done
}

# private_dir SUITES: where apt's state for them is
private_dir()
{
	local dir=$BUILD/apt/${1//,/+}

	[ "$debian_arch" = amd64 ] || dir+=-$debian_arch
	echo "$dir"
}

# private_apt SUITES COMMAND...: apt-get or apt-cache on these suites alone, for the
# architecture $debian_arch. An empty dpkg status makes it independent of what this machine
# has installed.
private_apt()
{
	local dir suite=${1##*,} tool=$2

	dir=$(private_dir "$1")

	shift 2
	"$tool" -q -o Dir::State="$dir" -o Dir::State::status=/dev/null \
		-o Dir::State::lists="$dir/lists" -o Dir::Cache="$dir" \
		-o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o APT::Sandbox::User=root -o Acquire::Languages=none -o DPkg::Lock::Timeout=300 \
		-o APT::Architecture="$debian_arch" -o APT::Architectures="$debian_arch" \
		-t "$suite" "$@"
}

# private_update SUITES: fetches the lists; one line when the mirror can't be reached.
private_update()
{
	local dir log

	dir=$(private_dir "$1")
	[ -r "$keyring" ] || die "no $keyring; type: apt-get install debian-archive-keyring"
	mkdir -p "$dir/lists/partial" "$dir/archives/partial"
	# shellcheck disable=SC2046,SC2086 # one word a suite
	sources ${1//,/ } >"$dir/sources.list"
	log=$dir/update.log
	if ! private_apt "$1" apt-get update --error-on=any >"$log" 2>&1; then
		why_not "$log" "lists of packages" "no lists of ${1//,/ and }"
	fi
}
