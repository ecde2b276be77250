// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a kernel ends: in the order of panic(), oops_end() and do_kernel_power_off(), with all that
 * others may have hooked there too.
 */
#include "world.h"

#define MAX_SYS_OFF 12

struct atomic_notifier_head panic_notifier_list;
int oops_in_progress;
void (*pm_power_off)(void);

/* Those of others, the firmware's among them; a priority is one handler's alone. */
struct sys_off_handler {
	int priority;
	int (*call)(struct sys_off_data *data);
	void *cb_data;
};

static struct sys_off_handler *sys_off[MAX_SYS_OFF];
static unsigned int nr_sys_off, nr_others;

static void end(void)
{
	world.ended = true;
}

static void rcu_read_lock(void)
{
	world.preempt += !world.config->preempt_rcu;
}

static void rcu_read_unlock(void)
{
	world.preempt -= !world.config->preempt_rcu;
}

static void firmware_pm_power_off(void)
{
	world.powered_off = true;
	end();
}

static int firmware_power_off(struct sys_off_data *data)
{
	(void)data;
	firmware_pm_power_off();

	return NOTIFY_DONE;
}

static void (*above_us)(void);

/* Another module's, which came after ours and calls it. */
static void rival_pm_power_off(void)
{
	static unsigned int depth;

	if (depth > 2) {
		world_violation("power-off hooks call each other in a circle");
		return;
	}
	depth++;
	if (above_us)
		above_us();
	depth--;
}

static struct sys_off_handler firmware_handler = {
	.priority = SYS_OFF_PRIO_FIRMWARE,
	.call = firmware_power_off,
};

/* Notifiers of others: one as early as can be, but registered first, and one that panics. */
static int other_notifier(struct notifier_block *nb, unsigned long action, void *data)
{
	(void)nb, (void)action, (void)data;
	if (world.ended)
		return NOTIFY_DONE;
	if (world.bytes_before_others == ~0U)
		world.bytes_before_others = world.nr_bytes;
	if (world.scene.nested == NESTED_AFTER && world.panics == 1)
		world_panic();

	return NOTIFY_DONE;
}

static struct notifier_block other = {
	.notifier_call = other_notifier,
	.priority = INT_MAX - 1,
};

int atomic_notifier_chain_register(struct atomic_notifier_head *chain, struct notifier_block *nb)
{
	struct notifier_block **at = &chain->head;

	world_slow_call(__func__);
	if (world_fault(__func__))
		return -EEXIST;
	while (*at && (*at)->priority >= nb->priority) {
		if (*at == nb)
			return -EEXIST;
		at = &(*at)->next;
	}
	nb->next = *at;
	*at = nb;

	return 0;
}

int atomic_notifier_chain_unregister(struct atomic_notifier_head *chain, struct notifier_block *nb)
{
	struct notifier_block **at = &chain->head;

	world_slow_call(__func__);
	while (*at && *at != nb)
		at = &(*at)->next;
	if (!*at)
		return -ENOENT;
	*at = nb->next;

	return 0;
}

static void call_chain(struct atomic_notifier_head *chain)
{
	struct notifier_block *nb, *next;

	rcu_read_lock();
	for (nb = chain->head; nb && !world.ended; nb = next) {
		next = nb->next;
		if (nb->notifier_call(nb, 0, "test") & NOTIFY_STOP_MASK)
			break;
	}
	rcu_read_unlock();
}

int kexec_crash_loaded(void)
{
	world_call(__func__);

	return world.scene.crash_loaded;
}

int test_taint(unsigned int flag)
{
	return flag == TAINT_DIE && world.scene.tainted_die;
}

unsigned int num_online_cpus(void)
{
	return world.dying ? world.scene.online : 2;
}

static void crash_kexec(void)
{
	if (!world.no_kexec)
		world_probed(PROBED_CRASH_KEXEC, NULL);
	if (world.scene.crash_loaded && world.scene.crash_starts)
		end();
}

/** world_panic() - panic(), in the scene that was set; may be called again by what it calls */
void world_panic(void)
{
	bool post_notifiers = world.scene.post_notifiers;

	world.dying++;
	world.irqs_off = true;
	world.preempt++;
	if (world.scene.nested == NESTED_BEFORE && !world.panics) {
		world.panics++; /* it dies as it prints, its notifiers are not reached */
		oops_in_progress++;
		world_panic();
		return;
	}

	world.panics++;
	oops_in_progress++;
	if (!post_notifiers)
		crash_kexec();
	world_pass(world.scene.by_nmi ? 1000 : 1);
	if (world.scene.crash_late)
		world.scene.crash_loaded = true;
	if (!world.ended)
		call_chain(&panic_notifier_list);
	if (!world.ended && post_notifiers)
		crash_kexec();
	end();
}

