# SPDX-License-Identifier: GPL-2.0-only
# The guests' test-only modules, for the same kernel: build/<release>/test/*.ko
test-modules: module-kdir
	@mkdir -p $(module_out)/test
	@find $(module_out)/test -type l -delete
	@ln -s $(TOP)/selftests/modules/Kbuild $(TOP)/selftests/modules/*.[ch] $(module_out)/test/
	@$(MAKE) --no-print-directory -C $(KDIR) M=$(module_out)/test $(no_btf) modules

.PHONY: test-modules
