# SPDX-License-Identifier: GPL-2.0-only
# The pages, built by Sphinx on a copy of this folder, where what is generated lies
# beside what is written; and the test that runs the commands in them.

docs_dir := $(TOP)/Documentation
docs_build := $(BUILD)/docs
docs_packages := $(TOP)/scripts/packages.sh
docs_figures := $(patsubst $(docs_dir)/%.dot,%,$(wildcard $(docs_dir)/figures/*.dot))
docs_plots := $(wildcard $(docs_dir)/figures/*.gp)
docs_driver := $(shell grep -l '^/\*\*$$' $(TOP)/drivers/*.c)

# Warnings are errors; SPHINXOPTS= lets them pass.
SPHINXOPTS ?= -W --keep-going

# The kernel that the guests of check-docs boot.
DOCS_KERNEL ?= 6.1

DEPS += python3-sphinx graphviz gnuplot-nox mandoc

##@ Documentation
docs: docs-source ## build the documentation, build/docs/html/index.html
	@sphinx-build -q $(SPHINXOPTS) -b html -d $(docs_build)/doctrees $(docs_build)/src $(docs_build)/html
	@echo "  built    $(docs_build:$(TOP)/%=%)/html/index.html"

figures: ## make the pictures that are committed anew from their sources
	@$(docs_packages) graphviz gnuplot-nox >&2
	@for figure in $(docs_figures); do \
		dot -Tsvg $(docs_dir)/$$figure.dot -o $(docs_dir)/$$figure.svg; \
	done
	@cd $(docs_dir)/figures && for plot in $(docs_plots); do gnuplot $$plot >$${plot%.gp}.svg; done

support-table: ## put new test results into Documentation/support.*
	@mkdir -p $(docs_build)
	@$(docs_dir)/support-table.sh merge $(docs_dir)/support.tsv $(wildcard $(vm_build)/results.tsv) >$(docs_build)/support.tsv
	@cp $(docs_build)/support.tsv $(docs_dir)/
	@$(docs_dir)/support-table.sh table $(docs_dir)/support.tsv >$(docs_build)/support.inc
	@cp $(docs_build)/support.inc $(docs_dir)/

check-docs: ## run the commands in README.md and Documentation/, and look up what they name [e.g. PAGES=Documentation/install.rst DOCS_KERNEL=6.12] (KTAP)
	@$(docs_dir)/check-docs.sh $(DOCS_KERNEL) $(PAGES)

# Sphinx goes by time stamps and content, so a fresh copy costs it nothing.
docs-source:
	@$(docs_packages) python3-sphinx graphviz >&2
	@rm -rf $(docs_build)/src
	@mkdir -p $(docs_build)/src/figures
	@cp -pr $(docs_dir)/*.rst $(wildcard $(docs_dir)/*.inc) $(docs_dir)/conf.py $(docs_dir)/ABI $(docs_build)/src/
	@$(docs_packages) $(vm_packages) >&2
	@$(MAKE) --no-print-directory $(vm_build)/vm-bench >&2
	@{ cat $(TOP)/selftests/vm/scenarios/README; $(vm_build)/vm-bench --fields; } >$(docs_build)/src/scenarios.txt
	@cp -p $(wildcard $(docs_dir)/figures/*.svg $(docs_dir)/figures/*.tsv) $(docs_build)/src/figures/
	@for figure in $(docs_figures); do \
		dot -Tsvg $(docs_dir)/$$figure.dot -o $(docs_build)/src/$$figure.svg; \
	done
	@$(docs_dir)/kernel-doc.sh -rst $(docs_driver) | \
		cat $(docs_dir)/kernel-doc.head - >$(docs_build)/src/kernel-doc.rst

.PHONY: docs docs-source figures support-table check-docs
