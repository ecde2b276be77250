/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is empty here: in a kernel it speaks to the linker, to modinfo, to sparse or to other
 * drivers, and nothing that the tests look at depends on it.
 */
#ifndef HOST_SIM_KERNEL_STUBS_H
#define HOST_SIM_KERNEL_STUBS_H

#define __init
#define __exit
#define __iomem
#define __cold
#define noinline

#define MODULE_AUTHOR(text)           struct kernel_stub
#define MODULE_DESCRIPTION(text)      struct kernel_stub
#define MODULE_LICENSE(text)          struct kernel_stub
#define MODULE_VERSION(text)          struct kernel_stub
#define MODULE_PARM_DESC(name, text)  struct kernel_stub
#define MODULE_DEVICE_TABLE(bus, ids) struct kernel_stub

#define GFP_KERNEL    0
#define lockdep_off() ((void)0)
#define THIS_MODULE   NULL

#endif
