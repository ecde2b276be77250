# SPDX-License-Identifier: GPL-2.0-only
# The driver in user space. Its unchanged sources are compiled once for each kind of kernel, and
# linked with selftests/unit/kernel/ and the simulated host into one test program.

kernel_dir := $(TOP)/selftests/unit/kernel
kernel_build := $(sim_build)/driver
# check-mutants-unit sets these three on the command line of make.
driver_dir := $(TOP)/drivers
driver_build := $(kernel_build)
driver_variants := none count rcu rt none_old count_old rcu_old rt_old arm

driver_sources := $(wildcard $(driver_dir)/*.c)
driver_sources_of = $(if $(filter arm,$1),$(filter-out %/wrpt.c,$(driver_sources)),$(driver_sources))
driver_headers := $(wildcard $(driver_dir)/*.h)
driver_tests := $(TOP)/selftests/unit
kernel_headers := $(wildcard $(kernel_dir)/*.h)
kselftest := $(BUILD)/kselftest/tools/testing/selftests

# The options that the driver sees by IS_ENABLED() and in the headers; -old is before 5.19. arm is
# not x86, so it has no I/O ports, and Kbuild leaves out wrpt.c.
driver_none := -DCONFIG_X86=1
driver_count := $(driver_none) -DCONFIG_PREEMPT_COUNT=1 -DCONFIG_KPROBES_ON_FTRACE=1
driver_rcu := $(driver_count) -DCONFIG_PREEMPT_RCU=1 -DCONFIG_X86_KERNEL_IBT=1
driver_rt := $(driver_rcu) -DCONFIG_PREEMPT_RT=1
driver_arm := -DCONFIG_PREEMPT_COUNT=1
driver_config = $(driver_$(1:_old=)) $(if $(filter %_old,$1),-DKERNEL_BEFORE_SYS_OFF)

DRIVER_CFLAGS := -std=gnu11 -g -Wall -DCONFIG_ACPI=1 -DCONFIG_PCI=1 -fno-pie -fdata-sections -fvisibility=hidden \
	-I$(driver_build)/include -I$(kernel_dir)
KERNEL_CFLAGS := -std=gnu11 -g -Wall -Wextra -Wno-missing-field-initializers -D_GNU_SOURCE \
	-fno-pie -I$(kernel_dir) -I$(sim_dir) -I$(driver_tests)
# Three modes of building everything: asan runs the tests, gcov counts the lines and branches that
# they reach, and plain compiles fast, once for each mutant.
driver_modes := asan gcov plain
kernel_mode_asan := -O2 $(SIM_ASAN)
kernel_mode_gcov := -O2
kernel_mode_plain := -O1
driver_mode_asan := $(kernel_mode_asan)
driver_mode_gcov := -O0 --coverage
driver_mode_plain := $(kernel_mode_plain)
link_mode_asan := $(SIM_ASAN)
link_mode_gcov := --coverage -u __gcov_dump
link_mode_plain :=

##@ The driver in user space
check-unit: $(sim_build)/tests/driver-test ## all combinations of binding, panic and failure, without a VM (KTAP)
	@$<

$(sim_build)/tests/driver-test: $(kernel_build)/asan/driver-test
	@mkdir -p $(@D)
	@cp $< $@.new && mv $@.new $@

# Each <linux/...> and <asm/...> header that the driver includes is kernel.h, except errno.h: libc
# needs its own.
$(driver_build)/include/.made: $(driver_sources) $(driver_headers) $(TOP)/selftests/unit/unit.mk | sim-packages
	@rm -rf $(@D) && mkdir -p $(@D)
	@sed -nE 's,^#include <((linux|asm)/.*\.h)>.*,\1,p' $(driver_sources) $(driver_headers) | \
		sort -u | grep -v '/errno\.h$$' | while read -r header; do \
			mkdir -p "$$(dirname "$(@D)/$$header")"; \
			echo '#include <kernel.h>' > "$(@D)/$$header"; \
		done
	@touch $@

# $1: mode, $2: variant. All names in the object are local, except the kernel's.
define driver_rules
$(driver_build)/$1/$2/%.o: $(driver_dir)/%.c $(driver_headers) $(kernel_headers) \
		$(driver_build)/include/.made
	@mkdir -p $$(@D)
	@gcc $$(DRIVER_CFLAGS) $$(driver_mode_$1) -DKERNEL_VARIANT=$2 $$(call driver_config,$2) \
		-c -o $$@ $$<

$(driver_build)/$1/$2.o: $(patsubst $(driver_dir)/%.c,$(driver_build)/$1/$2/%.o,$(call driver_sources_of,$2)) \
		$(kernel_dir)/driver.lds
	@echo "  CC      drivers/*.c ($2, $1)" >&2
	@ld -r -T $(kernel_dir)/driver.lds -o $$@ $$(filter %.o,$$^)
	@objcopy --localize-hidden --rename-section driver_data=driver_data_$2 $$@
endef
$(foreach mode,$(driver_modes),$(foreach variant,$(driver_variants),\
	$(eval $(call driver_rules,$(mode),$(variant)))))

# $1: mode. The kernel, the host, the tests.
define kernel_rules
$(kernel_build)/$1/kernel/%.o: $(kernel_dir)/%.c $(kernel_headers) $(sim_headers)
	@mkdir -p $$(@D)
	@gcc $$(KERNEL_CFLAGS) $$(kernel_mode_$1) -c -o $$@ $$<

$(kernel_build)/$1/sim/%.o: $(sim_dir)/%.c $(sim_headers)
	@mkdir -p $$(@D)
	@gcc $$(KERNEL_CFLAGS) $$(kernel_mode_$1) -c -o $$@ $$<

$(kernel_build)/$1/tests/%.o: $(driver_tests)/%.c $(wildcard $(driver_tests)/*.h) \
		$(kernel_headers) $(kselftest)/kselftest_harness.h
	@mkdir -p $$(@D)
	@gcc $$(KERNEL_CFLAGS) -isystem $(kselftest) $$(kernel_mode_$1) -c -o $$@ $$<

$(driver_build)/$1/driver-test: $(patsubst %,$(driver_build)/$1/%.o,$(driver_variants)) \
		$(patsubst %,$(kernel_build)/$1/%.o,sim/device sim/machine \
		$(patsubst $(kernel_dir)/%.c,kernel/%,$(wildcard $(kernel_dir)/*.c)) \
		$(patsubst $(driver_tests)/%.c,tests/%,$(filter-out %/coverage.c,$(wildcard $(driver_tests)/*.c))))
	@echo "  LD      driver-test ($1)" >&2
	@gcc -no-pie $(link_mode_$1) -o $$@ $$^
endef
$(foreach mode,$(driver_modes),$(eval $(call kernel_rules,$(mode))))

check-mutants-unit: | sim-packages $(kselftest)/kselftest_harness.h ## remove each check from the driver: does a unit test then fail? (KTAP) [e.g. MUTANTS=spinlock-held]
	@$(sim_packages) patch >&2
	@MAKE="$(MAKE)" $(TOP)/selftests/mutants/unit.sh $(MUTANTS)

coverage: $(kernel_build)/gcov/driver-test $(kernel_build)/coverage ## check-unit reaches each line and branch of drivers/, except the listed ones (KTAP)
	@find $(kernel_build)/gcov -name '*.gcda' -delete
	@$< > $(kernel_build)/gcov/driver-test.ktap || { cat $(kernel_build)/gcov/driver-test.ktap; exit 1; }
	@cd $(kernel_build)/gcov && gcov --stdout --json-format --branch-probabilities \
		$(foreach variant,$(driver_variants),$(variant)/*.gcda) | \
		$(kernel_build)/coverage $(TOP)/drivers $(driver_tests)/uncovered

$(kernel_build)/coverage: $(driver_tests)/coverage.c $(TOP)/selftests/lib/ktap.c | sim-packages
	@mkdir -p $(@D)
	@gcc $(SIM_CFLAGS) $(SIM_ASAN) -o $@ $^ -ljansson

.PHONY: check-unit check-mutants-unit coverage
