# SPDX-License-Identifier: GPL-2.0-only
# Targets of selftests/
qemu_run := $(BUILD)/selftests/lib/qemu-run

include $(TOP)/selftests/acpi.mk
include $(TOP)/selftests/sim.mk
include $(TOP)/selftests/modules/modules.mk
include $(TOP)/selftests/vm/vm.mk
include $(TOP)/selftests/vm/debug.mk
include $(TOP)/selftests/unit/unit.mk
include $(TOP)/selftests/kselftest/kselftest.mk
include $(TOP)/selftests/lint.mk
include $(TOP)/selftests/install/install.mk
include $(TOP)/selftests/libvirt/libvirt.mk
include $(TOP)/selftests/bench/bench.mk

# Runs a QEMU for the tests that are shell scripts.
$(qemu_run): $(addprefix $(vm_lib)/,qemu-run.c qemu.c qemu.h)
	@$(TOP)/scripts/packages.sh gcc libc6-dev libuv1-dev libjansson-dev >&2
	@mkdir -p $(@D)
	@echo "  CC      $(@F)" >&2
	@gcc $(vm_flags) -o $@ $(filter %.c,$^) -luv -ljansson

##@ What goes wrong
check-errors: ## headers, compiler, space, root, network missing: is it said in one line, and nothing half done? (KTAP)
	@$(TOP)/selftests/install/check-errors.sh

##@ The user's tool, tested
check-pvpanic-check: $(check_tool) $(BUILD)/selftests/pvpanic-check-test ## does it say so rightly, for every state a guest can be in? (KTAP)
	@$(BUILD)/selftests/pvpanic-check-test $(check_tool) $(BUILD)/selftests/pvpanic-check-tree

$(BUILD)/selftests/pvpanic-check-test: $(TOP)/selftests/pvpanic-check-test.c $(TOP)/selftests/lib/ktap.c
	@$(TOP)/scripts/packages.sh gcc libc6-dev libjansson-dev >&2
	@mkdir -p $(@D)
	@gcc $(check_tool_flags) -o $@ $^ -ljansson

check-textfile: $(check_tool) ## does Debian's node_exporter serve the metrics that pvpanic-check writes? (KTAP)
	@$(TOP)/selftests/check-textfile.sh

.PHONY: check-errors check-pvpanic-check check-textfile
