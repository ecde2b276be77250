# SPDX-License-Identifier: GPL-2.0-only
# The device as ASL: compiled by iasl, run by acpiexec, compared with QEMU's own.

acpi_build := $(BUILD)/acpi
acpi_asl := $(TOP)/acpi/pvpanic.asl $(wildcard $(TOP)/acpi/variants/*.asl)
acpi_parts := $(wildcard $(TOP)/acpi/parts/*.asl)
acpi_aml := $(patsubst %.asl,$(acpi_build)/%.aml,$(notdir $(acpi_asl)))
acpi_packages := $(TOP)/scripts/packages.sh
vpath %.asl $(TOP)/acpi $(TOP)/acpi/variants

ACPI_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -D_GNU_SOURCE

# What `make acpi-random` makes.
SEED ?= 1
COUNT ?= 100

# A message of iasl that is the point of a table is named in the table itself,
# with the reason ("// iasl: 2098 why"); any other warning fails the build.
iasl_allowed = $(shell sed -n 's,^// iasl: \([0-9]*\) .*,-vw \1,p' $1)
iasl = iasl -vs -we $(call iasl_allowed,$1) -I $(TOP)/acpi/parts

##@ The device's firmware
acpi: $(acpi_aml) ## compile the device and its odd variants (build/acpi/NAME.aml)

# The tables are compiled with -k: one that fails to is a failed test, and no
# reason to run none of the others. A few generated devices go with them.
check-acpi: $(acpi_build)/acpi-check $(acpi_build)/acpi-gen ## is the ASL sound, does it do as it says, and is it QEMU's?
	@$(acpi_packages) acpica-tools qemu-system-x86 >&2
	@$(MAKE) -k --no-print-directory -s acpi >&2 || true
	@rm -rf $(acpi_build)/gen
	@$(acpi_build)/acpi-gen --seed 1 --count 40 $(acpi_build)/gen >&2 || true
	@$< --build $(acpi_build) --device $(acpi_build)/pvpanic.aml --root / \
		--root $(BUILD)/roots/trixie $(acpi_asl) $(acpi_build)/gen/*.asl

acpi-random: $(acpi_build)/acpi-gen ## generate random devices (build/acpi/random/) [COUNT=100 SEED=1]
	@$(acpi_packages) acpica-tools >&2
	@rm -rf $(acpi_build)/random
	$< --seed $(SEED) --count $(COUNT) $(acpi_build)/random

$(acpi_build)/acpi-%: $(TOP)/acpi/%/*.c $(TOP)/acpi/%/*.h
	@mkdir -p $(@D)
	@command -v gcc >/dev/null || $(acpi_packages) gcc libc6-dev >&2
	@echo "  CC      $(@F)" >&2
	@gcc $(ACPI_CFLAGS) -o $@ $(filter %.c,$^)

$(acpi_build)/%.aml: %.asl $(acpi_parts)
	@mkdir -p $(@D)
	@command -v iasl >/dev/null || $(acpi_packages) acpica-tools >&2
	@echo "  IASL    $*"
	@$(call iasl,$<) -p $(@:.aml=) $< > $(@:.aml=.log) 2>&1 || { cat $(@:.aml=.log); exit 1; }

.PHONY: acpi acpi-random check-acpi
