# SPDX-License-Identifier: GPL-2.0-only
# What the driver costs, beside the in-tree driver in the same guests: figures, a
# table and a picture of them, and a guard that they don't grow.

bench_dir := $(TOP)/selftests/bench
bench_build := $(BUILD)/selftests/bench
bench_kept := $(TOP)/Documentation/figures/cost
BENCH_KERNELS ?= 5.10 6.1 6.12 7 rt

##@ Figures
bench: bench-driver bench-sim ## what the driver costs beside the in-tree driver; then the simulator beside QEMU [BENCH_KERNELS="5.10 6.1 6.12 7 rt", e.g. KEEP=1]

bench-driver: $(bench_build)/guest ## the driver's figures alone; KEEP=1 has them in the documentation [BENCH_KERNELS="5.10 6.1 6.12 7 rt"]
	@$(MAKE) --no-print-directory vm-ready KERNELS="$(BENCH_KERNELS)"
	@$(TOP)/scripts/packages.sh binutils >&2
	@{ echo "# Made by make bench KEEP=1, with $$(qemu-system-x86_64 --version | head -n1)."; \
	echo "# kernel release way figure value; byte, through: instructions; load, event: us; else bytes"; \
	$(bench_dir)/figures.sh all $(BENCH_KERNELS); } >$(bench_build)/cost.new
	@mv $(bench_build)/cost.new $(bench_build)/cost.tsv
	@$(MAKE) --no-print-directory $(bench_build)/cost.inc $(bench_build)/cost.svg
	@cat $(bench_build)/cost.inc
	@$(if $(KEEP),cp $(addprefix $(bench_build)/cost.,tsv inc svg) $(dir $(bench_kept)))
	@echo "# the picture: $(if $(KEEP),$(bench_kept:$(TOP)/%=%),$(bench_build:$(TOP)/%=%)/cost).svg"

check-bench: vm-ready $(bench_build)/guest ## have the driver's instructions grown? against Documentation/figures/cost.tsv [KERNELS="6.1 6.12"] (KTAP)
	@$(bench_dir)/figures.sh count $(KERNELS) >$(bench_build)/fresh.tsv
	@awk -f $(bench_dir)/judge.awk $(bench_kept).tsv $(bench_build)/fresh.tsv

$(bench_build)/%.inc: $(bench_build)/%.tsv $(bench_dir)/table.awk
	@awk -f $(bench_dir)/table.awk $< >$@

$(bench_build)/%.svg: $(bench_build)/%.tsv $(bench_dir)/picture.awk
	@awk -f $(bench_dir)/picture.awk $< >$@

$(bench_build)/guest: $(bench_dir)/guest.c
	@$(TOP)/scripts/packages.sh gcc libc6-dev >&2
	@mkdir -p $(@D)
	@echo "  CC      selftests/bench/guest" >&2
	@$(CC) $(vm_flags) -static -o $@ $<

.PHONY: bench bench-driver check-bench
