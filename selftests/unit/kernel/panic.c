// SPDX-License-Identifier: GPL-2.0-only
/*
 * Panic, oops and power-off, in the order of panic(), oops_end() and kernel_power_off(). Other
 * drivers' notifiers and power-off handlers are here too.
 */
#include "guest.h"

#define PRIO_MAX    255
#define MAX_SYS_OFF (PRIO_MAX - SYS_OFF_PRIO_FIRMWARE + 1)
#define ALL_CPUS    3ul /* a mask of two */
#define THIS_CPU    1ul

/*
 * The longest time in which the CPUs are stopped by IPI (Documentation/guard.rst), in ms. The NMI
 * comes one second after the IPI, or earlier after a migration to a faster host.
 */
#define STOP_MS 500

struct atomic_notifier_head panic_notifier_list;
int oops_in_progress;

struct sys_off_handler {
	int priority;
	int (*call)(struct sys_off_data *data);
	void *cb_data;
};

/* The highest priority first. Each priority belongs to one handler. */
static struct sys_off_handler *sys_off[MAX_SYS_OFF];
static unsigned int nr_sys_off, nr_others;

/* Nothing that the driver does after this has an effect. */
static void end(bool reboots)
{
	guest.ended = true;
	guest.rebooted = reboots;
}

static void rcu_read_lock(void)
{
	guest.preempt += !guest.config->preempt_rcu;
}

static void rcu_read_unlock(void)
{
	guest.preempt -= !guest.config->preempt_rcu;
}

static int firmware_power_off(struct sys_off_data *data)
{
	(void)data;
	guest.powered_off = true;
	end(false);

	return NOTIFY_DONE;
}

static struct sys_off_handler firmware_handler = {
	.priority = SYS_OFF_PRIO_FIRMWARE,
	.call = firmware_power_off,
};

/* Another driver's notifier: its priority is the second highest, and it can panic. */
static int other_notifier(struct notifier_block *nb, unsigned long action, void *data)
{
	(void)nb, (void)action, (void)data;
	if (guest.bytes_before_others == ~0U)
		guest.bytes_before_others = guest.nr_bytes;
	if (guest.scene.nested == NESTED_AFTER && guest.panics == 1)
		guest_panic();

	return NOTIFY_DONE;
}

static struct notifier_block other = {
	.notifier_call = other_notifier,
	.priority = INT_MAX - 1,
};

int atomic_notifier_chain_register(struct atomic_notifier_head *chain, struct notifier_block *nb)
{
	struct notifier_block **at = &chain->head;

	guest_slow_call(__func__);
	if (guest_fault(__func__))
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

	guest_slow_call(__func__);
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
	unsigned int raised = guest.raised;
	int answer;

	rcu_read_lock();
	for (nb = chain->head; nb && !guest.ended; nb = next) {
		next = nb->next;
		answer = nb->notifier_call(nb, 0, "test");
		if (guest.raised != raised && !guest.ended)
			guest_violation("a notifier changes the preemption count");
		if (!guest.irqs_off && !guest.ended)
			guest_violation("a notifier leaves interrupts on");
		if (answer & NOTIFY_STOP_MASK)
			break;
	}
	rcu_read_unlock();
}

int kexec_crash_loaded(void)
{
	guest_call(__func__);

	return guest.scene.crash_loaded;
}

int test_taint(unsigned int flag)
{
	return flag == TAINT_DIE && guest.scene.tainted_die;
}

const struct cpumask *kernel_active_cpus(void)
{
	static const struct cpumask active = { ALL_CPUS };

	return &active;
}

const struct cpumask *kernel_online_cpus(void)
{
	static const struct cpumask all = { ALL_CPUS }, one = { THIS_CPU };

	if (guest.scene.stop == STOP_NOT_OFFLINE)
		return &all;

	return guest.cpus_stopped || guest.scene.stop == STOP_PANICKED ? &one : &all;
}

bool cpumask_subset(const struct cpumask *subset, const struct cpumask *of)
{
	return !(subset->bits & ~of->bits);
}

unsigned int num_online_cpus(void)
{
	return kernel_online_cpus()->bits == THIS_CPU ? 1 : 2;
}

static void crash_kexec(void)
{
	if (!guest.no_kexec)
		guest_probed(PROBED_CRASH_KEXEC, NULL);
	if (guest.scene.crash_loaded && guest.scene.crash_starts)
		end(true);
}

/** guest_panic() - panic() in the scene that was set; its notifiers may call it again */
void guest_panic(void)
{
	bool post_notifiers = guest.scene.post_notifiers;

	guest.dying++;
	guest.irqs_off = true;
	guest.preempt++;
	if (guest.scene.nested == NESTED_BEFORE && !guest.panics && !guest.scene.oops) {
		guest.panics++;
		oops_in_progress++;
		guest_panic();
		return;
	}

	guest.panics++;
	oops_in_progress++;
	if (!post_notifiers)
		crash_kexec();
	guest.cpus_stopped = true;
	guest_pass(STOP_MS + (guest.scene.stop == STOP_LATE_BY_NMI));
	if (guest.scene.crash_late)
		guest.scene.crash_loaded = true;
	if (!guest.ended)
		call_chain(&panic_notifier_list);
	if (!guest.ended && post_notifiers)
		crash_kexec();
	if (!guest.ended)
		end(true);
}

