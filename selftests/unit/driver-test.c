// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's unchanged sources in one process with a simulated kernel and the simulated host:
 * everything that can be combined, combined. Each test runs for each kind of kernel that the
 * driver can be compiled for, and fails when anything at all was seen that the design forbids.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "check.h"

#include "kselftest_harness.h"

void __gcov_dump(void) __attribute__((weak));
void __lsan_do_leak_check(void) __attribute__((weak));
const char *__asan_default_options(void);

/* What was freed is kept from use for a while, but not for so long that it fills the cache. */
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=1:malloc_context_size=6";
}

/* Each test is a process, and the long ones are two; what they counted is added up here. */
struct shared {
	unsigned long combinations, violations;
	unsigned long total;
};
static struct shared *shared;

static pid_t harness;
static unsigned int halves = 1, half;

static void __attribute__((constructor)) begin(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	harness = getpid();
}

static void __attribute__((destructor)) finish(void)
{
	if (getpid() == harness)
		printf("# %lu combinations in all\n", shared->total);
}

bool my_half(unsigned int n)
{
	return n % halves == half;
}

/* Without exit(), after which the harness would go on in each of them. */
static void end_process(void)
{
	__atomic_add_fetch(&shared->combinations, combinations, __ATOMIC_RELAXED);
	__atomic_add_fetch(&shared->violations, world_violations, __ATOMIC_RELAXED);
	fflush(stdout);
	if (__gcov_dump)
		__gcov_dump();
	if (__lsan_do_leak_check)
		__lsan_do_leak_check();
}

