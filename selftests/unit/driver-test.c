// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's unchanged sources in one process with the fake kernel and the simulated host. The
 * tests try all combinations, in each kind of kernel that the driver can be compiled for. A test
 * fails if it saw one violation of the design.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "check.h"

#include "kselftest_harness.h"

void __gcov_dump(void) __attribute__((weak));
void __lsan_do_leak_check(void) __attribute__((weak));
const char *__asan_default_options(void);

/* A small quarantine of freed memory fits into the CPU's cache, which makes the tests faster. */
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=1:malloc_context_size=6";
}

/* Each test is a process, and the long ones are two. Here they add up their counts. */
struct shared {
	unsigned long combinations, violations;
	unsigned long total;
};
static struct shared *shared;

static pid_t harness;

/* A mutant must only fail, so its tests end at the first violation. */
#define FIRST_VIOLATION "PVPANIC_FIRST_VIOLATION"

static void __attribute__((constructor)) begin(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	harness = getpid();
	guest_exit_at_violation = getenv(FIRST_VIOLATION);
}

static void __attribute__((destructor)) finish(void)
{
	if (getpid() == harness)
		printf("# %lu combinations in all\n", shared->total);
}

/* The caller uses _exit(), because exit() would continue the harness in each process. */
static void end_process(void)
{
	__atomic_add_fetch(&shared->combinations, combinations, __ATOMIC_RELAXED);
	__atomic_add_fetch(&shared->violations, guest_violations, __ATOMIC_RELAXED);
	fflush(stdout);
	if (__gcov_dump)
		__gcov_dump();
	if (__lsan_do_leak_check)
		__lsan_do_leak_check();
}

/* Returns whether both processes completed, whatever they found. */
static bool run_in_halves(void (*run)(void))
{
	int status;
	pid_t child;

	if (guest_exit_at_violation) {
		run();
		return true;
	}
	halves = 2;
	child = fork();
	if (child < 0)
		return false;
	if (!child) {
		half = 1;
		run();
		end_process();
		_exit(0);
	}
	run();
	if (waitpid(child, &status, 0) != child || status)
		return false;

	return true;
}

static void set_up(const char *variant)
{
	binding = (struct binding){
		.variant = variant,
		.capability = EVENTS,
		.events = EVENTS,
		.wrpt = &wrpts[WRPT_PLAIN],
	};
	binding.port = usual_port();
}

static void tear_down(struct __test_metadata *_metadata, const char *variant)
{
	end_process();
	shared->total += shared->combinations;
	printf("# %s: %lu combinations, %lu violations\n", variant, shared->combinations,
	       shared->violations);
	fflush(stdout);
	if (shared->violations)
		_metadata->exit_code = KSFT_FAIL;
	shared->combinations = 0;
	shared->violations = 0;
}

/* The driver in each kind of kernel. */
FIXTURE(driver){};

FIXTURE_VARIANT(driver)
{
	const char *name;
};

/*
 * PREEMPT_COUNT: not in none; rcu has PREEMPT_RCU too, and rt PREEMPT_RT; old is before 5.19; arm
 * is not x86.
 */
FIXTURE_VARIANT_ADD(driver, none){ "none" };
FIXTURE_VARIANT_ADD(driver, count){ "count" };
FIXTURE_VARIANT_ADD(driver, rcu){ "rcu" };
FIXTURE_VARIANT_ADD(driver, rt){ "rt" };
FIXTURE_VARIANT_ADD(driver, none_old){ "none_old" };
FIXTURE_VARIANT_ADD(driver, count_old){ "count_old" };
FIXTURE_VARIANT_ADD(driver, rcu_old){ "rcu_old" };
FIXTURE_VARIANT_ADD(driver, rt_old){ "rt_old" };
FIXTURE_VARIANT_ADD(driver, arm){ "arm" };

FIXTURE_SETUP(driver)
{
	set_up(variant->name);
}

FIXTURE_TEARDOWN(driver)
{
	tear_down(_metadata, variant->name);
}

/* Kernels in which a panic can use WRPT. */
FIXTURE(guard){};

FIXTURE_VARIANT(guard)
{
	const char *name;
};

FIXTURE_VARIANT_ADD(guard, count){ "count" };
FIXTURE_VARIANT_ADD(guard, rcu){ "rcu" };

FIXTURE_SETUP(guard)
{
	set_up(variant->name);
}

FIXTURE_TEARDOWN(guard)
{
	tear_down(_metadata, variant->name);
}

