// SPDX-License-Identifier: GPL-2.0-only
/*
 * For test guests: what a panic notifier costs, in instructions. Under QEMU's
 * -icount shift=0 the time-stamp counter counts instructions, so two notifiers
 * around the driver's, one registered before it and one after, have only to read
 * it. When the byte was written tells a debug register that breaks at the port.
 *
 * Written to the parameter "measure":
 *   chain         call the panic notifier chain as panic() does, without a panic
 *   chain-locked  the same with soft interrupts off, in which no AML is evaluated
 *   bare-port     the same with a notifier of our own that does nothing but write the port
 *   bare-wrpt     and with one that evaluates WRPT, and nothing else
 *   panic         leave the brackets there for the panic that comes, and print that
 *   panic-warm    the same, with WRPT(0) evaluated just before: an allocator that has run
 *                 out of objects takes its time, as it does whoever asks
 * Read, it has two numbers: instructions to the byte (0: none was seen) and through the chain.
 */
#define pr_fmt(fmt) "bracket: " fmt

#include <linux/acpi.h>
#include <linux/bottom_half.h>
#include <linux/io.h>
#include <linux/kprobes.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/objtool.h>
#if __has_include("linux/panic_notifier.h")	/* since 5.14 */
#include <linux/panic_notifier.h>
#endif
#include <linux/string.h>
#include <asm/desc.h>
#include <asm/msr.h>
#include <asm/traps.h>

#define TIMES		8
#define CR4_DE		BIT(3)			/* I/O breakpoints */
#define DR7_NOTHING	BIT(10)
#define DR7_PORT	(BIT(10) | BIT(17) | BIT(1))	/* breakpoint 0: one byte of I/O */
#define DR6_NOTHING	0xffff0ff0UL

static int priority = INT_MAX;
module_param(priority, int, 0444);
MODULE_PARM_DESC(priority, "of the brackets: that of the driver's notifier");

static unsigned short port = 0x505;
module_param(port, ushort, 0444);
MODULE_PARM_DESC(port, "where the byte is seen");

static u32 began, ended, wrote __used;
static bool for_panic, warm_up;
static acpi_handle wrpt;
static char result[32] = "0 0\n";

static void evaluate_wrpt(u32 event)
{
	union acpi_object arg = { .integer = { ACPI_TYPE_INTEGER, event } };
	struct acpi_object_list args = { 1, &arg };

	acpi_evaluate_object(wrpt, NULL, &args, NULL);
}

static int bracket_begin(struct notifier_block *nb, unsigned long code, void *unused)
{
	if (warm_up)
		evaluate_wrpt(0);
	began = rdtsc();

	return NOTIFY_DONE;
}

static int bracket_end(struct notifier_block *nb, unsigned long code, void *unused)
{
	ended = rdtsc();
	if (!for_panic)
		return NOTIFY_STOP;
	pr_emerg("panic=%u\n", ended - began);

	return NOTIFY_DONE;
}

/* What can't be done without: one write, by one way or the other. */
static int bracket_wrpt(struct notifier_block *nb, unsigned long code, void *unused)
{
	evaluate_wrpt(1);

	return NOTIFY_DONE;
}

static int bracket_port(struct notifier_block *nb, unsigned long code, void *unused)
{
	outb(1, port);

	return NOTIFY_DONE;
}

static struct notifier_block begin = { .notifier_call = bracket_begin };
static struct notifier_block bare;	/* without a function it is not there */
static struct notifier_block end = { .notifier_call = bracket_end };

/*
 * The kernel's own handler of debug exceptions keeps those of breakpoints that it
 * doesn't know to itself, so while the port is watched this CPU has another one.
 */
static notrace __attribute__((__naked__)) void bracket_debug(void)
{
	asm("endbr64\n\t"
	    "push %rax\n\t"
	    "push %rdx\n\t"
	    "rdtsc\n\t"
	    "mov %eax, wrote(%rip)\n\t"
	    "pop %rdx\n\t"
	    "pop %rax\n\t"
	    "iretq");
}

STACK_FRAME_NON_STANDARD(bracket_debug);

static gate_desc gates[IDT_ENTRIES];
static struct desc_ptr kernels_own;

static void watch_port(void)
{
	const struct desc_ptr ours = { sizeof(gates) - 1, (unsigned long)gates };
	unsigned long cr4;

	asm volatile("sidt %0" : "=m" (kernels_own));
	memcpy(gates, (void *)kernels_own.address, sizeof(gates));
	gates[X86_TRAP_DB].offset_low = (unsigned long)bracket_debug;
	gates[X86_TRAP_DB].offset_middle = (unsigned long)bracket_debug >> 16;
	gates[X86_TRAP_DB].offset_high = (unsigned long)bracket_debug >> 32;
	asm volatile("lidt %0" : : "m" (ours));

	asm volatile("mov %%cr4, %0" : "=r" (cr4));
	asm volatile("mov %0, %%cr4" : : "r" (cr4 | CR4_DE));
	asm volatile("mov %0, %%db0" : : "r" ((unsigned long)port));
	asm volatile("mov %0, %%db7" : : "r" (DR7_PORT));
}

