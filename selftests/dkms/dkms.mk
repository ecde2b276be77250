# SPDX-License-Identifier: GPL-2.0-only
DEPS += debhelper dh-dkms dpkg-dev lintian mmdebstrap

##@ Installing
check-dkms: ## is it installed, rebuilt and removed by DKMS? [DKMS_ROOTS="bullseye bookworm trixie"] (KTAP)
	@DKMS_ROOTS="$(DKMS_ROOTS)" $(TOP)/selftests/dkms/check-dkms.sh

deb: ## build the Debian packages: build/deb/pvpanic-acpi-dkms_*.deb and pvpanic-sim_*.deb
	@$(TOP)/selftests/dkms/deb.sh $(BUILD)/deb

check-deb: ## are the packages lintian clean; can they be installed, upgraded and purged? (KTAP)
	@$(TOP)/selftests/dkms/check-deb.sh

.PHONY: check-dkms deb check-deb