/* True when both have come to their end, whatever they found. */
static bool run_in_halves(void (*run)(void))
{
	int status;
	pid_t child;

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

/* The driver in any kernel. */
FIXTURE(driver){};

FIXTURE_VARIANT(driver)
{
	const char *name;
};

/* PREEMPT_COUNT: none or count; rcu: PREEMPT_RCU too; rt: PREEMPT_RT; old: before 5.19. */
FIXTURE_VARIANT_ADD(driver, none){ "none" };
FIXTURE_VARIANT_ADD(driver, count){ "count" };
FIXTURE_VARIANT_ADD(driver, rcu){ "rcu" };
FIXTURE_VARIANT_ADD(driver, rt){ "rt" };
FIXTURE_VARIANT_ADD(driver, none_old){ "none_old" };
FIXTURE_VARIANT_ADD(driver, count_old){ "count_old" };
FIXTURE_VARIANT_ADD(driver, rcu_old){ "rcu_old" };
FIXTURE_VARIANT_ADD(driver, rt_old){ "rt_old" };

FIXTURE_SETUP(driver)
{
	set_up(variant->name);
}

FIXTURE_TEARDOWN(driver)
{
	tear_down(_metadata, variant->name);
}

/* In a kernel that has a list of power-off handlers, and in one that has a pointer. */
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

FIXTURE(power_off_pointer){};

FIXTURE_VARIANT(power_off_pointer)
{
	const char *name;
};

FIXTURE_VARIANT_ADD(power_off_pointer, rcu_old){ "rcu_old" };

FIXTURE_SETUP(power_off_pointer)
{
	set_up(variant->name);
}

FIXTURE_TEARDOWN(power_off_pointer)
{
	tear_down(_metadata, variant->name);
}

#define TEST_ALL(name, run)                      \
	TEST_F_TIMEOUT(driver, name, 300)        \
	{                                        \
		EXPECT_TRUE(run_in_halves(run)); \
		EXPECT_EQ(0, world_violations);  \
		EXPECT_NE(0, combinations);      \
	}

#define TEST_ONE(fixture, name, run)            \
	TEST_F(fixture, name)                   \
	{                                       \
		run();                          \
		EXPECT_EQ(0, world_violations); \
		EXPECT_NE(0, combinations);     \
	}

/* The rows of DESIGN.md, "Which event, when", each by itself, to be read beside it. */
struct row {
	struct scene scene;
	unsigned int events[2];
};

static void check_row(struct __test_metadata *_metadata, struct row row)
{
	unsigned int nr = 0;

	while (nr < 2 && row.events[nr])
		nr++;
	row.scene.online = 1;
	ASSERT_TRUE(bind_driver());
	world_stage(&row.scene);
	world_panic();
	combinations++;
	check_bytes(row.events, nr);
	unload_driver();
	EXPECT_EQ(0, world_violations);
}

TEST_F(driver, row_1_panic)
{
	check_row(_metadata, (struct row){ { .crash_loaded = false }, { PANICKED } });
}

TEST_F(driver, row_2_crash_kernel)
{
	check_row(_metadata,
		  (struct row){ { .crash_loaded = true, .crash_starts = true }, { CRASH_LOADED } });
}

TEST_F(driver, row_3_crash_kernel_after_notifiers)
{
	check_row(_metadata,
		  (struct row){
			  { .crash_loaded = true, .crash_starts = true, .post_notifiers = true },
			  { CRASH_LOADED } });
}

TEST_F(driver, row_4_crash_kernel_does_not_start)
{
	check_row(_metadata, (struct row){ { .crash_loaded = true }, { CRASH_LOADED, PANICKED } });
}

/* It never starts: the hook found none, and of what is loaded by now nobody was told. */
TEST_F(driver, row_4_crash_kernel_comes_too_late)
{
	check_row(_metadata, (struct row){ { .crash_late = true }, { PANICKED } });
	binding.capability = PANICKED | SHUTDOWN;
	check_row(_metadata, (struct row){ { .crash_late = true }, { PANICKED } });
}

/* Where it was nobody knows: to evaluate WRPT then is a violation. */
TEST_F(driver, a_cpu_that_an_nmi_stopped)
{
	check_row(_metadata, (struct row){ { .by_nmi = true }, { PANICKED } });
}

/* Nor does it start when crash_kexec() comes before there is one: that was no panic. */
TEST_F(driver, crash_kexec_in_a_guest_that_lives)
{
	struct scene none = { .online = 1 };
	struct scene after = {
		.online = 1, .crash_loaded = true, .crash_starts = true, .post_notifiers = true
	};
	unsigned int event = CRASH_LOADED;

	ASSERT_TRUE(bind_driver());
	world_stage(&none);
	world_probed(PROBED_CRASH_KEXEC, NULL);
	EXPECT_EQ(0, world.nr_bytes);
	world_stage(&after);
	world_panic();
	check_bytes(&event, 1);
	unload_driver();
	EXPECT_EQ(0, world_violations);
}

/* The host was told of a crash kernel that did not start: in a panic it is told again. */
TEST_F(driver, crash_kexec_that_came_to_nothing)
{
	struct scene busy = { .online = 1, .crash_loaded = true };
	struct scene later = { .online = 1, .crash_loaded = true, .crash_starts = true };
	unsigned int event = CRASH_LOADED;

	ASSERT_TRUE(bind_driver());
	world_stage(&busy);
	world.dying++; /* as far as one knows who asks for a crash kernel */
	world_probed(PROBED_CRASH_KEXEC, NULL);
	check_bytes(&event, 1);
	world_stage(&later);
	world_panic();
	check_bytes(&event, 1);
	unload_driver();
	EXPECT_EQ(0, world_violations);
}

TEST_F(driver, row_5_crash_kernel_unknown_to_the_host)
{
	binding.capability = PANICKED | SHUTDOWN;
	check_row(_metadata, (struct row){ { .crash_loaded = true, .crash_starts = true }, { 0 } });
	check_row(_metadata,
		  (struct row){
			  { .crash_loaded = true, .crash_starts = true, .post_notifiers = true },
			  { 0 } });
}

static void check_power_off(struct __test_metadata *_metadata, struct scene scene)
{
	unsigned int event = SHUTDOWN;

	ASSERT_TRUE(bind_driver());
	world_stage(&scene);
	world_power_off();
	combinations++;
	check_bytes(&event, 1);
	EXPECT_TRUE(world.powered_off);
	unload_driver();
	EXPECT_EQ(0, world_violations);
}

/* With interrupts on, as with reboot=force, WRPT could sleep; with a task due, let that run. */
TEST_F(driver, row_6_power_off)
{
	check_power_off(_metadata, (struct scene){ .online = 1 });
	check_power_off(_metadata, (struct scene){ .online = 1, .irqs_on = true });
	check_power_off(_metadata, (struct scene){ .online = 1, .due = true });
}

TEST_ALL(panics, all_panics)
TEST_ALL(power_offs, all_power_offs)
TEST_ALL(bindings, all_bindings)
TEST_ALL(answers, all_answers)
TEST_ALL(faults, all_faults)
TEST_ALL(interruptions, all_interruptions)
TEST_ONE(driver, events_written, all_stores)
TEST_ONE(driver, parameters, all_parameters)
TEST_ONE(driver, rivals, rivals)
TEST_ONE(driver, two_devices, two_devices)

TEST_F(driver, faults_at_events)
{
	all_store_faults();
	EXPECT_EQ(0, world_violations);
}

TEST_ONE(power_off_list, priority_taken, priority_taken)
TEST_ONE(power_off_pointer, hooked_above, hooks_above)
TEST_ONE(power_off_pointer, bound_below_a_hook, hooks_in_a_circle)

TEST_HARNESS_MAIN
