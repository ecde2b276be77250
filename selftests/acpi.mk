# SPDX-License-Identifier: GPL-2.0-only
# Tests of the ASL in acpi/, and random devices.

acpi_random := $(acpi_build)/random
SEED ?= 1
COUNT ?= 100

# random_devices SEED,COUNT,DIR: a new DIR with the tables, not yet compiled
random_devices = rm -rf $3 && $(acpi_build)/random-devices $1 $2 $3
compile_in = $(MAKE) -k --no-print-directory -s acpi acpi_build=$1 acpi_asl="$$(echo $1/*.asl)"

##@ The device's firmware
# The tables are compiled with -k, so that one that is wrong is one failed test. A few
# random devices go with them.
check-acpi: $(acpi_build)/random-devices $(qemu_run) ## is the ASL sound, does it do as it says, and is it QEMU's? (KTAP)
	@$(acpi_packages) acpica-tools qemu-system-x86 >&2
	@$(MAKE) -k --no-print-directory -s acpi >&2 || true
	@$(call random_devices,1,40,$(acpi_build)/random-few)
	@$(call compile_in,$(acpi_build)/random-few) >&2 || true
	@$(TOP)/acpi/check.sh $(acpi_build) $(BUILD)/roots $(qemu_run) $(acpi_asl) $(acpi_build)/random-few/*.asl

acpi-random: $(acpi_build)/random-devices ## make random devices (build/acpi/random/) [COUNT=100 SEED=1]
	@$(acpi_packages) acpica-tools >&2
	@$(call random_devices,$(SEED),$(COUNT),$(acpi_random))
	@$(call compile_in,$(acpi_random)) >&2

# SEED= and COUNT= as for acpi-random.
check-firmware-random: COUNT = 200
check-firmware-random: vm-ready acpi-random ## guests with random devices: no oops, no hang, always the byte (KTAP) [COUNT=200 SEED=1 KERNELS="6.1 6.12"]
	@$(vm_dir)/firmware-random/run.sh $(vm_build)/vm-bench $(BUILD) $(acpi_random) \
		$(addprefix $(BUILD)/kernels/,$(KERNELS))

$(acpi_build)/random-devices: $(wildcard $(TOP)/acpi/random/*.[ch])
	@mkdir -p $(@D)
	@command -v gcc >/dev/null || $(acpi_packages) gcc libc6-dev >&2
	@echo "  CC      $(@F)" >&2
	@gcc -std=gnu11 -O2 -g -Wall -Wextra -Wmissing-prototypes -D_GNU_SOURCE -o $@ $(filter %.c,$^)

.PHONY: check-acpi acpi-random check-firmware-random
