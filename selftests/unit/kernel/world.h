/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest around the driver as a test sees it: what it sets (how the machine is built, what the
 * firmware does, in which state a CPU panics), what it sets off, and what came of it.
 */
#ifndef HOST_SIM_KERNEL_WORLD_H
#define HOST_SIM_KERNEL_WORLD_H

#include "kernel.h"

#define WORLD_NODES      2  /* devices QEMU0001 */
#define WORLD_SEMAPHORES 20 /* that one device's AML may take */
#define WORLD_BYTES      16 /* that a host may be sent in one end of a guest */
#define WORLD_LOG        2048

#define WORLD_PORT(node) (0x505 + 0x100 * (node))
#define WORLD_MMIO(node) (0xfed00000UL + 0x1000 * (node))
#define WORLD_RAM        0x100000UL /* of the guest's memory, an address */

enum context {
	CONTEXT_TASK,
	CONTEXT_IDLE,
	CONTEXT_SOFTIRQ,
	CONTEXT_HARDIRQ,
	CONTEXT_NMI,
	CONTEXTS
};
enum lock { LOCK_NONE, LOCK_SPIN, LOCK_BH, LOCKS };
enum way { WAY_WRPT, WAY_IO, WAY_MEM };
enum nested { NESTED_NONE, NESTED_BEFORE, NESTED_AFTER, NESTED_IN_AML, NESTED };

/* What RDPT answers. */
enum rdpt { RDPT_NUMBER, RDPT_ABSENT, RDPT_FAILS, RDPT_NO_NUMBER, RDPT_SLEEPS, RDPTS };

/**
 * struct wrpt - what WRPT does
 * @name: for a failed test's message
 * @absent: the firmware has none
 * @no_method: it has a name WRPT that is an integer
 * @arguments: more (or fewer) than the one that it should take
 * @semaphores: how many it takes at once
 * @first: the next four happen in so many evaluations only, ~0 for all
 * @fails: with an error
 * @sleeps: gives up the CPU
 * @maps: maps memory
 * @deletes: creates a semaphore and deletes it
 * @delay: takes so many ms each time
 * @delay_first: the first evaluation takes so many ms
 * @others: other tasks' AML runs meanwhile, and takes, maps and deletes
 * @fails_before: in the guest's end, fails and writes nothing
 * @fails_after: in the guest's end, writes and then fails
 */
struct wrpt {
	const char *name;
	bool absent, no_method;
	int arguments;
	unsigned int semaphores;
	unsigned int first;
	bool fails, sleeps, maps, deletes;
	unsigned int delay, delay_first;
	bool others;
	bool fails_before, fails_after;
};

/**
 * struct node - one device in the firmware's namespace
 * @present: there is one
 * @resources: its _CRS
 * @num_resources: how many
 * @io_port: where the host's register is, 0 for nowhere
 * @mmio: likewise, a physical address
 * @unmappable: nothing can map it
 * @rdpt: what RDPT does
 * @rdpt_answer: what it answers with
 * @wrpt: what WRPT does
 * @semaphores: those of ACPICA and of its AML
 * @evaluations: of WRPT so far
 * @rival: name of the driver that holds it already
 * @acpi_rival: the same of its ACPI node, before Linux 5.13
 * @no_companion: it is no ACPI device, but was made ours by driver_override
 */
struct node {
	bool present;
	struct resource resources[3];
	unsigned int num_resources;
	u16 io_port;
	unsigned long mmio;
	bool unmappable;
	enum rdpt rdpt;
	u64 rdpt_answer;
	const struct wrpt *wrpt;
	struct semaphore semaphores[WORLD_SEMAPHORES];
	unsigned int evaluations;
	const char *rival, *acpi_rival;
	bool no_companion;
};

/**
 * struct scene - the state in which a guest ends
 * @context: what the CPU was doing
 * @lock: what it held
 * @online: CPUs that count as online when the notifiers run
 * @tainted_die: an oops lies behind it
 * @nested: where a second panic comes in
 * @oops: the end begins with a fatal oops, which tries the crash kernel on its own
 * @crash_loaded: a crash kernel is loaded
 * @crash_starts: and does start
 * @post_notifiers: crash_kexec_post_notifiers
 * @crash_late: another CPU loads a crash kernel between panic()'s look for one and the notifiers
 * @by_nmi: another CPU took no interrupt, and an NMI stopped it after a second
 * @irqs_on: power-off has stopped no CPU, and left interrupts on
 * @due: another task is to run, which before Linux 6.15 is let run even with interrupts off
 * @taken: number of the semaphore that is held, from 1; 0 for none
 * @inner: not it but its inner lock
 */
