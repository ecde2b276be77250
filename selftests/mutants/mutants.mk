# SPDX-License-Identifier: GPL-2.0-only
# The driver with one check removed. A test that still passes then proves nothing.

check-mutants-unit: | sim-packages $(sim_kselftest) ## each removed check makes a unit test fail [e.g. MUTANTS="spinlock-held"] (KTAP)
	@$(sim_packages) patch >&2
	@MAKE="$(MAKE)" $(TOP)/selftests/mutants/unit.sh $(MUTANTS)

.PHONY: check-mutants-unit
