/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest around the driver, as a test sees it. A test sets how the machine is built, what the
 * firmware does and in which state a CPU panics. Then it lets the guest panic or power off, and
 * reads what the host received.
 */
#ifndef HOST_SIM_KERNEL_GUEST_H
#define HOST_SIM_KERNEL_GUEST_H

#include "kernel.h"

#define GUEST_NODES      2    /* devices */
#define GUEST_SEMAPHORES 20   /* that one device's AML may take */
#define GUEST_SPINLOCKS  8    /* likewise */
#define GUEST_BYTES      16   /* that the host may receive in one panic or power-off */
#define GUEST_KPROBES    12   /* that may be registered at once */
#define GUEST_LOG        2048 /* bytes */

#define GUEST_PORT(node) (0x505 + 0x100 * (node))
#define GUEST_MMIO(node) (0xfed00000UL + 0x1000 * (node))
#define GUEST_RAM        0x100000UL /* the address of the guest's memory */

enum context {
	CONTEXT_TASK,
	CONTEXT_IDLE,
	CONTEXT_SOFTIRQ,
	CONTEXT_HARDIRQ,
	CONTEXT_NMI,
	CONTEXTS
};

/* The panicking task holds a spinlock, or has disabled bottom halves. */
enum lock { LOCK_NONE, LOCK_SPIN, LOCK_BH, LOCKS };

/* How the other CPUs were stopped before the panic notifiers run. */
enum stop {
	STOP_BY_IPI,      /* by the normal IPI, in the time that the driver allows */
	STOP_LATE_BY_NMI, /* a CPU ignored the IPI, so an NMI stopped it, soon after that time */
	STOP_NOT_OFFLINE, /* a CPU still counts as online: it runs, or an NMI halted it */
	STOP_PANICKED,    /* a CPU panicked too, and marked itself offline before the hook ran */
	STOPS
};

/* How a byte reached the host. */
enum transport { BY_WRPT, BY_PORT, BY_MEMORY };

/*
 * When a second panic starts: while the first panic or oops prints, after our notifier, or by a
 * fault inside WRPT.
 */
enum nested { NESTED_NONE, NESTED_BEFORE, NESTED_AFTER, NESTED_IN_AML, NESTED };

/* How the guest finds the device. */
enum bus { BUS_ACPI, BUS_OF, BUS_PCI, BUSES };

/* What RDPT answers. */
enum rdpt { RDPT_NUMBER, RDPT_ABSENT, RDPT_FAILS, RDPT_NO_NUMBER, RDPT_SLEEPS, RDPTS };

/**
 * struct wrpt - what WRPT does
 * @name: for the message of a failed test
 * @absent: the firmware has no WRPT
 * @no_method: WRPT is the name of an integer
 * @arguments: how many more (or fewer) arguments than one it takes
 * @semaphores: how many it holds at once
 * @spinlocks: how many it takes, one after the other
 * @first: the next five happen in this many evaluations only; ~0 for all
 * @fails: it returns an error
 * @sleeps: it gives up the CPU
 * @maps: it maps memory
 * @deletes: it creates a semaphore and deletes it
 * @more_locks: it takes one more semaphore and spinlock
 * @delay: ms that each evaluation takes
 * @delay_first: ms that the first evaluation takes in addition
 * @others: AML of other tasks runs meanwhile and takes locks, maps and deletes
 * @fails_before: in a panic, it fails and writes nothing
 * @fails_after: in a panic, it writes and then fails
 * @irqs_on: in a panic, it switches interrupts on
 */
struct wrpt {
	const char *name;
	bool absent;
	bool no_method;
	int arguments;
	unsigned int semaphores;
	unsigned int spinlocks;
	unsigned int first;
	bool fails;
	bool sleeps;
	bool maps;
	bool deletes;
	bool more_locks;
	unsigned int delay;
	unsigned int delay_first;
	bool others;
	bool fails_before;
	bool fails_after;
	bool irqs_on;
};

