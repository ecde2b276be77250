# SPDX-License-Identifier: GPL-2.0-only
DEPS += debhelper dh-dkms dpkg-dev lintian mmdebstrap

INSTALL_ROOTS ?= bookworm trixie

##@ Installing
check-dkms: $(qemu_run) ## is it installed, rebuilt and removed by DKMS? [DKMS_ROOTS=bookworm, or e.g. "bullseye bookworm trixie"] (KTAP)
	@DKMS_ROOTS="$(DKMS_ROOTS)" $(TOP)/selftests/install/check-dkms.sh

check-modprobe: ## is a driver loaded, and which one first, whatever became of the installation? A dry run [KERNELS="6.1 6.12"] (KTAP)
	@$(TOP)/selftests/install/check-modprobe.sh $(KERNELS)

check-install: $(qemu_run) ## Debian guests after each way in which an installation can go: does the host hear the panic? [INSTALL_ROOTS="bookworm trixie"] (KTAP)
	@$(TOP)/selftests/install/check-install.sh $(INSTALL_ROOTS)

deb: ## build the Debian packages pvpanic-guest-dkms, pvpanic-check and pvpanic-sim (build/deb/*.deb)
	@$(TOP)/scripts/deb.sh $(BUILD)/deb

check-deb: ## are the packages lintian clean; can they be installed, upgraded and purged? (KTAP)
	@$(TOP)/selftests/install/check-deb.sh

DEPS += qemu-system-x86

.PHONY: check-dkms check-modprobe check-install deb check-deb
