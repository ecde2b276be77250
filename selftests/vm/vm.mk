# SPDX-License-Identifier: GPL-2.0-only
# The bench of real guests: boots kernels under QEMU, has them panic, and judges
# by what the host saw. See selftests/vm/scenarios/ for what it tries.

vm_dir := $(TOP)/selftests/vm
vm_build := $(BUILD)/selftests/vm
vm_objects := $(patsubst %,$(vm_build)/%.o,words story ktap narrate scenario monitor guest copy steps \
		judge trial plan main)
vm_flags := -std=gnu11 -O2 -g -Wall -Wextra -Wvla -Wmissing-prototypes -Wstrict-prototypes

KERNELS ?= 6.1 6.12
# Further options of vm-bench: make check-vm VM='--only *sysrq*'
VM ?=

# Every scenario on every kernel (but those in-turn = one-kernel, and what is repeated with
# transport=port, in turn); with FULL=1 on every guest that it names, each booted for itself.
vm_run = $(vm_build)/vm-bench --logs $(vm_build)/logs $(if $(FULL),,--in-turn --one-thread --copies) \
	$(addprefix --kernel $(BUILD)/kernels/,$(KERNELS)) $(VM)
vm_scenarios = $(sort $(wildcard $(vm_dir)/scenarios/*.ini))
RUNS ?= 1

##@ Guests
check-vm: vm-ready ## boot guests, panic them in dozens of ways, judge by what the host saw [KERNELS="6.1 6.12", e.g. FULL=1 VM="--only nmi"]
	@rm -rf $(vm_build)/logs && mkdir -p $(vm_build)/logs
	@$(MAKE) --no-print-directory host-sim >&2 && $(TOP)/scripts/packages.sh socat
	@status=0; \
	$(vm_run) $(vm_scenarios) || status=1; \
	[ -z "$(VM)" ] || exit $$status; \
	$(vm_run) --driver in-tree $(vm_dir)/scenarios/51-kdump-in-tree.ini || status=1; \
	$(vm_dir)/simulator.sh $(BUILD) $(BUILD)/kernels/$(lastword $(KERNELS)) || status=1; \
	exit $$status

# Each way to die, with one CPU and with four; a table of events lost and of hangs.
check-ways: KERNELS = 5.10 6.1 6.12 7 rt
check-ways: vm-ready ## have guests die in every way, each with 1 and 4 CPUs; prints a table [KERNELS="5.10 6.1 6.12 7 rt"]
	@rm -rf $(vm_build)/ways && mkdir -p $(vm_build)/ways
	@$(vm_dir)/ways.sh $(vm_build)/vm-bench $(vm_build)/ways $(VM) -- \
		$(addprefix $(BUILD)/kernels/,$(KERNELS))

# Random devices (make acpi-random), many a guest; SEED= and COUNT= as there.
check-firmware-random: COUNT = 200
check-firmware-random: vm-ready acpi-random ## guests with random devices: no oops, no hang, always the byte [COUNT=200 SEED=1 KERNELS="6.1 6.12"]
	@$(vm_dir)/firmware-random/run.sh $(vm_build)/vm-bench $(BUILD) $(BUILD)/acpi/random \
		$(addprefix $(BUILD)/kernels/,$(KERNELS))

# The in-tree driver runs beside ours, and what each told the host is counted.
check-kdump: vm-ready ## crash kernels, ours and the in-tree driver side by side [RUNS=1 KERNELS="6.1 6.12"]
	@$(vm_dir)/compare-kdump.sh $(RUNS) $(vm_build)/vm-bench $(addprefix $(BUILD)/kernels/,$(KERNELS))

check-qemu10: vm-ready ## power-off on a QEMU that knows bit 2, with a disk that must be whole [KERNELS="6.1 6.12"]
	@$(TOP)/scripts/packages.sh e2fsprogs >&2
	@$(vm_dir)/qemu10/run.sh $(vm_build)/vm-bench $(BUILD) $(addprefix $(BUILD)/kernels/,$(KERNELS))

# Ten thousand cycles take an hour or more under TCG; fewer are named by CYCLES=.
CYCLES ?= 10000
LIFE_KERNELS = $(if $(filter file,$(origin KERNELS)),5.10 6.1 6.12 7,$(KERNELS))
check-life: ## sleep, hibernation, kexec, and cycles of load, unbind, bind, unload [CYCLES=10000 KERNELS="5.10 6.1 6.12 7"]
	@$(MAKE) --no-print-directory vm-ready KERNELS="$(LIFE_KERNELS)"
	@$(vm_dir)/life/run.sh $(CYCLES) $(vm_build)/vm-bench $(BUILD) $(VM) -- \
		$(addprefix $(BUILD)/kernels/,$(LIFE_KERNELS))

# FULL=1 takes hours under TCG; without it, each scenario on one guest a kernel.
MATRIX ?= 5.10 6.1 6.12 7 rt
QEMUS ?= native trixie sid
FIRMWARES ?= BIOS OVMF
export QEMUS FIRMWARES
check-matrix: ## all scenarios on every kernel, QEMU and firmware; prints a table [MATRIX="5.10 6.1 6.12 7 rt" QEMUS="native trixie sid" FIRMWARES="BIOS OVMF", e.g. FULL=1]
	@$(MAKE) --no-print-directory vm-ready KERNELS="$(MATRIX)"
	@FULL=$(FULL) $(vm_dir)/matrix.sh $(vm_build)/vm-bench $(BUILD) $(VM) -- \
		$(addprefix $(BUILD)/kernels/,$(MATRIX))

matrix-table: ## put the table of what check-matrix has run into Documentation/matrix.inc
	@$(vm_dir)/matrix-table.sh rst $(BUILD)/matrix/results >$(BUILD)/matrix/table.rst
	@cp $(BUILD)/matrix/table.rst $(TOP)/Documentation/matrix.inc
	@$(vm_dir)/matrix-table.sh text $(BUILD)/matrix/results

# KERNEL= and KDIR= take a kernel and headers of one's own in place of Debian's.
DEMO_KERNEL ?= 6.12
demo: ## see a real guest panic and its host hear of it [DEMO_KERNEL=6.12, or e.g. KERNEL=/boot/vmlinuz KDIR=/usr/src/linux]
	@$(vm_dir)/demo.sh $(if $(KERNEL),"$(KERNEL)" "$(KDIR)",$(DEMO_KERNEL))

# Kernels, modules, firmware and the guest's root; all talk goes to stderr.
vm-ready:
	@{ $(TOP)/scripts/packages.sh gcc libc6-dev libuv1-dev libjansson-dev libinih-dev \
		qemu-system-x86 busybox-static cpio xz-utils zstd util-linux acpica-tools; \
	$(MAKE) --no-print-directory acpi $(vm_build)/vm-bench $(vm_build)/init \
		$(BUILD)/selftests/vm/fail-nth $(BUILD)/selftests/pvpanic-check; \
	tools=$$($(TOP)/scripts/unpack.sh kdump kexec-tools makedumpfile); \
	for key in $(KERNELS); do \
		$(TOP)/scripts/kernel.sh get $$key; \
		$(TOP)/scripts/kernel.sh module $$key; \
		$(vm_dir)/initramfs.sh $(BUILD)/kernels/$$key $(BUILD) $(vm_build)/init; \
		$(vm_dir)/initramfs-kdump.sh $(BUILD)/kernels/$$key $(BUILD) $(vm_build)/init $$tools; \
	done; } >&2

$(vm_build)/vm-bench: $(vm_objects)
	@$(CC) $(vm_flags) -o $@ $^ -luv -ljansson -linih

$(vm_build)/%.o: $(vm_dir)/%.c $(vm_dir)/bench.h
	@mkdir -p $(@D)
	@echo "  CC      selftests/vm/$*"
	@$(CC) $(vm_flags) -c -o $@ $<

$(vm_build)/init: $(vm_build)/cycles
$(vm_build)/cycles: $(vm_dir)/write-file.h
$(vm_build)/init $(vm_build)/cycles: $(vm_build)/%: $(vm_dir)/%.c
	@mkdir -p $(@D)
	@echo "  CC      selftests/vm/$*"
	@$(CC) $(vm_flags) -static -o $@ $<

.PHONY: check-vm check-ways check-firmware-random check-kdump check-qemu10 check-life check-matrix \
	matrix-table demo vm-ready
