# SPDX-License-Identifier: GPL-2.0-only
# The host simulator. Its tests' rules are in selftests/sim.mk.

sim_build := $(BUILD)/host-sim
sim_dir := $(TOP)/host-sim
sim_headers := $(wildcard $(sim_dir)/*.h) $(TOP)/drivers/version.h
sim_objects := $(patsubst $(sim_dir)/%.c,%.o,$(wildcard $(sim_dir)/*.c))
sim_packages := $(TOP)/scripts/packages.sh

SIM_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Wmissing-prototypes -D_GNU_SOURCE -I$(sim_dir)
SIM_ASAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
SIM_LIBS := -luv -ljansson

DEPS += gcc libuv1-dev libjansson-dev

##@ The host simulator
host-sim: $(sim_build)/pvpanic-sim ## build build/host-sim/pvpanic-sim, a pvpanic host without a VM

$(sim_build)/pvpanic-sim: $(addprefix $(sim_build)/,$(sim_objects))
	@echo "  LD      $(@F)" >&2
	@gcc -o $@ $^ $(SIM_LIBS)

$(sim_build)/%.o: $(sim_dir)/%.c $(sim_headers) | sim-packages
	@mkdir -p $(@D)
	@echo "  CC      host-sim/$*.c" >&2
	@gcc $(SIM_CFLAGS) -c -o $@ $<

sim-packages:
	@$(sim_packages) gcc libc6-dev libuv1-dev libjansson-dev >&2

.PHONY: host-sim sim-packages

