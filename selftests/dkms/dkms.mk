# SPDX-License-Identifier: GPL-2.0-only
##@ Installing
check-dkms: ## is the module installed, rebuilt and removed by DKMS? [DKMS_ROOTS="bullseye bookworm trixie"] (KTAP)
	@DKMS_ROOTS="$(DKMS_ROOTS)" $(TOP)/selftests/dkms/check-dkms.sh

.PHONY: check-dkms