/** guest_oops() - a fatal oops, which looks for a crash kernel itself and then panics */
void guest_oops(void)
{
	guest.dying++;
	guest.irqs_off = true;
	oops_in_progress++;
	if (guest.scene.nested == NESTED_BEFORE) {
		guest_panic();
		return;
	}
	if (!guest.scene.post_notifiers)
		crash_kexec();
	oops_in_progress--;
	guest.scene.tainted_die = true;
	guest.dying--;
	if (!guest.ended)
		guest_panic();
}

/**
 * guest_fault_in_task() - a fault in the panicking task, with panic_on_oops=0
 *
 * In an interrupt, the kernel panics. Otherwise it ends the task. The other CPUs are stopped, so
 * nothing runs any more, and nobody reboots the guest.
 */
void guest_fault_in_task(void)
{
	guest.scene.tainted_die = true;
	if (guest_in_interrupt())
		guest_panic();
	else
		end(false);
}

struct sys_off_handler *register_sys_off_handler(enum sys_off_mode mode, int priority,
						 int (*call)(struct sys_off_data *data),
						 void *cb_data)
{
	struct sys_off_handler *handler;
	unsigned int i;

	guest_slow_call(__func__);
	if (mode != SYS_OFF_MODE_POWER_OFF)
		guest_violation("a handler is registered that is not a power-off handler");
	if (priority <= SYS_OFF_PRIO_FIRMWARE || priority > PRIO_MAX)
		guest_violation("a power-off handler has priority %d", priority);
	handler = guest_alloc(sizeof(*handler), __func__);
	if (!handler)
		return ERR_PTR(-ENOMEM);

	handler->priority = priority;
	handler->call = call;
	handler->cb_data = cb_data;
	for (i = 0; i < nr_sys_off && sys_off[i]->priority > priority; i++)
		;
	if (nr_sys_off == MAX_SYS_OFF || (i < nr_sys_off && sys_off[i]->priority == priority)) {
		guest_free(handler);
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
	guest_slow_call(__func__);
	for (i = 0; i < nr_sys_off && sys_off[i] != handler; i++)
		;
	if (i == nr_sys_off) {
		guest_violation("a power-off handler is unregistered that is not registered");
		return;
	}
	memmove(sys_off + i, sys_off + i + 1, (--nr_sys_off - i) * sizeof(*sys_off));
	guest_free(handler);
}

/* Since 5.19, handlers in the order of their priorities. */
static void call_sys_off(void)
{
	struct sys_off_data data = { .mode = SYS_OFF_MODE_POWER_OFF };
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < nr_sys_off && !guest.ended; i++) {
		data.cb_data = sys_off[i]->cb_data;
		if (sys_off[i]->call && sys_off[i]->call(&data) & NOTIFY_STOP_MASK)
			break;
	}
	rcu_read_unlock();
}

/** guest_power_off() - an orderly power-off; a guest that cannot power off halts instead */
void guest_power_off(void)
{
	guest.dying++;
	guest.irqs_off = true;
	guest.cpus_stopped = true;
	if (guest_can_power_off()) {
		guest_probed(PROBED_POWER_OFF, NULL);
		if (guest.config->sys_off)
			call_sys_off();
		else
			firmware_power_off(NULL);
	}
	end(false);
}

/** guest_can_power_off() - kernel_can_power_off(), or before 5.19 whether pm_power_off is set */
bool guest_can_power_off(void)
{
	return guest.config->sys_off ? nr_sys_off : !guest.no_firmware_power_off;
}

/** guest_take_priorities() - others hold this many priorities above the firmware's, from below */
void guest_take_priorities(unsigned int nr)
{
	static struct sys_off_handler others[MAX_SYS_OFF - 1];
	unsigned int i;

	/* The driver is not loaded. The firmware's handler has the lowest priority. */
	nr_sys_off = 0;
	for (i = nr; i--;) {
		others[i].priority = SYS_OFF_PRIO_FIRMWARE + 1 + i;
		sys_off[nr_sys_off++] = &others[i];
	}
	sys_off[nr_sys_off++] = &firmware_handler;
	nr_others = nr;
}

/** guest_hooks_left() - number of panic notifiers and power-off handlers that are the driver's */
unsigned int guest_hooks_left(void)
{
	unsigned int left = (panic_notifier_list.head != &other) + !!other.next;

	if (guest.config->sys_off)
		left += nr_sys_off - nr_others - !guest.no_firmware_power_off;

	return left;
}

/** guest_reset_hooks() - as after boot; call it again after a change of no_firmware_power_off */
void guest_reset_hooks(void)
{
	panic_notifier_list.head = &other;
	other.next = NULL;
	nr_sys_off = guest.config->sys_off && !guest.no_firmware_power_off;
	nr_others = 0;
	sys_off[0] = &firmware_handler;
}

/** guest_notifier_registered() - whether the driver's panic notifier is registered */
bool guest_notifier_registered(void)
{
	return panic_notifier_list.head != &other;
}
