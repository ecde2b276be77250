# SPDX-License-Identifier: GPL-2.0-only
# pvpanic-check: does this guest report its panics? One file, so that it builds on any guest.

# For another architecture it is built beside this machine's own.
check_tool := $(BUILD)/tools/$(if $(CROSS_COMPILE),$(ARCH)/)pvpanic-check
check_tool_flags := -std=gnu11 -O2 -g -Wall -Wextra -Wmissing-prototypes
check_tool_link := -static
check_tool_links = echo 'int main(void) { return 0; }' | \
	$(CROSS_COMPILE)gcc -x c -o /dev/null - $(check_tool_link) 2>/dev/null
check_tool_packages := $(if $(CROSS_COMPILE),gcc-aarch64-linux-gnu libc6-dev-arm64-cross,gcc libc6-dev)

DEPS += libc6-dev libjansson-dev

##@ The user's tool
pvpanic-check: $(check_tool) ## build build/tools/pvpanic-check, which says whether this guest is armed

# Installing brings it also where there is no Debian, if only a compiler is there.
$(check_tool): $(TOP)/tools/pvpanic-check.c
	@$(check_tool_links) || $(TOP)/scripts/packages.sh $(check_tool_packages) >&2
	@mkdir -p $(@D)
	@echo "  CC      tools/pvpanic-check" >&2
	@$(CROSS_COMPILE)gcc $(check_tool_flags) -o $@ $< $(check_tool_link)

.PHONY: pvpanic-check
