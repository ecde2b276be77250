# SPDX-License-Identifier: GPL-2.0-only
# The host simulator and its tests. Every program is built twice: as it is used, and
# under build/host-sim/asan with ASan and UBSan, which is what the tests run.

sim_build := $(BUILD)/host-sim
sim_dir := $(TOP)/host-sim
sim_headers := $(wildcard $(sim_dir)/*.h)
sim_objects := $(patsubst $(sim_dir)/%.c,%.o,$(wildcard $(sim_dir)/*.c))
sim_packages := $(TOP)/scripts/packages.sh

SIM_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Wmissing-prototypes -D_GNU_SOURCE -I$(sim_dir) -I$(sim_dir)/tests/lib
SIM_ASAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
SIM_LIBS := -luv -ljansson -pthread

DEPS += gcc libuv1-dev libjansson-dev

##@ The host simulator
host-sim: $(sim_build)/pvpanic-sim ## build build/host-sim/pvpanic-sim, a pvpanic host without a VM

$(sim_build)/pvpanic-sim: $(addprefix $(sim_build)/,$(sim_objects))
	@echo "  LD      $(@F)" >&2
	@gcc -o $@ $^ $(SIM_LIBS)

$(sim_build)/asan/pvpanic-sim: $(addprefix $(sim_build)/asan/,$(sim_objects))
	@echo "  LD      asan/$(@F)" >&2
	@gcc $(SIM_ASAN) -o $@ $^ $(SIM_LIBS)

$(sim_build)/%.o: $(sim_dir)/%.c $(sim_headers) | sim-packages
	@mkdir -p $(@D)
	@echo "  CC      host-sim/$*.c" >&2
	@gcc $(SIM_CFLAGS) -c -o $@ $<

$(sim_build)/asan/%.o: $(sim_dir)/%.c $(sim_headers) | sim-packages
	@mkdir -p $(@D)
	@echo "  CC      host-sim/$*.c (asan)" >&2
	@gcc $(SIM_CFLAGS) $(SIM_ASAN) -c -o $@ $<

sim-packages:
	@$(sim_packages) gcc libc6-dev libuv1-dev libjansson-dev >&2

.PHONY: host-sim sim-packages

conformance_objects := $(addprefix $(sim_build)/,tests/conformance/main.o tests/conformance/play.o \
	tests/conformance/script.o tests/lib/peer.o text.o)

$(sim_build)/conformance: $(conformance_objects)
	@echo "  LD      $(@F)" >&2
	@gcc -o $@ $^

# Tests on the kernel's harness, which is used from Debian's package and never copied.
sim_ksft := $(BUILD)/kselftest/tools/testing/selftests
sim_kselftest := $(sim_ksft)/kselftest_harness.h
sim_unit := $(patsubst $(sim_dir)/tests/unit/%.c,%,$(wildcard $(sim_dir)/tests/unit/*.c))
sim_unit_tests := $(addprefix $(sim_build)/asan/unit-,$(sim_unit))
sim_program_tests := $(addprefix $(sim_build)/,bad-input clients)
sim_test_lib := $(addprefix $(sim_build)/,tests/lib/peer.o tests/lib/sim.o text.o)
sim_core := $(filter-out main.o,$(sim_objects))

# Headers alone are unpacked, to a place of their own, so that no half of them is ever used.
$(sim_kselftest):
	@$(TOP)/scripts/kselftest.sh $(BUILD)/kselftest >&2

$(sim_unit_tests): $(sim_build)/asan/unit-%: $(sim_dir)/tests/unit/%.c $(sim_kselftest) \
		$(addprefix $(sim_build)/asan/,device.o machine.o text.o json-read.o json-parse.o json-write.o)
	@echo "  CC      $(@F)" >&2
	@gcc $(SIM_CFLAGS) -Wno-missing-prototypes $(SIM_ASAN) -isystem $(sim_ksft) -o $@ $(filter-out %.h,$^) -ljansson

$(sim_program_tests): $(sim_build)/%: $(sim_dir)/tests/%.c $(sim_kselftest) $(sim_test_lib)
	@echo "  CC      $(@F)" >&2
	@gcc $(SIM_CFLAGS) -Wno-missing-prototypes -Wno-unused-result -isystem $(sim_ksft) -o $@ $(filter-out %.h,$^) -ljansson

# Fuzzers: the protocols without their sockets, so that one process runs them millions of times.
sim_fuzzers := $(addprefix $(sim_build)/fuzz/,qmp qtest guest-link options)
sim_fuzzed := $(filter-out $(addprefix $(sim_dir)/,main.c host.c shard.c client.c endpoint.c), \
	$(wildcard $(sim_dir)/*.c))
SECONDS ?= 60

$(sim_fuzzers): $(sim_build)/fuzz/%: $(sim_dir)/tests/fuzz/%.c $(sim_dir)/tests/fuzz/fuzz.c \
		$(sim_dir)/tests/fuzz/fuzz.h $(sim_fuzzed) $(sim_headers) | sim-packages
	@$(sim_packages) clang libclang-rt-dev >&2
	@mkdir -p $(@D)
	@echo "  CC      fuzz/$(@F)" >&2
	@clang $(SIM_CFLAGS) -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
		-o $@ $(filter %.c,$^) -ljansson

fuzz: $(sim_fuzzers) ## fuzz QMP, qtest, the guest link and the options, each so long [SECONDS=60]
	@$(sim_dir)/tests/fuzz/run.sh $(sim_build)/fuzz $(SECONDS)

# What `make check` runs of the simulator: with ASan and UBSan, and a QEMU 10 where there is one:
# QEMU10=, or in a build root.
sim_qemu10 = $(firstword $(QEMU10) $(patsubst %/usr/bin/qemu-system-x86_64,%:qemu-system-x86_64, \
	$(wildcard $(BUILD)/roots/*trixie/usr/bin/qemu-system-x86_64)) $(BUILD)/roots/trixie:qemu-system-x86_64)
sim_qemus = -q qemu-system-x86_64 -q $(sim_qemu10)
sim_scripts := $(wildcard $(sim_dir)/tests/conformance/scripts/*.script)

sim_check_programs := $(sim_build)/asan/pvpanic-sim $(sim_unit_tests) $(sim_program_tests) \
	$(sim_build)/conformance $(sim_fuzzers)

check-sim: $(sim_check_programs) ## is the simulator sound, and is it like QEMU? [e.g. QEMU10=/usr/local/bin/qemu-system-x86_64] (KTAP)
	@$(sim_packages) qemu-system-x86 >&2
	@failed=0; export PVPANIC_SIM=$(sim_build)/asan/pvpanic-sim; \
	for test in $(sim_unit_tests) $(sim_program_tests); do $$test || failed=1; done; \
	$(sim_build)/conformance -s $$PVPANIC_SIM $(sim_qemus) $(sim_scripts) || failed=1; \
	$(sim_dir)/tests/fuzz/run.sh $(sim_build)/fuzz 2 || failed=1; \
	exit $$failed

.PHONY: fuzz check-sim

# The sockets lie in memory, as /run does on a host: a busy disk is not what is measured.
$(sim_build)/bench: $(sim_dir)/tests/bench.c $(sim_test_lib)
	@echo "  CC      $(@F)" >&2
	@gcc $(SIM_CFLAGS) -o $@ $(filter-out %.h,$^) -ljansson

bench-sim: $(sim_build)/pvpanic-sim $(sim_build)/bench ## ten thousand guests, and real QEMUs beside them [GUESTS=10000]
	@$(sim_packages) qemu-system-x86 >&2
	@TMPDIR=$${TMPDIR:-$(or $(wildcard /dev/shm),/tmp)} \
		$(sim_build)/bench -s $(sim_build)/pvpanic-sim $(if $(GUESTS),-n $(GUESTS))

.PHONY: bench-sim

include $(TOP)/selftests/unit/unit.mk
