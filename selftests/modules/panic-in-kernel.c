// SPDX-License-Identifier: GPL-2.0-only
/*
 * Panics by what the rest of the kernel is doing: its allocator, console,
 * notifiers, watchdogs, module loader and CPU hotplug.
 */
#include <linux/console.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/rcupdate_wait.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "panic-in.h"

extern struct atomic_notifier_head panic_notifier_list;

/* A notifier behind the driver's that panics again, once. */
static int again(struct notifier_block *nb, unsigned long code, void *unused)
{
	static bool done;

	if (!done) {
		done = true;
		panic("panic-in: a panic in a panic notifier");
	}

	return NOTIFY_DONE;
}

static struct notifier_block notifier_after = { .notifier_call = again, .priority = INT_MIN };

static void in_notifier(void)
{
	atomic_notifier_chain_register(&panic_notifier_list, &notifier_after);
	panic_in_now();
}

/* One before it: among equals the first to be registered is called first, hence the order. */
static struct notifier_block notifier_before = { .notifier_call = again, .priority = INT_MAX };

static void in_notifier_before(void)
{
	atomic_notifier_chain_register(&panic_notifier_list, &notifier_before);
	panic_in_now();
}

static void console_write(struct console *console, const char *text, unsigned int length)
{
	static bool done;

	if (!done) {
		done = true;
		panic_in_now();
	}
}

static struct console console = {
	.name = "panicin", .write = console_write, .flags = CON_ENABLED, .index = -1,
};

static void in_console(void)
{
	register_console(&console);
	pr_emerg("panic-in: for the console\n");
}

/* The console lock is held for good, by a task that is in no console driver. */
static void hold_console(void)
{
	console_lock();
}

static void in_console_locked(void)
{
	panic_in_thread(hold_console, cpumask_last(cpu_online_mask));
	while (!is_console_locked())
		msleep(1);
	panic_in_now();
}

/* A driver whose device takes nothing any more once the kernel has begun to panic. */
static void stuck_write(struct console *console, const char *text, unsigned int length)
{
	while (oops_in_progress)
		cpu_relax();
}

static struct console stuck = {
	.name = "panicin", .write = stuck_write, .flags = CON_ENABLED, .index = -1,
};

static void in_console_stuck(void)
{
	register_console(&stuck);
	panic_in_now();
}

/*
 * What a page allocation would wait for. WRPT allocates, and finds a slab that is
 * not yet full more often than not: "fill" takes so many objects of each size first.
 */
static unsigned int fill;
module_param(fill, uint, 0444);

static struct zone *fill_slabs(void)
{
	struct zone *zone = page_zone(virt_to_page(kmalloc(8, GFP_KERNEL)));
	unsigned int n;
	int i;

	for (n = 0; n < fill; n++)
		for (i = 8; i <= 1024; i *= 2)
			kmalloc(i, GFP_KERNEL);

	return zone->zone_pgdat->node_zones;
}

static void lock_zones(struct zone *zone)
{
	int i;

	local_irq_disable();
	for (i = 0; i < MAX_NR_ZONES; i++)
		if (populated_zone(&zone[i]))
			spin_lock(&zone[i].lock);
}

static void in_zone_lock(void)
{
	lock_zones(fill_slabs());
	panic_in_now();
}

/*
 * Another CPU has the locks and takes no interrupts: an NMI stops it, and its locks stay
 * taken. Of the slabs this CPU's are full.
 */
static struct zone *zones;
static bool zones_locked;

static void hold_zones(void)
{
	while (!READ_ONCE(zones))
		msleep(1);
	lock_zones(zones);
	WRITE_ONCE(zones_locked, true);
	for (;;)
		cpu_relax();
}

static void in_zone_lock_elsewhere(void)
{
	set_cpus_allowed_ptr(current, cpumask_of(0));
	panic_in_thread(hold_zones, cpumask_last(cpu_online_mask));
	WRITE_ONCE(zones, fill_slabs());
	while (!READ_ONCE(zones_locked))
		cpu_relax();
	panic_in_now();
}

/* The constructor runs in the midst of a slab allocation. */
static void constructor(void *object)
{
	panic_in_now();
}

static void in_slab(void)
{
	struct kmem_cache *cache = kmem_cache_create("panic-in", 64, 0, 0, constructor);

	if (cache)
		kmem_cache_alloc(cache, GFP_KERNEL);
}

