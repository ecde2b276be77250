# SPDX-License-Identifier: GPL-2.0-only
# The device as ASL: compiled by iasl, run by acpiexec, compared with QEMU's own.

acpi_build := $(BUILD)/acpi
acpi_asl := $(TOP)/acpi/pvpanic.asl $(wildcard $(TOP)/acpi/variants/*.asl)
acpi_parts := $(wildcard $(TOP)/acpi/parts/*.asl)
acpi_aml := $(patsubst %.asl,$(acpi_build)/%.aml,$(notdir $(acpi_asl)))
vpath %.asl $(TOP)/acpi $(TOP)/acpi/variants

# A message of iasl that is the point of a table is named in the table itself,
# with the reason ("// iasl: 2098 why"); any other warning fails the build.
iasl_allowed = $(shell sed -n 's,^// iasl: \([0-9]*\) .*,-vw \1,p' $1)

##@ The device's firmware
acpi: $(acpi_aml) ## compile the device and its odd variants (build/acpi/NAME.aml)

$(acpi_build)/%.aml: %.asl $(acpi_parts)
	@mkdir -p $(@D)
	@echo "  IASL    $*"
	@iasl -vs -we $(call iasl_allowed,$<) -I $(TOP)/acpi/parts -p $(@:.aml=) $< > $(@:.aml=.log) || \
		{ cat $(@:.aml=.log); exit 1; }

.PHONY: acpi
