// SPDX-License-Identifier: GPL-2.0-only
/*
 * For test guests: has a kernel function fail, without being called. The
 * kernel's own fail_function can do that only to functions that were marked for
 * it, and none of those by which a driver registers itself are.
 */
#define pr_fmt(fmt) "fail-call: " fmt

#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/ptrace.h>

static char *symbol = "";
module_param(symbol, charp, 0444);
MODULE_PARM_DESC(symbol, "the function");

static long result;
module_param(result, long, 0444);
MODULE_PARM_DESC(result, "what it returns in place of its own answer, -12 for -ENOMEM");

static int times = 1;
module_param(times, int, 0444);
MODULE_PARM_DESC(times, "how many calls fail, before it works again");

static atomic_t calls = ATOMIC_INIT(0);

/* Runs in place of the function, and returns to where that would have. */
static noinline notrace long answer(void)
{
	return READ_ONCE(result);
}

static int on_call(struct kprobe *probe, struct pt_regs *regs)
{
	if (atomic_inc_return(&calls) > times)
		return 0;

	instruction_pointer_set(regs, (unsigned long)answer);
	pr_info("%s fails (%ld)\n", symbol, result);

	return 1;
}

/* Its presence keeps the kernel from a faster probe that minds no change of the path. */
static void after_call(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe probe = { .pre_handler = on_call, .post_handler = after_call };

static int __init fail_call_init(void)
{
	probe.symbol_name = symbol;

	return register_kprobe(&probe);
}
module_init(fail_call_init);

static void __exit fail_call_exit(void)
{
	unregister_kprobe(&probe);
}
module_exit(fail_call_exit);

MODULE_DESCRIPTION("Test only: has a kernel function fail");
MODULE_LICENSE("GPL");
