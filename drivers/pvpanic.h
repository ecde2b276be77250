/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A pvpanic device as the core sees it, and the functions that connect the files of this driver.
 * A front (platform.c, pci.c) finds the register and reads the capability. The core (core.c)
 * sends the events.
 */
#ifndef PVPANIC_GUEST_H
#define PVPANIC_GUEST_H

#include <linux/bits.h>
#include <linux/device.h>
#include <linux/list.h>

/* Bit 0 is in the specification. QEMU added bits 1 and 2 later. */
#define PVPANIC_PANICKED	BIT(0)
#define PVPANIC_CRASH_LOADED	BIT(1)
#define PVPANIC_SHUTDOWN	BIT(2)
#define PVPANIC_EVENTS		(PVPANIC_PANICKED | PVPANIC_CRASH_LOADED | PVPANIC_SHUTDOWN)

struct pvpanic_wrpt;

/**
 * struct pvpanic - a bound device
 * @dev: the device
 * @list: links the devices that the core sends events to
 * @mmio: the register, or NULL if it is an I/O port
 * @address: the I/O port, or the physical address of @mmio
 * @capability: the events that the host announced
 * @events: the events to send, a subset of @capability
 * @wrpt: the WRPT method, or NULL while a panic must not evaluate it; freed with the device
 * @wrpt_refused: the reason why @wrpt is NULL, or NULL if there is nothing to say
 */
struct pvpanic {
	struct device *dev;
	struct list_head list;
	void __iomem *mmio;
	unsigned long address;
	unsigned int capability;
	unsigned int events;
	struct pvpanic_wrpt *wrpt;
	const char *wrpt_refused;
};

/**
 * struct pvpanic_params - the module parameters, checked when the module is loaded
 * @wrpt: transport=auto, so PANICKED is sent by WRPT where that is safe
 * @events: the events that the administrator allows
 * @port: the I/O port of the ACPI device, or 0 to take it from _CRS; always 0 except on x86
 * @crash_hook: send CRASH_LOADED before a crash kernel starts; without it, WRPT is never used
 */
struct pvpanic_params {
	bool wrpt;
	unsigned int events;
	unsigned int port;
	bool crash_hook;
};

/* core.c */
extern struct pvpanic_params pvpanic_params;
int pvpanic_core_init(void);
void pvpanic_core_exit(void);
int pvpanic_add(struct pvpanic *pv, unsigned int announced);
int pvpanic_set_events(struct pvpanic *pv, unsigned int events);
const char *pvpanic_crash_hook_state(void);
bool pvpanic_crash_hooked(void);
void pvpanic_log_armed(const struct pvpanic *pv);
void pvpanic_report_conflict(struct device *dev, const struct device_driver *ours);

/* sysfs.c */
int pvpanic_add_attributes(struct pvpanic *pv);

/* platform.c */
int pvpanic_platform_init(void);
void pvpanic_platform_exit(void);

/* pci.c */
#ifdef CONFIG_PCI
int pvpanic_pci_init(void);
void pvpanic_pci_exit(void);
#else
static inline int pvpanic_pci_init(void) { return 0; }
static inline void pvpanic_pci_exit(void) { }
#endif

#endif
