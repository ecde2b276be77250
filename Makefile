# SPDX-License-Identifier: GPL-2.0-only
#
# What a person types. The kernel build reads Kbuild, not this file, so that
# `make -C KDIR M=$PWD` works too. Each room brings its own targets; this file
# names them all, with the line that `make help` shows.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

TOP := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
BUILD := $(TOP)/build

KREL ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KREL)/build

include drivers/module.mk
include acpi/acpi.mk
include host-sim/host-sim.mk
include tools/tools.mk
include selftests/selftests.mk
include Documentation/documentation.mk

# The parts of make check; those of their own, for they take longer, are in make help.
CHECKS ?= vm dkms unit lint acpi sim pvpanic-check errors modprobe kselftest bench libvirt

##@ All of it
# Three parts at a time on two cores, because some of them wait for downloads and locks. The guests
# (vm) and dkms take longest, so they begin first.
check: ## prove everything, on real guests too; ends with "N passed, N failed" [e.g. CHECKS="acpi vm"]
	@mkdir -p $(BUILD)
	@exec 9>$(BUILD)/.check.lock; flock -n 9 || \
		{ echo "make check: another one runs in this tree; wait for it" >&2; exit 1; }; \
	rm -rf $(BUILD)/check; mkdir $(BUILD)/check; \
	$(MAKE) --no-print-directory -j3 $(addprefix part-,$(CHECKS)) 9>&-; \
	awk -v FOLDER=$(BUILD)/check -f selftests/summary.awk $(CHECKS:%=$(BUILD)/check/%.ktap)

part-%:
	@MAKE="$(MAKE)" selftests/run-part.sh $*

# These use what vm has made by then: kernels and the guests' programs. vm itself does not wait
# for part-setup, because make would begin all other parts before it.
part-modprobe part-kselftest part-bench part-libvirt: part-setup
part-setup:
	@MAKEFLAGS= $(MAKE) --no-print-directory vm-ready host-sim >&2

##@ Other
help: ## show this list
	@awk 'BEGIN { FS = ":.*## "; print "pvpanic-guest: a guest that panics tells its host\n"; \
	     print "In brackets: what can be set, with its default; what follows \"e.g.\" is an example\n" } \
	     /^##@ / { printf "%s:\n", substr($$0, 5) } \
	     /^[a-z][a-z0-9-]*:.*## / { printf "  make %-21s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

clean: ## delete what was built; kernels and build roots stay (clean-all takes them too)
	rm -rf $(filter-out $(addprefix $(BUILD)/,apt kernels linux roots),$(wildcard $(BUILD)/*))

clean-all: ## delete build/ whole
	rm -rf $(BUILD)

# The parts are not listed: make does not look for a pattern rule of a phony target.
.PHONY: check part-setup help clean clean-all
