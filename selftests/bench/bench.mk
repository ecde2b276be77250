# SPDX-License-Identifier: GPL-2.0-only
# What the driver costs beside the in-tree driver: instructions in a panic, and memory.

bench_dir := $(TOP)/selftests/bench
bench_build := $(BUILD)/selftests/bench
BENCH_KERNELS ?= 5.10 6.1 6.12 7 rt

##@ Figures
bench: bench-driver bench-sim ## what the driver costs beside the in-tree driver; then the simulator beside QEMU [BENCH_KERNELS="5.10 6.1 6.12 7 rt", e.g. KEEP=1]

bench-driver: ## the driver's figures alone; KEEP=1 puts them into the documentation [BENCH_KERNELS="5.10 6.1 6.12 7 rt"]
	@$(MAKE) --no-print-directory vm-ready KERNELS="$(BENCH_KERNELS)"
	@$(TOP)/scripts/packages.sh binutils >&2
	@$(bench_dir)/figures.sh tables $(BENCH_KERNELS)
	@cd $(bench_build) && tail -n +1 cost.tsv sizes.tsv
	@$(if $(KEEP),cp $(bench_build)/cost.tsv $(bench_build)/sizes.tsv $(docs_dir)/figures/)
	@$(if $(KEEP),$(MAKE) --no-print-directory figures)

# One kernel, because its guests take a minute. bench-driver counts on all.
check-bench: KERNELS = 6.12
check-bench: vm-ready ## by the register, does a panic take more instructions than with the in-tree driver? [KERNELS=6.12] (KTAP)
	@$(bench_dir)/figures.sh check $(KERNELS)

.PHONY: bench bench-driver check-bench
