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
include selftests/selftests.mk
include Documentation/documentation.mk

# The parts of make check; those of their own, for they take longer, are in make help.
CHECKS ?= lint unit acpi sim pvpanic-check errors kselftest bench vm libvirt dkms

##@ All of it
check: ## prove everything, on real guests too; ends with "N passed, N failed" [e.g. CHECKS="acpi vm"]
	@MAKE="$(MAKE)" selftests/check.sh $(CHECKS)

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

.PHONY: check help clean clean-all
