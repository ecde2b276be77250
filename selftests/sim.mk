# SPDX-License-Identifier: GPL-2.0-only
# The tests of the host simulator. The simulator under test has ASan and UBSan, so a leak or a
# bad access is a bad exit status.

sim_tests := $(sim_dir)/tests
sim_asan := $(sim_build)/asan
sim_lib := $(TOP)/selftests/lib
sim_ksft := $(BUILD)/kselftest/tools/testing/selftests
sim_kselftest := $(sim_ksft)/kselftest_harness.h
sim_test_cflags := $(SIM_CFLAGS) -I$(sim_tests)/lib -I$(sim_lib) -Wno-missing-prototypes
sim_peer := $(sim_tests)/lib/peer.c $(sim_lib)/qemu.c $(sim_tests)/lib/peer.h $(sim_lib)/qemu.h
sim_unit_tests := $(patsubst $(sim_tests)/unit/%.c,$(sim_asan)/unit-%,$(wildcard $(sim_tests)/unit/*.c))
sim_program_tests := $(sim_build)/bad-input $(sim_build)/clients

$(sim_asan)/pvpanic-sim: $(addprefix $(sim_asan)/,$(sim_objects))
	@echo "  LD      asan/$(@F)" >&2
	@gcc $(SIM_ASAN) -o $@ $^ $(SIM_LIBS)

$(sim_asan)/%.o: $(sim_dir)/%.c $(sim_headers) | sim-packages
	@mkdir -p $(@D)
	@echo "  CC      host-sim/$*.c (asan)" >&2
	@gcc $(SIM_CFLAGS) $(SIM_ASAN) -c -o $@ $<

# The kernel's test harness is used from Debian's package and never copied.
$(sim_kselftest):
	@$(TOP)/scripts/kselftest.sh $(BUILD)/kselftest >&2

$(sim_unit_tests): $(sim_asan)/unit-%: $(sim_tests)/unit/%.c $(sim_kselftest) \
		$(addprefix $(sim_asan)/,device.o machine.o text.o json-scan.o)
	@echo "  CC      $(@F)" >&2
	@gcc $(sim_test_cflags) $(SIM_ASAN) -isystem $(sim_ksft) -o $@ $(filter-out %.h,$^) -ljansson

$(sim_program_tests): $(sim_build)/%: $(sim_tests)/%.c $(sim_peer) $(sim_kselftest)
	@echo "  CC      $(@F)" >&2
	@gcc $(sim_test_cflags) -isystem $(sim_ksft) -o $@ $(filter-out %.h,$^) $(SIM_LIBS)

$(sim_build)/conformance: $(wildcard $(sim_tests)/conformance/*.[ch]) $(sim_peer) \
		$(sim_dir)/text.c $(sim_dir)/text.h $(sim_lib)/ktap.c $(sim_lib)/ktap.h | sim-packages
	@mkdir -p $(@D)
	@echo "  CC      $(@F)" >&2
	@gcc $(sim_test_cflags) -o $@ $(filter-out %.h,$^) $(SIM_LIBS)

# The fuzzers run the protocols without their sockets, millions of times in one process. Each is
# built of the files that it is about, so that its coverage means something.
sim_fuzzers := qmp qtest guest-link options
sim_fuzz_guest := guest.c device.c machine.c log.c text.c
sim_fuzz_qmp := qmp.c qmp-commands.c actions.c json-scan.c $(sim_fuzz_guest)
sim_fuzz_qtest := qtest.c $(sim_fuzz_guest)
sim_fuzz_guest-link := guest-link.c $(sim_fuzz_guest)
sim_fuzz_options := options.c actions.c text.c
sim_fuzz_sources := $(wildcard $(sim_tests)/fuzz/*.[ch] $(sim_dir)/*.[ch])
SECONDS ?= 60

# $1: the folder of the simulator's sources, $2: the fuzzer, $3: the program
sim_fuzz_cc = clang $(SIM_CFLAGS) -I$1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -o $3 \
	$(sim_tests)/fuzz/$2.c $(if $(filter options,$2),,$(sim_tests)/fuzz/fuzz.c) $(addprefix $1/,$(sim_fuzz_$2)) -ljansson

$(addprefix $(sim_build)/fuzz/,$(sim_fuzzers)): $(sim_build)/fuzz/%: $(sim_fuzz_sources) | sim-packages
	@$(sim_packages) clang libclang-rt-dev llvm >&2
	@mkdir -p $(@D)
	@echo "  CC      fuzz/$*" >&2
	@$(call sim_fuzz_cc,$(sim_dir),$*,$@)

# The same with a bug in it. One whose place the sources no longer have is an error.
$(addprefix $(sim_build)/planted/,$(sim_fuzzers)): $(sim_build)/planted/%: $(sim_tests)/fuzz/planted/%.sed $(sim_fuzz_sources) | sim-packages
	@$(sim_packages) clang libclang-rt-dev llvm >&2
	@rm -rf $@.src && mkdir -p $@.src && cp $(sim_dir)/*.[ch] $@.src
	@sed -i -f $< $@.src/*.c
	@! cmp -s <(cat $(sim_dir)/*.[ch]) <(cat $@.src/*.[ch]) || { echo "$<: nothing to change" >&2; exit 1; }
	@echo "  CC      planted/$*" >&2
	@$(call sim_fuzz_cc,$@.src,$*,$@)

# A QEMU 10 where there is one: QEMU10=, or in a build root.
sim_qemu10 = $(firstword $(QEMU10) $(patsubst %/usr/bin/qemu-system-x86_64,%:qemu-system-x86_64, \
	$(wildcard $(BUILD)/roots/*trixie/usr/bin/qemu-system-x86_64)) $(BUILD)/roots/trixie:qemu-system-x86_64)
sim_qemus = -q qemu-system-x86_64 -q $(sim_qemu10)
sim_scripts := $(wildcard $(sim_tests)/conformance/scripts/*.script)

sim_check_programs := $(sim_asan)/pvpanic-sim $(sim_unit_tests) $(sim_program_tests) \
	$(sim_build)/conformance $(addprefix $(sim_build)/fuzz/,$(sim_fuzzers))

##@ The tests of the host simulator
check-sim: $(sim_check_programs) ## is the simulator sound, and is it like QEMU? [e.g. QEMU10=/usr/local/bin/qemu-system-x86_64] (KTAP)
	@$(sim_packages) qemu-system-x86 >&2
	@failed=0; export PVPANIC_SIM=$(sim_asan)/pvpanic-sim; \
	for test in $(sim_unit_tests) $(sim_program_tests); do $$test || failed=1; done; \
	$(sim_tests)/check-cycles.sh $(sim_dir) $(addprefix $(sim_asan)/,$(sim_objects)) || failed=1; \
	$(sim_build)/conformance -s $$PVPANIC_SIM $(sim_qemus) $(sim_scripts) || failed=1; \
	$(sim_tests)/fuzz/run.sh clean $(sim_build)/fuzz 1 || failed=1; \
	exit $$failed

check-sim-qtest: ## QEMU's own tests of pvpanic and QMP, built in a Debian 13 root, on the simulator (TAP)
	@$(sim_tests)/check-qtest.sh

fuzz: $(addprefix $(sim_build)/fuzz/,$(sim_fuzzers)) ## fuzz QMP, qtest, the guest link and the options [SECONDS=60 each] (KTAP)
	@$(sim_tests)/fuzz/run.sh clean $(sim_build)/fuzz $(SECONDS)

fuzz-planted: $(addprefix $(sim_build)/planted/,$(sim_fuzzers)) ## does each fuzzer find a planted bug? [SECONDS=60 each] (KTAP)
	@$(sim_tests)/fuzz/run.sh planted $(sim_build)/planted $(SECONDS)

# The sockets lie in memory, as /run does on a host: a busy disk is not what is measured.
$(sim_build)/bench: $(sim_tests)/bench.c $(sim_peer) | sim-packages
	@mkdir -p $(@D)
	@echo "  CC      $(@F)" >&2
	@gcc $(sim_test_cflags) -o $@ $(filter-out %.h,$^) $(SIM_LIBS)

bench-sim: $(sim_build)/pvpanic-sim $(sim_build)/bench ## 9500 guests in one process, and real QEMUs beside them [GUESTS=9500]
	@$(sim_packages) qemu-system-x86 >&2
	@TMPDIR=$${TMPDIR:-$(or $(wildcard /dev/shm),/tmp)} \
		$(sim_build)/bench -s $(sim_build)/pvpanic-sim $(if $(GUESTS),-n $(GUESTS))

.PHONY: fuzz fuzz-planted check-sim check-sim-qtest bench-sim
