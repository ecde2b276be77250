# SPDX-License-Identifier: GPL-2.0-only
# What management software makes of a guest's end, with a libvirt of the test's own.
# The guests are those of selftests/vm/: its init, its roots.

libvirt_dir := $(TOP)/selftests/libvirt
libvirt_packages := libvirt-daemon libvirt-daemon-driver-qemu libvirt-clients qemu-system-x86 \
	binutils gcc libc6-dev busybox-static cpio xz-utils zstd util-linux mount
LIBVIRT_KERNEL ?= 6.12

##@ Management software
check-libvirt: libvirt-ready ## have guests panic under a libvirt of its own, compare what it says [LIBVIRT_KERNEL=6.12, e.g. LIBVIRT_ROOT=trixie for that suite's libvirt] (KTAP)
	@$(if $(LIBVIRT_ROOT),$(TOP)/scripts/root.sh make libvirt-$(LIBVIRT_ROOT)=$(LIBVIRT_ROOT) \
		$(libvirt_packages) >&2 && $(TOP)/scripts/root.sh run libvirt-$(LIBVIRT_ROOT)) \
		$(libvirt_dir)/check-libvirt.sh $(BUILD)/kernels/$(LIBVIRT_KERNEL) $(vm_build) \
		$(BUILD)/selftests/libvirt

# Kernel, module and the guests' roots; all talk goes to stderr.
libvirt-ready:
	@{ $(libvirt_dir)/packages.sh $(libvirt_packages); \
	kernel=$$($(TOP)/scripts/kernel.sh get $(LIBVIRT_KERNEL)); \
	$(TOP)/scripts/kernel.sh module $(LIBVIRT_KERNEL) >/dev/null; \
	$(MAKE) -s --no-print-directory $(vm_build)/init; \
	$(vm_dir)/initramfs.sh $$kernel $(BUILD); \
	$(TOP)/scripts/unpack.sh kdump kexec-tools makedumpfile; \
	$(vm_dir)/initramfs-kdump.sh $$kernel $(BUILD); } >&2

.PHONY: check-libvirt libvirt-ready