struct scene {
	enum context context;
	enum lock lock;
	unsigned int online;
	bool tainted_die;
	enum nested nested;
	bool oops;
	bool crash_loaded, crash_starts, post_notifiers, crash_late, by_nmi, irqs_on, due;
	unsigned int taken;
	bool inner;
};

/**
 * struct world_byte - what the host got
 * @node: by which device
 * @way: how
 * @value: the byte
 * @event: what the simulated device made of it
 */
struct world_byte {
	u8 node, way, value, event;
};

struct world {
	/* How the machine is built. */
	const struct kernel_config *config;
	struct node node[WORLD_NODES];
	bool no_kprobes;
	bool no_kexec; /* no __crash_kexec to probe */
	bool no_firmware_power_off;

	/* Its state now. */
	struct scene scene;
	unsigned int preempt; /* preempt_disable(), spinlocks included */
	bool irqs_off;
	s64 now;                  /* ns since boot */
	unsigned int panics;      /* begun */
	unsigned int dying;       /* panics and power-offs under way */
	bool locked_down;         /* as by Secure Boot */
	bool ended;               /* nothing that is called now happens any more */
	bool powered_off;         /* by the firmware */
	unsigned int mutexes;     /* held */
	unsigned int module_refs; /* that nobody will give back */

	/* What came of it. */
	struct world_byte bytes[WORLD_BYTES];
	unsigned int nr_bytes;
	unsigned int bytes_before_others; /* when the other panic notifiers ran, ~0: never */
	unsigned int seen;                /* PVPANIC_ bits that monitors were told of */
	char log[WORLD_LOG];
	size_t log_len;

	/* What goes wrong, and where something comes in between. */
	unsigned int fault_at;  /* the n-th that can fail does; ~0: none */
	bool fault_on;          /* and all after it */
	unsigned int faults;    /* that could have failed so far */
	const char *fault_what; /* the one that did first */
	unsigned int step_at;   /* before the n-th call comes ... */
	void (*step)(void);
	unsigned int steps;
};

extern struct world world;

/* world.c */
void world_boot(const char *variant);
void world_stage(const struct scene *scene);
void world_violation(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
extern unsigned long world_violations;
extern void (*world_describe)(char *text, size_t size);
unsigned int world_leftovers(void);
void *world_alloc(size_t size, const char *what);
void world_free(void *memory);
void world_keep_memory(void);
void world_restore_memory(void);
void world_copy(char *to, const char *from, size_t size);
void world_revive(void);
bool world_fault(const char *what);
void world_call(const char *what);
void world_slow_call(const char *what);

/* sleep.c */
bool world_atomic(void);
void world_pass(unsigned int ms);
extern struct task_struct world_task, world_other_task;

/* kprobes.c */
enum probed { PROBED_CRASH_KEXEC, PROBED_DOWN_TIMEOUT, PROBED_DELETE_SEMAPHORE, PROBED_MAP_IOMEM };

void world_probed(enum probed function, void *argument);
unsigned int world_kprobes(const char **names);
void world_reset_kprobes(void);

/* panic.c */
void world_panic(void);
void world_oops(void);
void world_power_off(void);
bool world_can_power_off(void);
void world_hook_power_off(bool hook);
void world_take_sys_off(unsigned int nr);
bool world_notifier_registered(void);
unsigned int world_ends_left(void);
void world_reset_ends(void);

/* driver-core.c */
void world_reset_devices(void);
int world_bind(unsigned int node);
void world_unbind(unsigned int node);
bool world_bound(unsigned int node);
ssize_t world_show(unsigned int node, const char *name, char *text);
ssize_t world_store(unsigned int node, const char *name, const char *text);
unsigned int world_node_of(const struct device *dev);

/* module.c */
const struct kernel_config *world_config(const char *variant);
int world_load(const char *const params[][2]);
void world_unload(void);
void world_choose(const char *variant);

/* firmware.c */
bool world_aml_safe(unsigned int node);

/* port.c: the register; sim.c: the host behind it */
void *world_map(unsigned int node);
void world_unmap(void *mapping);
void sim_plug(unsigned int node, u8 capability);
void sim_reset(void);
u8 sim_read(unsigned int node);
void sim_write(unsigned int node, enum way way, u8 value);

#endif