/* Kernels with a list of power-off handlers, since 5.19. */
FIXTURE(power_off_list){};

FIXTURE_VARIANT(power_off_list)
{
	const char *name;
};

FIXTURE_VARIANT_ADD(power_off_list, rcu){ "rcu" };

FIXTURE_SETUP(power_off_list)
{
	set_up(variant->name);
}

FIXTURE_TEARDOWN(power_off_list)
{
	tear_down(_metadata, variant->name);
}

#define TEST_ALL(name, run)                      \
	TEST_F_TIMEOUT(driver, name, 300)        \
	{                                        \
		EXPECT_TRUE(run_in_halves(run)); \
		EXPECT_EQ(0, guest_violations);  \
		EXPECT_NE(0, combinations);      \
	}

#define TEST_ONE(fixture, name, run)            \
	TEST_F(fixture, name)                   \
	{                                       \
		run();                          \
		EXPECT_EQ(0, guest_violations); \
		EXPECT_NE(0, combinations);     \
	}

/* Documentation/events.rst, row by row. The host must receive exactly these bytes. */
static void check_row(struct __test_metadata *_metadata, struct scene scene, unsigned int first,
		      unsigned int second)
{
	const unsigned int events[] = { first, second };
	const unsigned int nr = !!first + !!second;

	ASSERT_TRUE(bind_driver());
	panic_in(&scene);
	combinations++;
	check_bytes(events, nr);
	if (guest.nr_bytes != nr)
		guest_violation("the host receives %u bytes", guest.nr_bytes);
	unload_driver();
	EXPECT_EQ(0, guest_violations);
}

TEST_F(driver, row_1_panic)
{
	check_row(_metadata, (struct scene){}, PANICKED, 0);
	check_row(_metadata, (struct scene){ .post_notifiers = true }, PANICKED, 0);
}

TEST_F(driver, row_2_crash_kernel)
{
	check_row(_metadata, (struct scene){ .crash_loaded = true, .crash_starts = true },
		  CRASH_LOADED, 0);
}

TEST_F(driver, row_2_crash_kernel_after_an_oops)
{
	check_row(_metadata,
		  (struct scene){ .oops = true, .crash_loaded = true, .crash_starts = true },
		  CRASH_LOADED, 0);
	/* The oops and its panic both look for a crash kernel. */
	check_row(_metadata, (struct scene){ .oops = true, .crash_loaded = true }, CRASH_LOADED,
		  PANICKED);
}

TEST_F(driver, row_3_crash_kernel_after_notifiers)
{
	struct scene scene = { .crash_loaded = true, .crash_starts = true, .post_notifiers = true };

	check_row(_metadata, scene, CRASH_LOADED, 0);
	/* Another notifier panics, so ours runs twice. */
	scene.nested = NESTED_AFTER;
	check_row(_metadata, scene, CRASH_LOADED, 0);
}

TEST_F(driver, row_4_crash_kernel_does_not_start)
{
	check_row(_metadata, (struct scene){ .crash_loaded = true }, CRASH_LOADED, PANICKED);
}

/* A crash kernel is loaded after the hook found none, so it does not start. */
TEST_F(driver, row_4_crash_kernel_comes_too_late)
{
	check_row(_metadata, (struct scene){ .crash_late = true }, PANICKED, 0);
	binding.capability = PANICKED | SHUTDOWN;
	check_row(_metadata, (struct scene){ .crash_late = true }, PANICKED, 0);
}

TEST_F(driver, row_5_crash_kernel_unknown_to_the_host)
{
	struct scene scene = { .crash_loaded = true, .crash_starts = true };

	binding.capability = PANICKED | SHUTDOWN;
	check_row(_metadata, scene, 0, 0);
	scene.post_notifiers = true;
	check_row(_metadata, scene, 0, 0);
}

/* For the driver, a crash kernel is a kernel that has no crash kernel. */
TEST_F(driver, row_6_panic_of_the_crash_kernel)
{
	check_row(_metadata, (struct scene){ .stop = STOP_NOT_OFFLINE }, PANICKED, 0);
}

TEST_F(driver, row_7_power_off)
{
	const struct scene scene = {};

	ASSERT_TRUE(bind_driver());
	try_power_off(&scene);
	EXPECT_EQ(1, guest.nr_bytes);
	EXPECT_TRUE(guest.powered_off);
	unload_driver();
	EXPECT_EQ(0, guest_violations);
}