/** world_oops() - a fatal oops: it tries the crash kernel by itself, then panics */
void world_oops(void)
{
	world.dying++;
	world.irqs_off = true;
	oops_in_progress++;
	if (!world.scene.post_notifiers)
		crash_kexec();
	oops_in_progress--;
	world.scene.tainted_die = true;
	world.dying--;
	if (!world.ended)
		world_panic();
}

struct sys_off_handler *register_sys_off_handler(enum sys_off_mode mode, int priority,
						 int (*call)(struct sys_off_data *data),
						 void *cb_data)
{
	struct sys_off_handler *handler;
	unsigned int i;

	world_slow_call(__func__);
	if (mode != SYS_OFF_MODE_POWER_OFF)
		world_violation("a handler for something else than power-off");
	handler = world_alloc(sizeof(*handler), __func__);
	if (!handler)
		return ERR_PTR(-ENOMEM);

	handler->priority = priority;
	handler->call = call;
	handler->cb_data = cb_data;
	for (i = 0; i < nr_sys_off && sys_off[i]->priority > priority; i++)
		;
	if (nr_sys_off == MAX_SYS_OFF || (i < nr_sys_off && sys_off[i]->priority == priority)) {
		world_free(handler);
		return ERR_PTR(-EBUSY);
	}
	memmove(sys_off + i + 1, sys_off + i, (nr_sys_off - i) * sizeof(*sys_off));
	sys_off[i] = handler;
	nr_sys_off++;

	return handler;
}

void unregister_sys_off_handler(struct sys_off_handler *handler)
{
	unsigned int i;

	if (IS_ERR(handler) || !handler)
		return;
	world_slow_call(__func__);
	for (i = 0; i < nr_sys_off && sys_off[i] != handler; i++)
		;
	if (i == nr_sys_off) {
		world_violation("a power-off handler is unregistered that is not registered");
		return;
	}
	memmove(sys_off + i, sys_off + i + 1, (--nr_sys_off - i) * sizeof(*sys_off));
	world_free(handler);
}

/** world_power_off() - the last step of an orderly power-off */
void world_power_off(void)
{
	struct sys_off_data data = { .mode = SYS_OFF_MODE_POWER_OFF };
	unsigned int i;

	world.dying++;
	world.irqs_off = !world.scene.irqs_on;
	rcu_read_lock();
	if (pm_power_off)
		pm_power_off();
	for (i = 0; i < nr_sys_off && !world.ended; i++) {
		data.cb_data = sys_off[i]->cb_data;
		if (sys_off[i]->call && sys_off[i]->call(&data) & NOTIFY_STOP_MASK)
			break;
	}
	rcu_read_unlock();
	end();
}

/** world_can_power_off() - kernel_can_power_off(): if not, a guest that powers off halts */
bool world_can_power_off(void)
{
	return nr_sys_off || pm_power_off;
}

/** world_hook_power_off() - another module hooks pm_power_off above ours, or lets go of it */
void world_hook_power_off(bool hook)
{
	if (hook)
		above_us = pm_power_off;
	pm_power_off = hook ? rival_pm_power_off : above_us;
}

/** world_take_sys_off() - others have so many of the priorities above the firmware's; 0: none */
void world_take_sys_off(unsigned int nr)
{
	static struct sys_off_handler others[MAX_SYS_OFF - 2];
	unsigned int i;

	/* The driver is not loaded: they stand before the firmware's, which is the last. */
	nr_sys_off = 0;
	for (i = nr; i--;) {
		others[i].priority = SYS_OFF_PRIO_FIRMWARE + 1 + i;
		sys_off[nr_sys_off++] = &others[i];
	}
	sys_off[nr_sys_off++] = &firmware_handler;
	nr_others = nr;
}

void __module_get(void *module)
{
	(void)module;
	world.module_refs++;
}

/** world_ends_left() - what is hooked into a guest's end, apart from what others have there */
unsigned int world_ends_left(void)
{
	bool firmware = !world.no_firmware_power_off;
	unsigned int left = (panic_notifier_list.head != &other) + !!other.next;

	if (world.config->sys_off)
		return left + (nr_sys_off - nr_others - firmware);

	return left + (pm_power_off != (firmware ? firmware_pm_power_off : NULL));
}

/** world_reset_ends() - as after boot; call again when the firmware's part was changed */
void world_reset_ends(void)
{
	bool firmware = !world.no_firmware_power_off;

	panic_notifier_list.head = &other;
	other.next = NULL;
	pm_power_off = !world.config->sys_off && firmware ? firmware_pm_power_off : NULL;
	nr_sys_off = world.config->sys_off && firmware;
	nr_others = 0;
	sys_off[0] = &firmware_handler;
}

/** world_notifier_registered() - whether the driver would hear of a panic now */
bool world_notifier_registered(void)
{
	return panic_notifier_list.head != &other;
}
