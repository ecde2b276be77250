# SPDX-License-Identifier: GPL-2.0-only
# What the design names and nobody has built yet: said plainly, and failing.

##@ Not there yet
check-debug: ## (not there yet) all scenarios on kernels with KASAN, lockdep, KCSAN and fault injection
	@echo "make check-debug: not built yet; the scenarios it will run are those of make check-vm" >&2
	@false

bench: ## the simulator beside QEMU; the driver's instruction counts are not there yet
	@$(MAKE) --no-print-directory bench-sim
	@echo "make bench: the driver's instructions beside the in-tree driver's: not built yet" >&2
	@false

.PHONY: check-debug bench
