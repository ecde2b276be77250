# SPDX-License-Identifier: GPL-2.0-only
# The bench of real guests: boots kernels under QEMU, has them panic, and judges
# by what the host saw. See selftests/vm/scenarios/ for what it tries.

vm_dir := $(TOP)/selftests/vm
vm_build := $(BUILD)/selftests/vm
vm_lib := $(TOP)/selftests/lib
vm_objects := $(patsubst %,$(vm_build)/%.o,text trace scenario fields kernel replace disk snapshot \
	boot console guest plan judge narrate report results run main qemu ktap)
vm_flags := -std=gnu11 -O2 -g -Wall -Wextra -Wvla -Wmissing-prototypes -Wstrict-prototypes
vm_packages := gcc libc6-dev libuv1-dev libjansson-dev libinih-dev

KERNELS ?= 6.1 6.12
# Further options of vm-bench: make check-vm VM='--only *sysrq*'
VM ?=

# vm_bench, then KERNELS: a guest's trace is kept below build/selftests/vm/logs.
vm_bench = $(vm_build)/vm-bench --logs $(vm_build)/logs $(addprefix --kernel $(BUILD)/kernels/,$(1))
# vm_results, then the command: keeps the results for make support-table, unless VM= changes the run.
vm_results = $(if $(VM),,--results $(vm_build)/results.tsv --results-of "make $(1)")
# The files with a number are make check-vm's; the others are for the target of their name.
vm_scenarios = $(sort $(wildcard $(vm_dir)/scenarios/[0-9]*.ini))
vm_ways = $(addprefix $(vm_dir)/scenarios/,20-ways.ini 25-guard.ini 70-ways-to-die.ini 71-ways-to-die-busy.ini)

##@ Guests
check-vm: KERNELS = 6.1 6.12 6.1-cloud-arm64
check-vm: vm-ready ## boot guests, panic them in dozens of ways, judge by what the host saw [KERNELS="6.1 6.12 6.1-cloud-arm64", e.g. FULL=1 VM="--only nmi"]
	@rm -rf $(vm_build)/logs && mkdir $(vm_build)/logs
	@$(MAKE) --no-print-directory host-sim $(vm_build)/simulator >&2
	@status=0; \
	$(call vm_bench,$(KERNELS)) $(VM) $(if $(FULL),$(call vm_results,check-vm FULL=1),--quick) \
		$(vm_scenarios) || status=1; \
	[ -z "$(VM)" ] || exit $$status; \
	kernel=$(lastword $(filter-out %arm64,$(KERNELS))); \
	[ -z "$$kernel" ] || $(vm_build)/simulator $(BUILD) $(BUILD)/kernels/$$kernel \
		$(vm_dir)/scenarios/simulator.ini || status=1; \
	exit $$status

check-ways: KERNELS = 5.10 6.1 6.12 7 rt
check-ways: vm-ready ## have guests die in every way, each with 1 and 4 CPUs; prints a table [KERNELS="5.10 6.1 6.12 7 rt"]
	@$(call vm_bench,$(KERNELS)) $(VM) $(vm_ways)

check-mutants-vm: KERNELS = 5.10 6.1 6.12 7
check-mutants-vm: vm-ready ## remove each check from the driver: does a guest then hang? (KTAP) [KERNELS="5.10 6.1 6.12 7", e.g. MUTANTS=spinlock-held]
	@MUTANTS="$(MUTANTS)" $(TOP)/selftests/mutants/vm.sh $(vm_build)/vm-bench $(BUILD) $(KERNELS)

# Each result ends with what the host was told.
RUNS ?= 1
check-kdump: vm-ready ## crash kernels, ours and the in-tree driver side by side [RUNS=1 KERNELS="6.1 6.12"]
	@$(call vm_bench,$(KERNELS)) --repeat $(RUNS) $(VM) $(vm_scenarios) \
		--only '*@(@(pc/2|q35/[24]) ?(in-tree-)kdump-@(sysrq|oops|nmi|bug-hardirq)|virt/[24] pci-kdump-@(sysrq|oops))'

check-qemu10: vm-ready ## power-off on a QEMU that knows bit 2, with a disk that must be whole [KERNELS="6.1 6.12"]
	@x86=$$($(vm_lib)/qemu-of.sh 9.1) && echo "# $$($$x86 --version | head -n1)" && \
	arm64=$(if $(filter %arm64,$(KERNELS)),$$($(vm_lib)/qemu-of.sh 9.1 arm64),none) && \
	$(call vm_bench,$(KERNELS)) --qemu $$x86 --qemu-arm64 $$arm64 $(VM) \
		$(call vm_results,check-qemu10) $(vm_dir)/scenarios/qemu10.ini

# Ten thousand cycles take an hour or more under TCG; fewer are named by CYCLES=.
CYCLES ?= 10000
life_kernels = $(if $(filter file,$(origin KERNELS)),5.10 6.1 6.12 7,$(KERNELS))
check-life: ## sleep, hibernation, kexec, and cycles of load, unbind, bind, unload [CYCLES=10000 KERNELS="5.10 6.1 6.12 7"]
	@$(MAKE) --no-print-directory vm-ready KERNELS="$(life_kernels)"
	@$(call vm_bench,$(life_kernels)) --cmdline CYCLES=$(CYCLES) $(VM) \
		$(vm_dir)/scenarios/65-life.ini $(vm_dir)/scenarios/life.ini

MATRIX ?= 5.10 6.1 6.1-full 6.12 6.12-full 7 sid rt rt-6.12 clang \
	6.1-arm64 6.1-cloud-arm64 6.12-arm64 7-arm64
