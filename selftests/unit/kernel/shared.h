/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arithmetic, layouts and constants that mean the same as in the kernel. The words are ours. A
 * value is the kernel's where a test or the driver depends on it.
 */
#ifndef HOST_SIM_KERNEL_SHARED_H
#define HOST_SIM_KERNEL_SHARED_H

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

#define U16_MAX       UINT16_MAX
#define BIT(n)        (1UL << (n))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
#define container_of(member_ptr, type, member) \
	((type *)((char *)(member_ptr) - offsetof(type, member)))
/* clang-format on */

#define READ_ONCE(x)                (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, value)        (*(volatile typeof(x) *)&(x) = (value))
#define smp_load_acquire(p)         __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, value) __atomic_store_n(p, value, __ATOMIC_RELEASE)

/* 1 if the option is defined as 1, and 0 if it is not defined and therefore stays a name. */
#define IS_ENABLED(option)       KERNEL_ENABLED(option)
#define KERNEL_ENABLED(value)    KERNEL_PICK(KERNEL_SHIFT_##value 1, 0, 0)
#define KERNEL_PICK(args...)     KERNEL_SECOND(args)
#define KERNEL_SECOND(a, b, ...) b
#define KERNEL_SHIFT_1           0,

/* A pointer can carry an errno, because the last page of the address space holds no object. */
static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline bool IS_ERR(const void *ptr)
{
	return (unsigned long)ptr >= (unsigned long)-4095;
}

static inline long PTR_ERR(const void *ptr)
{
	return (long)ptr;
}

static inline int PTR_ERR_OR_ZERO(const void *ptr)
{
	return IS_ERR(ptr) ? (int)PTR_ERR(ptr) : 0;
}

/* Linked lists. custom.h has the functions that matter to RCU readers. */
struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD(name)              struct list_head name = { &(name), &(name) }
#define list_entry(ptr, pos, member) container_of(ptr, typeof(*(pos)), member)
/* clang-format off */
#define list_for_each_entry(pos, head, member)                   \
	for (pos = list_entry((head)->next, pos, member);        \
	     &pos->member != (head);                             \
	     pos = list_entry(pos->member.next, pos, member))
/* clang-format on */

/* Nanoseconds and ticks since boot. */
typedef s64 ktime_t;

#define HZ                250
#define NSEC_PER_SEC      1000000000L
#define time_before(a, b) ((long)((a) - (b)) < 0)

static inline s64 ktime_ms_delta(ktime_t later, ktime_t earlier)
{
	return (later - earlier) / 1000000;
}

/* Resources: the contents of _CRS, as the ACPI core passes them to a platform device. */
typedef u64 resource_size_t;

struct resource {
	resource_size_t start;
	resource_size_t end;
	unsigned long flags;
};

#define IORESOURCE_IO         0x0100
#define IORESOURCE_MEM        0x0200
#define IORESOURCE_IRQ        0x0400
#define IORESOURCE_UNSET      0x20000000
#define IORESOURCE_TYPE_BITS  0x1f00
#define IORESOURCE_SYSTEM_RAM (IORESOURCE_MEM | 0x01000000)
#define IORES_DESC_NONE       0

enum { REGION_INTERSECTS, REGION_DISJOINT, REGION_MIXED };

static inline unsigned long resource_type(const struct resource *res)
{
	return res->flags & IORESOURCE_TYPE_BITS;
}

/* The part of ACPICA's types that passes an integer to a method and returns one. */
typedef u32 acpi_status;
typedef void *acpi_handle;

#define AE_OK                0
#define AE_ERROR             1
#define AE_NO_MEMORY         4
#define AE_NOT_FOUND         5
#define AE_TYPE              8
#define AE_AML_BAD_RESOURCE  0x4003
#define ACPI_SUCCESS(status) (!(status))
#define ACPI_FAILURE(status) (status)
#define ACPI_TYPE_INTEGER    1
#define ACPI_TYPE_METHOD     8

union acpi_object {
	u32 type;
	struct {
		u32 type;
		u64 value;
	} integer;
};

struct acpi_object_list {
	u32 count;
	union acpi_object *pointer;
};

struct acpi_device_info {
	u32 type;
	u8 param_count;
};

struct acpi_buffer;

struct acpi_device_id {
	char id[16];
	unsigned long driver_data;
};

struct of_device_id {
	char compatible[32];
};

struct pci_device_id {
	u32 vendor, device;
};

#define PCI_DEVICE(vend, dev) .vendor = (vend), .device = (dev)

/* A notifier chain calls the highest priority first. */
struct notifier_block {
	int (*notifier_call)(struct notifier_block *nb, unsigned long action, void *data);
	struct notifier_block *next;
	int priority;
};

struct atomic_notifier_head {
	struct notifier_block *head;
};

#define NOTIFY_DONE      0
#define NOTIFY_STOP_MASK 0x8000
#define NOTIFY_OK        1
#define NOTIFY_STOP      (NOTIFY_STOP_MASK | NOTIFY_OK)

#define TAINT_DIE 7

/* The fields of preempt_count(). Linux 7.3 moved some of them. */
#define SOFTIRQ_OFFSET         0x100
#define SOFTIRQ_DISABLE_OFFSET (2 * SOFTIRQ_OFFSET) /* by local_bh_disable() */
#define HARDIRQ_OFFSET         0x10000
#define NMI_OFFSET             0x100000

#endif
