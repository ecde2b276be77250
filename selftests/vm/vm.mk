# SPDX-License-Identifier: GPL-2.0-only
# The bench of real guests: boots kernels under QEMU, has them panic, and judges
# by what the host saw. See selftests/vm/scenarios/ for what it tries.

vm_dir := $(TOP)/selftests/vm
vm_build := $(BUILD)/selftests/vm
vm_objects := $(patsubst %,$(vm_build)/%.o,words story ktap narrate scenario monitor guest steps judge \
		trial plan main)
vm_flags := -std=gnu11 -O2 -g -Wall -Wextra -Wvla -Wmissing-prototypes -Wstrict-prototypes

KERNELS ?= 6.1 6.12
# Further options of vm-bench: make check-vm VM='--only *sysrq*'
VM ?=

##@ Guests
check-vm: vm-ready ## boot guests on KERNELS="6.1 6.12", panic them in every way, judge by what the host saw (KTAP)
	@rm -rf $(vm_build)/logs && mkdir -p $(vm_build)/logs
	@$(vm_build)/vm-bench --logs $(vm_build)/logs $(addprefix --kernel $(BUILD)/kernels/,$(KERNELS)) \
		$(VM) $(sort $(wildcard $(vm_dir)/scenarios/*.ini))

# KERNEL= and KDIR= take a kernel and headers of one's own in place of Debian's.
DEMO_KERNEL ?= 6.12
demo: ## see a real guest panic and its host hear of it [KERNEL=vmlinuz KDIR=headers]
	@$(vm_dir)/demo.sh $(if $(KERNEL),"$(KERNEL)" "$(KDIR)",$(DEMO_KERNEL))

# Kernels, modules, firmware and the guest's root; all talk goes to stderr.
vm-ready:
	@{ $(TOP)/selftests/lib/packages.sh gcc libc6-dev libuv1-dev libjansson-dev libinih-dev \
		qemu-system-x86 busybox-static cpio xz-utils zstd util-linux acpica-tools; \
	$(MAKE) --no-print-directory acpi $(vm_build)/vm-bench $(vm_build)/init; \
	tools=$$($(TOP)/selftests/lib/unpack.sh kdump kexec-tools makedumpfile); \
	for key in $(KERNELS); do \
		$(TOP)/selftests/lib/kernel.sh get $$key; \
		$(TOP)/selftests/lib/kernel.sh module $$key; \
		$(vm_dir)/initramfs.sh $(BUILD)/kernels/$$key $(BUILD) $(vm_build)/init; \
		$(vm_dir)/initramfs-kdump.sh $(BUILD)/kernels/$$key $(BUILD) $(vm_build)/init $$tools; \
	done; } >&2

$(vm_build)/vm-bench: $(vm_objects)
	@$(CC) $(vm_flags) -o $@ $^ -luv -ljansson -linih

$(vm_build)/%.o: $(vm_dir)/%.c $(vm_dir)/bench.h
	@mkdir -p $(@D)
	@echo "  CC      selftests/vm/$*"
	@$(CC) $(vm_flags) -c -o $@ $<

$(vm_build)/init: $(vm_dir)/init.c
	@mkdir -p $(@D)
	@echo "  CC      selftests/vm/init"
	@$(CC) $(vm_flags) -static -o $@ $<

.PHONY: check-vm demo vm-ready