/**
 * struct node - one device
 * @present: the device exists
 * @bus: how the guest finds it
 * @resources: its _CRS, its reg property, or BAR 0
 * @num_resources: the length of @resources
 * @io_port: the host's register, or 0 if it is not an I/O port
 * @mmio: the host's register, or 0 if it is not in memory
 * @unmappable: the kernel cannot map @mmio
 * @rdpt: what RDPT does
 * @rdpt_answer: the number that RDPT returns
 * @wrpt: what WRPT does
 * @semaphores: the semaphores of ACPICA and of the device's AML
 * @spinlocks: the spinlocks of ACPICA, which are raw ones except on PREEMPT_RT
 * @evaluations: of WRPT so far, while the guest runs
 * @other_driver: name of a driver that already holds the platform device
 * @acpi_driver: name of a driver that holds the ACPI node (before Linux 5.13)
 * @no_companion: neither ACPI nor device tree; driver_override offered it to the driver
 * @silent: no PCI device answers at the address in BAR 0, so a read gives all ones
 */
struct node {
	bool present;
	enum bus bus;
	struct resource resources[3];
	unsigned int num_resources;
	u16 io_port;
	unsigned long mmio;
	bool unmappable;
	enum rdpt rdpt;
	u64 rdpt_answer;
	const struct wrpt *wrpt;
	struct semaphore semaphores[GUEST_SEMAPHORES];
	raw_spinlock_t spinlocks[GUEST_SPINLOCKS];
	unsigned int evaluations;
	const char *other_driver;
	const char *acpi_driver;
	bool no_companion;
	bool silent;
};

/**
 * struct scene - the state in which a guest panics or powers off
 * @context: the context of the panicking CPU
 * @lock: the lock that the panicking task holds
 * @stop: how the other CPUs are stopped
 * @tainted_die: an oops happened earlier
 * @nested: when a second panic starts
 * @oops: a fatal oops comes first, which looks for a crash kernel before it panics
 * @crash_loaded: a crash kernel is loaded
 * @crash_starts: the crash kernel starts when the kernel jumps to it
 * @post_notifiers: crash_kexec_post_notifiers is set
 * @crash_late: a crash kernel is loaded after the kdump hook and before the notifiers
 * @semaphore: number of the semaphore that a stopped CPU holds, from 1; 0 for none
 * @inner: that CPU holds the semaphore's inner lock instead
 * @spinlock: number of the spinlock that a stopped CPU holds, from 1; 0 for none
 */
struct scene {
	enum context context;
	enum lock lock;
	enum stop stop;
	bool tainted_die;
	enum nested nested;
	bool oops;
	bool crash_loaded;
	bool crash_starts;
	bool post_notifiers;
	bool crash_late;
	unsigned int semaphore;
	bool inner;
	unsigned int spinlock;
};

/**
 * struct guest_byte - one byte that the host received
 * @node: the device
 * @transport: see enum transport
 * @value: the byte
 * @event: the event that the simulated device derived from @value
 */
struct guest_byte {
	u8 node;
	u8 transport;
	u8 value;
	u8 event;
};

struct guest {
	/* How the machine is built. */
	const struct kernel_config *config;
	struct node node[GUEST_NODES];
	bool no_kprobes;            /* the kernel has none */
	bool kprobes_disarmed;      /* by the administrator, after registration succeeded */
	bool no_kexec;              /* the kernel has no __crash_kexec to probe */
	bool no_firmware_power_off; /* the firmware cannot power off */
	bool locked_down;           /* as by Secure Boot */

	/* Its state now. */
	struct scene scene;
	unsigned int preempt; /* preempt_disable() and spinlocks, counted or not */
	unsigned int raised;  /* by preempt_count_add() */
	bool irqs_off;
	bool in_kprobe;       /* a kprobe handler runs, and kprobes do not nest */
	s64 now;              /* ns since boot */
	unsigned int panics;  /* panic() calls so far */
	unsigned int dying;   /* panics and power-offs in progress */
	bool cpus_stopped;    /* panic() has stopped the other CPUs */
	bool ended;           /* nothing has an effect any more */
	bool rebooted;        /* by panic() or into the crash kernel; only after @ended */
	bool powered_off;     /* by the firmware */
	unsigned int mutexes; /* held */

