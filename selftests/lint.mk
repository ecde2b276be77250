# SPDX-License-Identifier: GPL-2.0-only
# What a machine can say of the sources without running them.

DEPS += shellcheck sparse codespell mandoc perl

##@ Sources
lint: ## checkpatch, sparse, W=1, shellcheck, codespell, iasl, man pages, Sphinx, paths, versions: 0 warnings (KTAP) [e.g. TOOLS="man sphinx"]
	@$(TOP)/selftests/lint.sh $(TOOLS)

check-lint: lint

.PHONY: lint check-lint
