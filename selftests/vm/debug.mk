# SPDX-License-Identifier: GPL-2.0-only
# Kernels that watch themselves, built here: the fragments of their configuration, and
# what runs in their guests. See Documentation/sanitizers.rst.

debug_build := $(BUILD)/selftests/debug

# KERNELS= takes one of them, or any other kernel.
debug_kernels = $(if $(filter-out file,$(origin KERNELS)),$(KERNELS),debug debug2 no-kprobes)

debug_run = $(vm_build)/vm-bench --logs $(debug_build)/logs --cmdline panic_on_warn=1 \
	$(addprefix --kernel $(BUILD)/kernels/,$(debug_kernels)) $(VM)

check-debug: ## scenarios on kernels with KASAN, lockdep, UBSAN, kmemleak, failing allocations [KERNELS="debug debug2 no-kprobes"]
	@$(MAKE) --no-print-directory vm-ready KERNELS="$(debug_kernels)"
	@rm -rf $(debug_build)/logs && mkdir -p $(debug_build)/logs
	@$(debug_run) $(vm_scenarios)

$(vm_build)/fail-nth: $(vm_dir)/fail-nth.c $(TOP)/selftests/lib/in-guest.h
	@mkdir -p $(@D)
	@echo "  CC      selftests/vm/fail-nth"
	@$(CC) $(vm_flags) -static -o $@ $<

.PHONY: check-debug
