# SPDX-License-Identifier: GPL-2.0-only
# What the design names and nobody has built yet: said plainly, and failing.

##@ Not there yet
bench: ## the simulator beside QEMU; the driver's instruction counts are not there yet
	@$(MAKE) --no-print-directory bench-sim
	@echo "make bench: the driver's instructions beside the in-tree driver's: not built yet" >&2
	@false

.PHONY: bench