/* crash_kexec() ran earlier, without a panic and without a crash kernel. That does not count. */
TEST_F(driver, crash_kexec_in_a_running_guest)
{
	const struct scene none = {};
	const struct scene after = { .crash_loaded = true,
				     .crash_starts = true,
				     .post_notifiers = true };
	const unsigned int event = CRASH_LOADED;

	combinations++;
	ASSERT_TRUE(bind_driver());
	guest_set_scene(&none);
	guest_probed(PROBED_CRASH_KEXEC, NULL);
	EXPECT_EQ(0, guest.nr_bytes);
	panic_in(&after);
	check_bytes(&event, 1);
	unload_driver();
	EXPECT_EQ(0, guest_violations);
}

/* crash_kexec() ran earlier, and its crash kernel did not start. The panic reports again. */
TEST_F(driver, crash_kexec_that_failed)
{
	const struct scene busy = { .crash_loaded = true };
	const struct scene later = { .crash_loaded = true, .crash_starts = true };
	const unsigned int event = CRASH_LOADED;

	combinations++;
	ASSERT_TRUE(bind_driver());
	guest_set_scene(&busy);
	guest.dying++; /* so that the driver may write */
	guest_probed(PROBED_CRASH_KEXEC, NULL);
	check_bytes(&event, 1);
	panic_in(&later);
	check_bytes(&event, 1);
	unload_driver();
	EXPECT_EQ(0, guest_violations);
}

static void panic_by(struct __test_metadata *_metadata, const struct scene *scene,
		     enum transport transport)
{
	unsigned int i;

	panic_in(scene);
	combinations++;
	ASSERT_NE(0, guest.nr_bytes);
	for (i = 0; i < guest.nr_bytes; i++)
		EXPECT_EQ(transport, guest.bytes[i].transport);
	EXPECT_EQ(PANICKED, guest.bytes[guest.nr_bytes - 1].value);
	EXPECT_TRUE(guest.rebooted);
	guest_restore_memory();
}

/* Documentation/guard.rst: a panic uses WRPT, but not if this one condition is violated. */
static void check_guard(struct __test_metadata *_metadata, struct scene violated)
{
	const struct scene plain = {};

	ASSERT_TRUE(bind_driver());
	panic_by(_metadata, &plain, BY_WRPT);
	panic_by(_metadata, &violated, BY_PORT);
	unload_driver();
	EXPECT_EQ(0, guest_violations);
}

TEST_F(guard, task_context)
{
	check_guard(_metadata, (struct scene){ .context = CONTEXT_SOFTIRQ });
	check_guard(_metadata, (struct scene){ .context = CONTEXT_HARDIRQ });
	check_guard(_metadata, (struct scene){ .context = CONTEXT_NMI });
}

TEST_F(guard, not_the_idle_task)
{
	check_guard(_metadata, (struct scene){ .context = CONTEXT_IDLE });
}

TEST_F(guard, task_holds_no_spinlock)
{
	check_guard(_metadata, (struct scene){ .lock = LOCK_SPIN });
	check_guard(_metadata, (struct scene){ .lock = LOCK_BH });
}

TEST_F(guard, no_earlier_oops)
{
	check_guard(_metadata, (struct scene){ .tainted_die = true });
}

TEST_F(guard, no_nested_panic)
{
	check_guard(_metadata, (struct scene){ .nested = NESTED_BEFORE });
	/* The first oops still prints, so the kernel is not tainted yet. */
	check_guard(_metadata, (struct scene){ .oops = true, .nested = NESTED_BEFORE });
}

/* The crash kernel does not start, so PANICKED follows CRASH_LOADED. */
TEST_F(guard, no_crash_kernel)
{
	check_guard(_metadata, (struct scene){ .crash_loaded = true });
	check_guard(_metadata, (struct scene){ .crash_late = true });
}

TEST_F(guard, all_cpus_are_offline)
{
	check_guard(_metadata, (struct scene){ .stop = STOP_NOT_OFFLINE });
}

TEST_F(guard, cpus_stopped_in_time)
{
	check_guard(_metadata, (struct scene){ .stop = STOP_LATE_BY_NMI });
}