static int on_probe(struct kprobe *probe, struct pt_regs *regs)
{
	panic_in_now();

	return 0;
}

static struct kprobe probe = { .symbol_name = "kfree", .pre_handler = on_probe };

static void in_kprobe(void)
{
	register_kprobe(&probe);
	kfree(kmalloc(8, GFP_KERNEL));
}

static void in_corrupt_list(void)
{
	LIST_HEAD(list);
	LIST_HEAD(other);
	struct list_head entry;

	list_add(&entry, &list);
	entry.next = &other;
	list_del(&entry);
	/* A kernel without list checks has noticed nothing. */
	panic_in_now();
}

static noinline int recurse(int depth)
{
	volatile char frame[512];

	frame[0] = depth;
	if (depth == INT_MAX)
		return 0;

	return recurse(depth + 1) + frame[0];
}

static void in_stack_overflow(void)
{
	recurse(0);
}

/* softlockup_panic=1, or panic_on_rcu_stall=1, decides what comes of it. */
static void in_lockup(void)
{
	preempt_disable();
	for (;;)
		cpu_relax();
}

/* Not synchronize_rcu(), which begins no grace period on one CPU. */
static void wait_for_readers(void)
{
	while (!kthread_should_stop())
		wait_rcu_gp(call_rcu);
}

/* A grace period has to be under way, which nobody starts once the only CPU is lost. */
#ifdef CONFIG_PREEMPT_RCU
/* Nor does it have to be lost: a reader stalls it that gives way, as not every kernel has it do. */
static void stall_grace_period(void)
{
	rcu_read_lock();
	for (;;)
		if (need_resched())
			preempt_schedule();
}
#else
static void stall_grace_period(void)
{
	preempt_disable();
	do {
		preempt_enable();
		yield();	/* a CPU that sleeps has ended it before it wakes */
		preempt_disable();
	} while (!(rcu_get_gp_seq() & 3));
	in_lockup();
}
#endif

static void in_rcu_stall(void)
{
	panic_in_thread(wait_for_readers, 0);
	panic_in_thread(stall_grace_period, cpumask_last(cpu_online_mask));
}

static void in_hard_lockup(void)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
}

/* hung_task_panic=1 */
static void in_hung_task(void)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
}

static int teardown(unsigned int cpu)
{
	panic_in_now();

	return 0;
}

static void in_cpu_hotplug(void)
{
	unsigned int cpu = cpumask_last(cpu_online_mask);

	cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "panic-in", NULL, teardown);
	remove_cpu(cpu);
}

/*
 * Somebody is loading a kernel as the panic comes: __crash_kexec() finds its lock
 * taken and starts nothing. The lock is static; its address is a kprobe's to find.
 */
static void in_kexec_locked(void)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long (*lookup)(const char *name);
	atomic_t *flag;
	struct mutex *mutex;

	if (register_kprobe(&probe)) {
		pr_err("panic-in: no kallsyms_lookup_name\n");
		return;
	}
	/* The kprobe is after endbr64. kCFI reads the type just before a function. */
	lookup = (void *)(probe.addr - 4 * IS_ENABLED(CONFIG_X86_KERNEL_IBT));
	unregister_kprobe(&probe);

	flag = (void *)lookup("__kexec_lock");
	mutex = (void *)lookup("kexec_mutex");
	if (flag)
		atomic_set(flag, 1);
	else if (mutex)
		mutex_lock(mutex);
	else
		pr_err("panic-in: kexec has a lock of another name\n");
	if (flag || mutex)
		panic_in_now();
}

const struct panic_way panic_ways_kernel[] = {
	{ "kexec-locked", in_kexec_locked },
	{ "notifier", in_notifier },
	{ "notifier-before", in_notifier_before },
	{ "console", in_console },
	{ "console-locked", in_console_locked },
	{ "console-stuck", in_console_stuck },
	{ "zone-lock", in_zone_lock },
	{ "zone-lock-elsewhere", in_zone_lock_elsewhere },
	{ "slab", in_slab },
	{ "kprobe", in_kprobe },
	{ "corrupt-list", in_corrupt_list },
	{ "stack-overflow", in_stack_overflow },
	{ "lockup", in_lockup },
	{ "rcu-stall", in_rcu_stall },
	{ "hard-lockup", in_hard_lockup },
	{ "hung-task", in_hung_task },
	{ "cpu-hotplug", in_cpu_hotplug },
	{ NULL, NULL }
};
