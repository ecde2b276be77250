/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that are made for the tests. They do what the kernel's do as far as the driver can
 * see, record it, report a caller that a kernel would punish (guest_violation()), and fail where
 * a test wants it. They are sorted by the file that implements them.
 */
#ifndef HOST_SIM_KERNEL_CUSTOM_H
#define HOST_SIM_KERNEL_CUSTOM_H

/* sleep.c: tasks, contexts, locks and the clock */
struct task_struct {
	unsigned long nvcsw; /* voluntary context switches */
	bool idle;
};

typedef struct {
	bool locked;
} raw_spinlock_t;

struct semaphore {
	raw_spinlock_t lock;
	unsigned int count;
};

struct mutex {
	bool locked;
};

extern struct task_struct *kernel_current;
extern unsigned long jiffies;
extern unsigned int tsc_khz;
#define current kernel_current

#define DEFINE_MUTEX(name) struct mutex name

bool is_idle_task(const struct task_struct *task);
unsigned int preempt_count(void);
void preempt_count_add(unsigned int value);
void preempt_count_sub(unsigned int value);
void local_irq_disable(void);
bool raw_spin_is_locked(const raw_spinlock_t *lock);
void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
ktime_t ktime_get(void);
u64 sched_clock(void);

/* rcu.c: a list whose readers take no lock */
#define list_for_each_entry_rcu(pos, head, member) list_for_each_entry(pos, head, member)

void list_add_tail_rcu(struct list_head *entry, struct list_head *head);
void list_del_rcu(struct list_head *entry);
void synchronize_rcu(void);

/* kprobes.c */
typedef u8 kprobe_opcode_t;

#define KPROBE_FLAG_DISABLED 2

struct pt_regs {
	unsigned long arguments[4];
};

struct kprobe;

typedef int (*kprobe_pre_handler_t)(struct kprobe *probe, struct pt_regs *regs);

struct kprobe {
	kprobe_opcode_t *addr;
	const char *symbol_name;
	unsigned int offset;
	kprobe_pre_handler_t pre_handler;
	void (*post_handler)(struct kprobe *probe, struct pt_regs *regs, unsigned long flags);
	u32 flags;
};

int register_kprobe(struct kprobe *probe);
void unregister_kprobe(struct kprobe *probe);
int register_kprobes(struct kprobe **probes, int num);
void unregister_kprobes(struct kprobe **probes, int num);
unsigned long regs_get_kernel_argument(struct pt_regs *regs, unsigned int n);

/* panic.c: panic, oops, power-off */
struct cpumask {
	unsigned long bits;
};

extern struct atomic_notifier_head panic_notifier_list;
extern int oops_in_progress;
#define cpu_active_mask kernel_active_cpus()
#define cpu_online_mask kernel_online_cpus()

int atomic_notifier_chain_register(struct atomic_notifier_head *chain, struct notifier_block *nb);
int atomic_notifier_chain_unregister(struct atomic_notifier_head *chain, struct notifier_block *nb);
int kexec_crash_loaded(void);
int test_taint(unsigned int flag);
const struct cpumask *kernel_active_cpus(void);
const struct cpumask *kernel_online_cpus(void);
bool cpumask_subset(const struct cpumask *subset, const struct cpumask *of);
unsigned int num_online_cpus(void);

#ifndef KERNEL_BEFORE_SYS_OFF
#define SYS_OFF_PRIO_FIRMWARE 224

enum sys_off_mode {
	SYS_OFF_MODE_POWER_OFF_PREPARE,
	SYS_OFF_MODE_POWER_OFF,
	SYS_OFF_MODE_RESTART_PREPARE,
	SYS_OFF_MODE_RESTART,
};

struct sys_off_data {
	int mode;
	void *cb_data;
	const char *cmd;
};

struct sys_off_handler *register_sys_off_handler(enum sys_off_mode mode, int priority,
						 int (*call)(struct sys_off_data *data),
						 void *cb_data);
void unregister_sys_off_handler(struct sys_off_handler *handler);
#endif

/* driver-core.c: the platform bus and PCI, resources that a bound device owns, sysfs */
struct device;

struct attribute {
	const char *name;
	unsigned short mode;
};

struct attribute_group {
	const char *name;
	struct attribute **attrs;
};

struct device_attribute {
	struct attribute attr;
	ssize_t (*show)(struct device *dev, struct device_attribute *attr, char *buf);
	ssize_t (*store)(struct device *dev, struct device_attribute *attr, const char *buf,
			 size_t count);
};

#define DEVICE_ATTR_RO(_name) \
	struct device_attribute dev_attr_##_name = { { #_name, 0444 }, _name##_show, NULL }
