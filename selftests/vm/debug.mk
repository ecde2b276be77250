# SPDX-License-Identifier: GPL-2.0-only
# Kernels that watch themselves, built here: the fragments of their configuration, and
# what runs in their guests. See Documentation/sanitizers.rst.

debug_dir := $(TOP)/scripts/kconfig
debug_build := $(BUILD)/selftests/debug

# KERNELS= takes one of them, or any other kernel.
debug_kernels = $(if $(filter-out file,$(origin KERNELS)),$(KERNELS),debug debug2 no-kprobes)

# Each scenario on one of its guests, on each kernel; with FULL=1 on all of them.
debug_run = $(vm_build)/vm-bench --logs $(debug_build)/logs --cmdline panic_on_warn=1 \
	$(if $(FULL),,--each --one-thread --copies) $(addprefix --kernel $(BUILD)/kernels/,$(debug_kernels)) $(VM)

check-debug: ## scenarios on kernels with KASAN, lockdep, UBSAN, kmemleak, failing allocations [KERNELS="debug debug2 no-kprobes", e.g. FULL=1]
	@$(MAKE) --no-print-directory vm-ready KERNELS="$(debug_kernels)"
	@rm -rf $(debug_build)/logs && mkdir -p $(debug_build)/logs
	@$(debug_run) $(vm_scenarios)

$(debug_build)/fail-nth: $(debug_dir)/fail-nth.c $(vm_dir)/write-file.h
	@mkdir -p $(@D)
	@echo "  CC      selftests/vm/fail-nth"
	@$(CC) $(vm_flags) -static -o $@ $<

.PHONY: check-debug
