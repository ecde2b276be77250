# SPDX-License-Identifier: GPL-2.0-only
# The collection of tests that run inside a guest (selftests/Makefile), in guests.

DEPS += rsync

##@ Tests that run inside a guest
kselftest: ## build them and install them to build/kselftest_install [e.g. INSTALL_PATH=/mnt/image/opt KSFT_DIR=/usr/src/linux]
	@$(MAKE) --no-print-directory -C $(TOP)/selftests install

check-kselftest: vm-ready ## run them in a guest a kernel, on this machine, and from a kernel tree [KERNELS="6.1 6.12"] (KTAP)
	@$(TOP)/selftests/kselftest/check-kselftest.sh $(KERNELS)

.PHONY: kselftest check-kselftest
