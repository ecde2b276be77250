# SPDX-License-Identifier: GPL-2.0-only
DEPS += debhelper dh-dkms dpkg-dev lintian mmdebstrap

##@ Installing
check-dkms: ## is it installed, rebuilt and removed by DKMS? [DKMS_ROOTS=bookworm, or e.g. "bullseye bookworm trixie"] (KTAP)
	@DKMS_ROOTS="$(DKMS_ROOTS)" $(TOP)/selftests/install/check-dkms.sh

check-handover: ## does a guest with systemd and udev load it by its alias, in the initramfs too? (KTAP)
	@$(TOP)/selftests/install/check-handover.sh

deb: ## build the Debian packages pvpanic-guest-dkms, pvpanic-check and pvpanic-sim (build/deb/*.deb)
	@$(TOP)/scripts/deb.sh $(BUILD)/deb

check-deb: ## are the packages lintian clean; can they be installed, upgraded and purged? (KTAP)
	@$(TOP)/selftests/install/check-deb.sh

DEPS += qemu-system-x86 acpica-tools

.PHONY: check-dkms check-handover deb check-deb