QEMUS ?= native trixie sid
FIRMWARES ?= BIOS OVMF
check-matrix: ## all scenarios, kernels, QEMUs and firmwares
	@$(MAKE) --no-print-directory vm-ready KERNELS="$(MATRIX)"
	@FULL="$(FULL)" QEMUS="$(QEMUS)" FIRMWARES="$(FIRMWARES)" $(vm_dir)/matrix.sh \
		$(vm_build)/vm-bench $(BUILD) $(VM) $(call vm_results,check-matrix$(if $(FULL), FULL=1)) \
		-- $(addprefix $(BUILD)/kernels/,$(MATRIX))

# KERNEL= and KDIR= take a kernel and headers of one's own in place of Debian's.
DEMO_KERNEL ?= 6.12$(if $(filter arm64,$(ARCH)),-arm64)
demo: ## see a real guest panic and its host hear of it [DEMO_KERNEL=6.12, e.g. ARCH=arm64, or KERNEL=/boot/vmlinuz KDIR=/usr/src/linux]
	@$(vm_dir)/demo.sh $(if $(ARCH),$(ARCH),x86) $(if $(KERNEL),"$(KERNEL)" "$(KDIR)",$(DEMO_KERNEL))

# Kernels, modules, firmware and the guest's root; all talk goes to stderr.
vm-ready:
	@{ mkdir -p $(vm_build)/logs; \
	$(TOP)/scripts/packages.sh $(vm_packages) busybox-static cpio xz-utils zstd \
		util-linux acpica-tools $(if $(filter-out %arm64,$(KERNELS)),qemu-system-x86) \
		$(if $(filter %arm64,$(KERNELS)),$(arm64_packages)); \
	$(MAKE) --no-print-directory acpi $(vm_build)/vm-bench $(vm_build)/init \
		$(vm_build)/fail-nth $(check_tool) \
		$(if $(filter %arm64,$(KERNELS)),$(arm64_programs) $(arm64_device_tree)); \
	$(TOP)/scripts/unpack.sh kdump kexec-tools makedumpfile; \
	$(if $(filter %arm64,$(KERNELS)),$(arm64_unpack)) \
	for key in $(KERNELS); do \
		$(TOP)/scripts/kernel.sh get $$key; \
		$(TOP)/scripts/kernel.sh module $$key; \
		$(vm_dir)/initramfs.sh $(BUILD)/kernels/$$key $(BUILD); \
		$(vm_dir)/initramfs-kdump.sh $(BUILD)/kernels/$$key $(BUILD); \
	done; } >&2

# What arm64 guests need, and the programs in them.
arm64_packages := qemu-system-arm qemu-efi-aarch64 gcc-aarch64-linux-gnu libc6-dev-arm64-cross \
	device-tree-compiler
arm64_programs := $(addprefix $(vm_build)/guest-arm64/,init cycles pvpanic-check)
arm64_device_tree := $(vm_build)/pvpanic-mmio.dtb
arm64_unpack = $(TOP)/scripts/unpack.sh --suite trixie --arch arm64 kdump-arm64 kexec-tools \
	makedumpfile; \
	$(TOP)/scripts/unpack.sh --suite trixie --arch arm64 guest-arm64 busybox-static;

$(vm_build)/vm-bench: $(vm_objects)
	@$(CC) $(vm_flags) -o $@ $^ -luv -ljansson -linih

vm_cmdline = "$(shell sed 's/\#.*//' $(vm_lib)/cmdline $(vm_lib)/cmdline-$(1) | xargs)"
$(vm_build)/boot.o: vm_flags += -DX86_CMDLINE='$(call vm_cmdline,x86)' -DARM64_CMDLINE='$(call vm_cmdline,arm64)'
$(vm_build)/boot.o: $(wildcard $(vm_lib)/cmdline*)

$(vm_build)/simulator: $(vm_dir)/simulator.c $(vm_lib)/ktap.c $(vm_lib)/ktap.h $(sim_peer)
	@echo "  CC      selftests/vm/simulator"
	@$(CC) $(sim_test_cflags) -o $@ $(filter %.c,$^) $(SIM_LIBS)

vpath %.c $(vm_dir) $(vm_lib) $(TOP)/tools
$(vm_objects): $(vm_build)/%.o: %.c $(wildcard $(vm_dir)/*.h $(vm_lib)/*.h)
	@mkdir -p $(@D)
	@echo "  CC      $(<:$(TOP)/%.c=%)"
	@$(CC) $(vm_flags) -c -o $@ $<

$(arm64_programs): $(vm_build)/guest-arm64/%: %.c $(vm_lib)/in-guest.h
	@mkdir -p $(@D)
	@echo "  CC      $* (arm64)"
	@aarch64-linux-gnu-gcc $(vm_flags) -static -o $@ $<

# The device tree of QEMU's own machine, with a panic device.
$(arm64_device_tree): $(vm_dir)/pvpanic-mmio.dts
	@qemu-system-aarch64 -machine virt,dtb-randomness=off,dumpdtb=$@.virt -cpu cortex-a57 -m 256 \
		-nodefaults -display none 2>$@.log || { cat $@.log >&2; exit 1; }
	@{ dtc -q -I dtb -O dts $@.virt; cat $<; } | dtc -q -I dts -O dtb -o $@

$(vm_build)/init: $(vm_build)/cycles
$(vm_build)/init $(vm_build)/cycles: $(vm_build)/%: $(vm_dir)/%.c $(vm_lib)/in-guest.h
	@mkdir -p $(@D)
	@echo "  CC      selftests/vm/$*"
	@$(CC) $(vm_flags) -static -o $@ $<

.PHONY: check-vm check-ways check-kdump check-qemu10 check-life check-matrix \
	check-mutants-vm demo vm-ready