/* Without a TSC, nobody knows how long it took to stop the other CPUs. */
TEST_F(guard, tsc)
{
	const struct scene in_time = {}, late = { .stop = STOP_LATE_BY_NMI };

	binding.no_tsc = true;
	ASSERT_TRUE(bind_driver());
	expect_log(true, " (not WRPT: no TSC to measure time); ");
	panic_by(_metadata, &in_time, BY_PORT);
	panic_by(_metadata, &late, BY_PORT);
	unload_driver();
	EXPECT_EQ(0, guest_violations);
}

/* The rest of panic() needs interrupts off, whether WRPT fails or not. */
TEST_F(guard, interrupts_stay_off)
{
	struct behaviour behaviour = wrpts[WRPT_PLAIN];
	const struct scene plain = {};
	unsigned int i;

	behaviour.wrpt.irqs_on = true;
	binding.wrpt = &behaviour;
	for (i = 0; i < 2; i++) {
		behaviour.wrpt.fails_before = i;
		ASSERT_TRUE(bind_driver());
		panic_by(_metadata, &plain, i ? BY_PORT : BY_WRPT);
		unload_driver();
	}
	EXPECT_EQ(0, guest_violations);
}

TEST_F(guard, no_other_cpu_panicked)
{
	check_guard(_metadata, (struct scene){ .stop = STOP_PANICKED });
}

/* The hook is registered, but it runs after the notifiers or not at all. */
TEST_F(guard, hook_ran)
{
	const struct scene plain = {};

	check_guard(_metadata, (struct scene){ .post_notifiers = true });
	binding.hook = HOOK_DISARMED;
	ASSERT_TRUE(bind_driver());
	panic_by(_metadata, &plain, BY_PORT);
	unload_driver();
}

TEST_F(guard, hook_registered)
{
	static const enum hook hooks[] = { HOOK_OFF, HOOK_NO_KEXEC, HOOK_NO_KPROBES };
	const struct scene plain = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		binding.hook = hooks[i];
		ASSERT_TRUE(bind_driver());
		panic_by(_metadata, &plain, BY_PORT);
		unload_driver();
	}
	EXPECT_EQ(0, guest_violations);
}

TEST_F(guard, semaphores_are_free)
{
	unsigned int i;

	for (i = 1; i <= binding.wrpt->wrpt.semaphores; i++)
		check_guard(_metadata, (struct scene){ .semaphore = i });
}

TEST_F(guard, inner_locks_are_free)
{
	unsigned int i;

	for (i = 1; i <= binding.wrpt->wrpt.semaphores; i++)
		check_guard(_metadata, (struct scene){ .semaphore = i, .inner = true });
}

TEST_F(guard, spinlocks_are_free)
{
	unsigned int i;

	for (i = 1; i <= binding.wrpt->wrpt.spinlocks; i++)
		check_guard(_metadata, (struct scene){ .spinlock = i });
}

/* The fault becomes a nested panic. Otherwise the task ends, and the guest does not reboot. */
TEST_F(guard, fault_in_the_interpreter)
{
	check_guard(_metadata, (struct scene){ .nested = NESTED_IN_AML });
}

/* The attribute tells which transport a panic in task context would use now. */
TEST_F(guard, transport_attribute)
{
	static const struct scene scenes[] = { { .crash_loaded = true }, { .tainted_die = true } };
	char text[4096];
	unsigned int i;

	combinations++;
	ASSERT_TRUE(bind_driver());
	for (i = 0; i < ARRAY_SIZE(scenes); i++) {
		guest_show(0, "transport", text);
		EXPECT_STREQ("wrpt\n", text);
		guest_set_scene(&scenes[i]);
		guest_show(0, "transport", text);
		EXPECT_STREQ("port\n", text);
		guest_revive();
	}
	unload_driver();
	EXPECT_EQ(0, guest_violations);
}

TEST_ALL(panics, all_panics)
TEST_ALL(power_offs, all_power_offs)
TEST_ALL(bindings, all_bindings)
TEST_ALL(answers, all_answers)
TEST_ALL(faults, all_faults)
TEST_ALL(interruptions, all_interruptions)
TEST_ONE(driver, events_written, all_stores)
TEST_ONE(driver, parameters, all_parameters)
TEST_ONE(driver, other_drivers, other_drivers)
TEST_ONE(driver, two_devices, two_devices)
TEST_ONE(driver, two_buses, two_buses)
TEST_ONE(driver, odd_pci_devices, odd_pci_devices)

TEST_F(driver, faults_at_events)
{
	all_store_faults();
	EXPECT_EQ(0, guest_violations);
}

TEST_ONE(power_off_list, priorities, priorities)

TEST_HARNESS_MAIN
