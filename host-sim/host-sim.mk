# SPDX-License-Identifier: GPL-2.0-only
# The host simulator and its tests. Every program is built twice: as it is used, and
# under build/host-sim/asan with ASan and UBSan, which is what the tests run.

sim_build := $(BUILD)/host-sim
sim_dir := $(TOP)/host-sim
sim_headers := $(wildcard $(sim_dir)/*.h)
sim_objects := $(patsubst $(sim_dir)/%.c,%.o,$(wildcard $(sim_dir)/*.c))
sim_packages := $(TOP)/selftests/lib/packages.sh

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