#define DEVICE_ATTR_RW(_name) \
	struct device_attribute dev_attr_##_name = { { #_name, 0644 }, _name##_show, _name##_store }

struct bus_type {
	const char *name;
};

enum probe_type { PROBE_DEFAULT_STRATEGY, PROBE_PREFER_ASYNCHRONOUS, PROBE_FORCE_SYNCHRONOUS };

struct device_driver {
	const char *name;
	const struct acpi_device_id *acpi_match_table;
	const struct of_device_id *of_match_table;
	enum probe_type probe_type;
};

struct device {
	const char *name;
	const struct bus_type *bus;
	struct device_driver *driver;
	void *driver_data;
	bool locked;
	struct managed *managed; /* newest first */
	const struct attribute_group *group;
	void *of_node;
};

struct acpi_device {
	struct device dev;
};

#define ACPI_COMPANION(dev) acpi_companion_of(dev)

struct acpi_device *acpi_companion_of(struct device *dev);

struct platform_device {
	struct device dev;
	unsigned int num_resources;
	struct resource *resource;
};

struct platform_driver {
	int (*probe)(struct platform_device *pdev);
	struct device_driver driver;
};

struct pci_dev {
	struct device dev;
	struct resource bar;
	bool enabled;
};

struct pci_driver {
	const char *name;
	const struct pci_device_id *id_table;
	int (*probe)(struct pci_dev *pdev, const struct pci_device_id *id);
	struct device_driver driver;
};

extern struct bus_type platform_bus_type, pci_bus_type;

#define to_pci_dev(device)               container_of(device, struct pci_dev, dev)
#define pci_set_drvdata(pdev, data)      dev_set_drvdata(&(pdev)->dev, data)
#define platform_set_drvdata(pdev, data) dev_set_drvdata(&(pdev)->dev, data)
#define pci_resource_start(pdev, n)      ((void)(n), (pdev)->bar.start)
#define pci_resource_flags(pdev, n)      ((void)(n), (pdev)->bar.flags)
#define pci_resource_len(pdev, n)        ((void)(n), (pdev)->bar.end - (pdev)->bar.start + 1)

int pci_register_driver(struct pci_driver *driver);
void pci_unregister_driver(struct pci_driver *driver);
const struct pci_device_id *pci_match_id(const struct pci_device_id *ids, struct pci_dev *pdev);
int pcim_enable_device(struct pci_dev *pdev);
void __iomem *pcim_iomap(struct pci_dev *pdev, int bar, unsigned long size);
const struct of_device_id *of_match_device(const struct of_device_id *ids,
					   const struct device *dev);
void __iomem *devm_platform_get_and_ioremap_resource(struct platform_device *pdev,
						     unsigned int index, struct resource **res);
int devm_device_add_group(struct device *dev, const struct attribute_group *group);
int platform_driver_register(struct platform_driver *driver);
void platform_driver_unregister(struct platform_driver *driver);
int bus_for_each_dev(struct bus_type *bus, struct device *start, void *data,
		     int (*fn)(struct device *dev, void *data));
