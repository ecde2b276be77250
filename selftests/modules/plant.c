// SPDX-License-Identifier: GPL-2.0-only
/*
 * For test guests: commits one fault of each kind that a sanitized kernel looks
 * for. A run without a report means something only where the report of a planted
 * fault was seen.
 */
#define pr_fmt(fmt) "plant: " fmt

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>

static char *fault = "";
module_param(fault, charp, 0444);
MODULE_PARM_DESC(fault, "which fault to commit; a wrong one lists them all");

/* What the compiler must not see through. */
static noinline void *hidden(void *pointer)
{
	OPTIMIZER_HIDE_VAR(pointer);

	return pointer;
}

static void use_after_free(void)
{
	int *object = hidden(kzalloc(64, GFP_KERNEL));

	if (!object)
		return;
	kfree(object);
	pr_info("read %d\n", READ_ONCE(*(int *)hidden(object)));
}

static void out_of_bounds(void)
{
	char *object = hidden(kzalloc(40, GFP_KERNEL));

	if (!object)
		return;
	WRITE_ONCE(object[40], 1);
	kfree(object);
}

static void shift(void)
{
	int by = 40;

	OPTIMIZER_HIDE_VAR(by);
	pr_info("shifted %d\n", 1 << by);
}

static void array_index(void)
{
	static int array[4];
	int i = 7;

	OPTIMIZER_HIDE_VAR(i);
	pr_info("element %d\n", array[i & 7]);
}

/* Both orders, one after the other: no deadlock, but it takes only two CPUs for one. */
static void lock_order(void)
{
	static DEFINE_MUTEX(one);
	static DEFINE_MUTEX(other);

	mutex_lock(&one);
	mutex_lock(&other);
	mutex_unlock(&other);
	mutex_unlock(&one);

	mutex_lock(&other);
	mutex_lock(&one);
	mutex_unlock(&one);
	mutex_unlock(&other);
}

/* Right here, wrong on PREEMPT_RT, where the inner one sleeps. */
static void lock_wait(void)
{
	static DEFINE_RAW_SPINLOCK(outer);
	static DEFINE_SPINLOCK(inner);

	raw_spin_lock(&outer);
	spin_lock(&inner);
	spin_unlock(&inner);
	raw_spin_unlock(&outer);
}

static void rcu_unlocked(void)
{
	static int number;
	static int __rcu *pointer = RCU_INITIALIZER(&number);

	pr_info("read %d\n", *rcu_dereference(pointer));
}

static void sleep_under_lock(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	might_sleep();
	spin_unlock(&lock);
}

static void timer_fn(struct timer_list *timer)
{
}

/* Freed while it runs. */
static void live_object(void)
{
	struct timer_list *timer = kzalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, timer_fn, 0);
	mod_timer(timer, jiffies + 1000 * HZ);
	kfree(timer);
}

static void leak(void)
{
	unsigned int i;

	/* Several: a stray copy of one address on a stack would keep that one. */
	for (i = 0; i < 16; i++)
		memset(hidden(kmalloc(200, GFP_KERNEL)), 0x5a, 200);
}

static void which_cpu(void)
{
	pr_info("on CPU %d\n", smp_processor_id());
}

/* What is no function must not be called as one. */
extern struct atomic_notifier_head panic_notifier_list;

static void notifier(void)
{
	static struct notifier_block block;
	static char data[16];

	block.notifier_call = (void *)data;
	atomic_notifier_chain_register(&panic_notifier_list, &block);
}

static void corrupt_list(void)
{
	static LIST_HEAD(list);
	static struct list_head entry, stray;

	list_add(&entry, &list);
	entry.next = &stray;
	list_del(&entry);
}

static const struct {
	const char *name;
	void (*commit)(void);
} faults[] = {
	{ "use-after-free", use_after_free },
	{ "out-of-bounds", out_of_bounds },
	{ "shift", shift },
	{ "array-index", array_index },
	{ "lock-order", lock_order },
	{ "lock-wait", lock_wait },
	{ "rcu-unlocked", rcu_unlocked },
	{ "sleep-under-lock", sleep_under_lock },
	{ "live-object", live_object },
	{ "leak", leak },
	{ "cpu-number", which_cpu },
	{ "notifier", notifier },
	{ "corrupt-list", corrupt_list },
};

static int __init plant_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++)
		if (!strcmp(faults[i].name, fault)) {
			pr_info("fault=%s\n", fault);
			faults[i].commit();
			return 0;
		}

	pr_err("fault=%s: want one of\n", fault);
	for (i = 0; i < ARRAY_SIZE(faults); i++)
		pr_err("  %s\n", faults[i].name);

	return -EINVAL;
}
module_init(plant_init);

MODULE_DESCRIPTION("Test only: commits a fault that a sanitizer must see");
MODULE_LICENSE("GPL");