static void watch_port_no_more(void)
{
	unsigned long cr4;

	asm volatile("mov %0, %%db7" : : "r" (DR7_NOTHING));
	asm volatile("mov %0, %%db6" : : "r" (DR6_NOTHING));
	asm volatile("mov %%cr4, %0" : "=r" (cr4));
	asm volatile("mov %0, %%cr4" : : "r" (cr4 & ~CR4_DE));
	asm volatile("lidt %0" : : "m" (kernels_own));
}

/*
 * From the write to the port until bracket_debug() reads the counter: here the
 * write is the fourth instruction after the counter was read.
 */
static u32 cost_of_watching(void)
{
	u32 before;

	asm volatile("rdtsc\n\t"
		     "mov %%eax, %0\n\t"
		     "mov %w1, %%dx\n\t"
		     "xor %%eax, %%eax\n\t"
		     "outb %%al, %%dx"
		     : "=&r" (before) : "r" (port) : "eax", "edx", "memory");

	return wrote - before - 4;
}

static void (*look_for_crash_kernel)(struct pt_regs *regs);

/*
 * As panic() does: interrupts and preemption off, on the one CPU that there is, after it
 * has looked for a crash kernel, of which there is none.
 */
static void measure_chain(u32 *byte, u32 *through)
{
	unsigned long flags;
	u32 cost;
	int i;

	preempt_disable();
	local_irq_save(flags);
	oops_in_progress++;
	if (look_for_crash_kernel)
		look_for_crash_kernel(NULL);
	for (i = 0; i < TIMES; i++) {
		atomic_notifier_call_chain(&panic_notifier_list, 0, "");
		*through = min(*through, ended - began);
	}
	watch_port();
	cost = cost_of_watching();
	for (i = 0; i < TIMES; i++) {
		wrote = 0;
		atomic_notifier_call_chain(&panic_notifier_list, 0, "");
		*byte = wrote ? min(*byte, wrote - began - cost) : 0;
	}
	watch_port_no_more();
	oops_in_progress--;
	local_irq_restore(flags);
	preempt_enable();
}

/* The smallest of several: an allocator that has run out of objects takes its time. */
static int measure(bool locked)
{
	u32 byte = U32_MAX, through = U32_MAX;

	if (bare.notifier_call)
		atomic_notifier_chain_register(&panic_notifier_list, &bare);
	atomic_notifier_chain_register(&panic_notifier_list, &end);
	if (locked)
		local_bh_disable();
	measure_chain(&byte, &through);
	if (locked)
		local_bh_enable();
	atomic_notifier_chain_unregister(&panic_notifier_list, &end);
	if (bare.notifier_call)
		atomic_notifier_chain_unregister(&panic_notifier_list, &bare);
	snprintf(result, sizeof(result), "%u %u\n", byte, through);

	return 0;
}

static int measure_set(const char *text, const struct kernel_param *param)
{
	bare.notifier_call = NULL;
	if (sysfs_streq(text, "panic") || sysfs_streq(text, "panic-warm")) {
		for_panic = true;
		warm_up = sysfs_streq(text, "panic-warm");
		return atomic_notifier_chain_register(&panic_notifier_list, &end);
	}
	if (sysfs_streq(text, "bare-port"))
		bare.notifier_call = bracket_port;
	else if (sysfs_streq(text, "bare-wrpt"))
		bare.notifier_call = bracket_wrpt;
	else if (!sysfs_streq(text, "chain") && !sysfs_streq(text, "chain-locked"))
		return -EINVAL;

	return measure(sysfs_streq(text, "chain-locked"));
}

static int measure_get(char *text, const struct kernel_param *param)
{
	return scnprintf(text, PAGE_SIZE, "%s", result);
}

static const struct kernel_param_ops measure_ops = { .set = measure_set, .get = measure_get };
module_param_cb(measure, &measure_ops, NULL, 0600);
MODULE_PARM_DESC(measure, "what to measure now, or panic");

static acpi_status find_wrpt(acpi_handle device, u32 level, void *unused, void **also_unused)
{
	return acpi_get_handle(device, "WRPT", &wrpt);
}

static int __init bracket_init(void)
{
	struct kprobe probe = { .symbol_name = "__crash_kexec" };

	acpi_get_devices("QEMU0001", find_wrpt, NULL, NULL);
	if (!wrpt) {
		pr_err("there is no QEMU0001 with a WRPT to evaluate\n");
		return -ENODEV;
	}
	/* Not exported; but a kprobe knows where it is. */
	if (!register_kprobe(&probe)) {
		look_for_crash_kernel = (void *)probe.addr;
		unregister_kprobe(&probe);
	}
	begin.priority = priority;
	bare.priority = priority;
	end.priority = priority;

	return atomic_notifier_chain_register(&panic_notifier_list, &begin);
}
module_init(bracket_init);

static void __exit bracket_exit(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &begin);
}
module_exit(bracket_exit);

MODULE_DESCRIPTION("Test only: counts what a panic notifier costs");
MODULE_LICENSE("GPL");
