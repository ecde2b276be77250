# SPDX-License-Identifier: GPL-2.0-only
# The module: built from copies under build/, so that the source tree stays clean
# and several kernels can be built side by side.

module_sources := $(wildcard $(TOP)/drivers/*.c $(TOP)/drivers/*.h) $(TOP)/Kbuild

##@ The module