	/* What the host received, and what the log says. */
	struct guest_byte bytes[GUEST_BYTES];
	unsigned int nr_bytes;
	unsigned int bytes_before_others; /* when other panic notifiers ran; ~0: they did not */
	unsigned int seen;                /* PVPANIC_ bits that monitors heard */
	char log[GUEST_LOG];
	size_t log_len;

	/* Faults and interruptions. */
	unsigned int fault_at;  /* the call that fails, by number; ~0: none */
	bool fault_on;          /* all later ones fail too */
	unsigned int faults;    /* calls so far that could have failed */
	const char *fault_what; /* the first call that failed */
	void (*step)(void);     /* runs before each call */
};

extern struct guest guest;

/* guest.c */
void guest_boot(const char *variant);
void guest_set_scene(const struct scene *scene);
void guest_revive(void);
void guest_violation(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
extern unsigned long guest_violations;
extern bool guest_exit_at_violation;
extern void (*guest_describe)(char *text, size_t size);
unsigned int guest_leftovers(void);
void *guest_alloc(size_t size, const char *what);
void guest_free(void *memory);
void guest_keep_memory(void);
void guest_restore_memory(void);
void guest_copy(char *to, const char *from, size_t size);
bool guest_fault(const char *what);
void guest_call(const char *what);
void guest_slow_call(const char *what);

/* sleep.c */
bool guest_atomic(void);
bool guest_in_interrupt(void);
void guest_pass(unsigned int ms);
int guest_down(struct semaphore *sem);
void guest_up(struct semaphore *sem);
void guest_spin_lock(raw_spinlock_t *lock);
void guest_spin_unlock(raw_spinlock_t *lock);
extern struct task_struct guest_task;
extern struct task_struct guest_other_task;

/* rcu.c */
void guest_check_readers(const char *what);

/* kprobes.c */
enum probed {
	PROBED_CRASH_KEXEC,
	PROBED_POWER_OFF,
	PROBED_DOWN_TIMEOUT,
	PROBED_ACQUIRE_LOCK,
	PROBED_DELETE_SEMAPHORE,
	PROBED_MAP_IOMEM
};

void guest_probed(enum probed function, void *argument);
unsigned int guest_kprobes(const char *names[GUEST_KPROBES]);
void guest_reset_kprobes(void);

/* panic.c */
void guest_panic(void);
void guest_oops(void);
void guest_fault_in_task(void);
void guest_power_off(void);
bool guest_can_power_off(void);
void guest_take_priorities(unsigned int nr);
bool guest_notifier_registered(void);
unsigned int guest_hooks_left(void);
void guest_reset_hooks(void);

/* driver-core.c */
void guest_reset_devices(void);
int guest_bind(unsigned int node);
void guest_unbind(unsigned int node);
bool guest_bound(unsigned int node);
const char *guest_device_name(unsigned int node);
bool guest_reachable(unsigned int node);
ssize_t guest_show(unsigned int node, const char *name, char *text);
ssize_t guest_store(unsigned int node, const char *name, const char *text);
unsigned int guest_node_of(const struct device *dev);

/* module.c */
const struct kernel_config *guest_config(const char *variant);
int guest_load(const char *const params[][2]);
void guest_keep_variables(void);
void guest_restore_variables(void);
void guest_unload(void);
void guest_select_module(const char *variant);

/* firmware.c */
bool guest_aml_safe(unsigned int node);

/* port.c: the register; sim.c: the host's side of it */
void *guest_map(unsigned int node);
void guest_unmap(void *mapping);
void sim_plug(unsigned int node, u8 capability);
void sim_reset(void);
u8 sim_read(unsigned int node);
void sim_write(unsigned int node, enum transport transport, u8 value);

#endif
