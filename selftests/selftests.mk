# SPDX-License-Identifier: GPL-2.0-only
# Targets of selftests/
include $(TOP)/selftests/sim.mk
include $(TOP)/selftests/vm/vm.mk
include $(TOP)/selftests/vm/debug.mk
include $(TOP)/selftests/pvpanic-check.mk
include $(TOP)/selftests/kselftest/kselftest.mk
include $(TOP)/selftests/lint.mk
include $(TOP)/selftests/install/install.mk
include $(TOP)/selftests/libvirt/libvirt.mk
include $(TOP)/selftests/bench/bench.mk

##@ What goes wrong
check-errors: ## headers, compiler, space, root, network missing: is it said in one line, and nothing half done? (KTAP)
	@$(TOP)/selftests/install/check-errors.sh

.PHONY: check-errors
