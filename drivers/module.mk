# SPDX-License-Identifier: GPL-2.0-only
# The module: built from links under build/, so that the source tree stays clean
# and several kernels can be built side by side.

packages := $(TOP)/scripts/packages.sh
installer := $(TOP)/drivers/install/install.sh

# What the kernel calls itself (vermagic, modprobe): Debian's 6.1 headers have
# another version in include/config/kernel.release.
krel = $(or $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h 2>/dev/null),$(shell \
	cat $(KDIR)/include/config/kernel.release 2>/dev/null))
# OUT= and SRC= build another copy of the driver beside it.
module_out = $(or $(OUT),$(BUILD)/$(krel))
module_src = $(or $(SRC),$(TOP)/drivers)

# The kernel's build takes its compiler from the headers, unless one is named here. LLVM is 1, a
# suffix (-16), or the prefix of a folder.
module_cc = $(or $(if $(filter command%,$(origin CC)),$(CC)),$(if \
	$(LLVM),$(filter %/,$(LLVM))clang$(filter -%,$(LLVM))))

# A module's type information refers to the kernel image and is made by pahole. Headers may come
# without the first, which would end each build with a warning. Unpacked ones come without pahole.
no_btf = $(if $(and $(wildcard $(KDIR)/vmlinux),$(shell command -v pahole)),,CONFIG_DEBUG_INFO_BTF_MODULES=)

# What building and installing need; each fragment adds its own. The running kernel
# may be none of Debian's, in a container for one.
DEPS += binutils gcc make kmod dkms openssl
DEPS += $(if $(wildcard /boot/config-$(KREL)),linux-headers-$(KREL))

##@ The module
# For another architecture: ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- KDIR=FOLDER
modules: module-kdir ## build build/<kernel release>/pvpanic-guest.ko [e.g. KREL=6.1.0-56-cloud-amd64 KDIR=/usr/src/linux W=1]
	@mkdir -p $(module_out)/src/drivers
	@find $(module_out)/src -type l -delete
	@ln -s $(TOP)/Kbuild $(module_out)/src/
	@ln -s $(module_src)/*.[ch] $(module_out)/src/drivers/
	@$(MAKE) --no-print-directory -C $(KDIR) M=$(module_out)/src $(no_btf) modules
	@cp $(module_out)/src/pvpanic-guest.ko $(module_out)/.pvpanic-guest.ko
	@mv $(module_out)/.pvpanic-guest.ko $(module_out)/pvpanic-guest.ko
	@echo "  built    $(module_out:$(TOP)/%=%)/pvpanic-guest.ko"

module-kdir:
	@$(TOP)/scripts/check-kdir.sh "$(BUILD)" "$(KDIR)" "$(KREL)" "$(module_cc)"

# Kernels whose key only Debian has fail to sign, and then go on unsigned: the log
# is shown only when the rest failed too.
install: may-install modules pvpanic-check ## install the module for one kernel, and pvpanic-check [e.g. KREL=6.1.0-56-cloud-amd64 DESTDIR=/mnt/image]
	@rm -rf $(module_out)/stage
	@$(MAKE) --no-print-directory -C $(KDIR) M=$(module_out)/src DEPMOD=true \
		INSTALL_MOD_PATH=$(module_out)/stage INSTALL_MOD_DIR=updates modules_install \
		>$(module_out)/install.log 2>&1 || { cat $(module_out)/install.log >&2; exit 1; }
	@DESTDIR=$(DESTDIR) CHECK_TOOL=$(check_tool:$(TOP)/%=%) $(installer) install $(krel) $(module_out)/stage

# Asked before anything is built.
may-install may-dkms-install:
	@DESTDIR=$(DESTDIR) $(installer) $@

uninstall: ## take it away again, and give QEMU0001 back to the kernel's own driver [KREL and DESTDIR as with install]
	@DESTDIR=$(DESTDIR) $(installer) uninstall $(KREL)

# All kernels here that have headers, unless KREL= names one.
dkms-install: may-dkms-install pvpanic-check ## install by DKMS for all kernels here, and for those to come [e.g. KREL=6.1.0-56-cloud-amd64]
	@$(packages) dkms openssl
	@$(installer) dkms-install $(if $(filter command%,$(origin KREL)),$(KREL))

dkms-uninstall: ## take it out of DKMS again
	@$(installer) dkms-uninstall

deps: ## install all Debian packages that any target may need
	@$(packages) $(sort $(DEPS))

.PHONY: modules module-kdir install may-install may-dkms-install uninstall \
	dkms-install dkms-uninstall deps
