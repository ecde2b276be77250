# SPDX-License-Identifier: GPL-2.0-only
# The device as ASL, compiled by iasl.

acpi_build := $(BUILD)/acpi
acpi_asl := $(TOP)/acpi/pvpanic.asl $(wildcard $(TOP)/acpi/variants/*.asl)
acpi_parts := $(wildcard $(TOP)/acpi/parts/*.asl)
acpi_aml = $(patsubst %.asl,$(acpi_build)/%.aml,$(notdir $(acpi_asl)))
acpi_packages := $(TOP)/scripts/packages.sh
vpath %.asl $(TOP)/acpi $(TOP)/acpi/variants $(acpi_build)

# A message of iasl that is the point of a table is named in the table itself,
# with the reason ("// iasl: 2098 why"); any other warning fails the build.
iasl_allowed = $(shell sed -n 's,^// iasl: \([0-9]*\) .*,-vw \1,p' $1)
iasl = iasl -vs -we $(call iasl_allowed,$1) -I $(TOP)/acpi/parts

##@ The device's firmware
acpi: $(acpi_aml) ## compile the device and its odd variants (build/acpi/NAME.aml)

$(acpi_build)/%.aml: %.asl $(acpi_parts)
	@mkdir -p $(@D)
	@command -v iasl >/dev/null || $(acpi_packages) acpica-tools >&2
	@echo "  IASL    $*"
	@$(call iasl,$<) -p $(@:.aml=) $< > $(@:.aml=.log) 2>&1 || { cat $(@:.aml=.log); exit 1; }

.PHONY: acpi