const char *dev_name(const struct device *dev);
void device_lock(struct device *dev);
void device_unlock(struct device *dev);
void dev_set_drvdata(struct device *dev, void *data);
void *dev_get_drvdata(const struct device *dev);
void *devm_kzalloc(struct device *dev, size_t size, unsigned int gfp);
void __iomem *devm_ioremap(struct device *dev, resource_size_t start, resource_size_t size);
int devm_add_action_or_reset(struct device *dev, void (*action)(void *data), void *data);
int region_intersects(resource_size_t start, size_t size, unsigned long flags, unsigned long desc);
int sysfs_emit(char *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* module.c: loading, module parameters, the log */
/* The name of this build of the driver. One process contains several builds. */
#define KERNEL_STRING(x)    KERNEL_STRING_(x)
#define KERNEL_STRING_(x)   #x
#define KERNEL_PASTE(a, b)  KERNEL_PASTE_(a, b)
#define KERNEL_PASTE_(a, b) a##b
#define KERNEL_VARIANT_NAME KERNEL_STRING(KERNEL_VARIANT)
#define KERNEL_DATA         KERNEL_PASTE(__start_driver_data_, KERNEL_VARIANT)
#define KERNEL_DATA_END     KERNEL_PASTE(__stop_driver_data_, KERNEL_VARIANT)

typedef int (*kernel_init_t)(void);
typedef void (*kernel_exit_t)(void);

struct kernel_config {
	bool x86; /* has I/O ports; the driver is built with wrpt.c */
	bool preempt_count;
	bool preempt_rcu;
	bool preempt_rt;
	bool kprobes_on_ftrace;
	bool ibt;
	bool sys_off;
};

#ifdef KERNEL_BEFORE_SYS_OFF
#define KERNEL_SYS_OFF false
#else
#define KERNEL_SYS_OFF true
#endif

#define module_init(fn)                                                            \
	extern char KERNEL_DATA[], KERNEL_DATA_END[];                              \
	static void __attribute__((constructor)) kernel_register_init(void)        \
	{                                                                          \
		static const struct kernel_config config = {                       \
			.x86 = IS_ENABLED(CONFIG_X86),                             \
			.preempt_count = IS_ENABLED(CONFIG_PREEMPT_COUNT),         \
			.preempt_rcu = IS_ENABLED(CONFIG_PREEMPT_RCU),             \
			.preempt_rt = IS_ENABLED(CONFIG_PREEMPT_RT),               \
			.kprobes_on_ftrace = IS_ENABLED(CONFIG_KPROBES_ON_FTRACE), \
			.ibt = IS_ENABLED(CONFIG_X86_KERNEL_IBT),                  \
			.sys_off = KERNEL_SYS_OFF,                                 \
		};                                                                 \
		kernel_module_init(KERNEL_VARIANT_NAME, &config, fn, KERNEL_DATA,  \
				   KERNEL_DATA_END);                               \
	}                                                                          \
	struct kernel_stub

#define module_exit(fn)                                                     \
	static void __attribute__((constructor)) kernel_register_exit(void) \
	{                                                                   \
		kernel_module_exit(KERNEL_VARIANT_NAME, fn);                \
	}                                                                   \
	struct kernel_stub

/* A kernel that is locked down refuses parameters that say where the hardware is. */
#define module_param_hw_named(_name, value, type, hwtype, mode) \
	KERNEL_MODULE_PARAM(_name, value, kernel_param_##type, true)
#define module_param_named(_name, value, type, mode) \
	KERNEL_MODULE_PARAM(_name, value, kernel_param_##type, false)
#define module_param(_name, type, mode) \
	KERNEL_MODULE_PARAM(_name, _name, kernel_param_##type, false)
#define KERNEL_MODULE_PARAM(_name, value, set, hardware)                                 \
	static void __attribute__((constructor)) kernel_register_##_name(void)           \
	{                                                                                \
		kernel_module_param(KERNEL_VARIANT_NAME, #_name, set, &value, hardware); \
	}                                                                                \
	struct kernel_stub

void kernel_module_init(const char *variant, const struct kernel_config *config, kernel_init_t fn,
			char *data, char *data_end);
void kernel_module_exit(const char *variant, kernel_exit_t fn);
void kernel_module_param(const char *variant, const char *name,
			 int (*set)(const char *text, void *value), void *value, bool hardware);
int kernel_param_charp(const char *text, void *value);
int kernel_param_uint(const char *text, void *value);
int kernel_param_bool(const char *text, void *value);

void *kzalloc(size_t size, unsigned int gfp);
void kfree(const void *memory);

int kstrtouint(const char *text, unsigned int base, unsigned int *number);

void kernel_log(const char *level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif

#define pr_err(fmt, args...)        kernel_log("err", pr_fmt(fmt), ##args)
#define pr_warn(fmt, args...)       kernel_log("warn", pr_fmt(fmt), ##args)
#define pr_info(fmt, args...)       kernel_log("info", pr_fmt(fmt), ##args)
#define dev_err(dev, fmt, args...)  kernel_log("err", "%s: " fmt, dev_name(dev), ##args)
#define dev_warn(dev, fmt, args...) kernel_log("warn", "%s: " fmt, dev_name(dev), ##args)
#define dev_info(dev, fmt, args...) kernel_log("info", "%s: " fmt, dev_name(dev), ##args)

/* firmware.c: ACPICA and the firmware's AML */
#define ACPI_HANDLE(dev) acpi_handle_of(dev)

acpi_handle acpi_handle_of(struct device *dev);
const struct acpi_device_id *acpi_match_device(const struct acpi_device_id *ids,
					       const struct device *dev);
acpi_status acpi_get_handle(acpi_handle parent, const char *path, acpi_handle *handle);
acpi_status acpi_evaluate_integer(acpi_handle handle, const char *path,
				  struct acpi_object_list *args, unsigned long long *answer);
acpi_status acpi_evaluate_object(acpi_handle handle, const char *path,
				 struct acpi_object_list *args, struct acpi_buffer *result);
acpi_status acpi_get_object_info(acpi_handle handle, struct acpi_device_info **info);
const char *acpi_format_exception(acpi_status status);

/* port.c: the device's register */
u8 inb(u16 port);
void outb(u8 value, u16 port);
u8 readb(const void __iomem *addr);
void writeb(u8 value, void __iomem *addr);

#endif
