/* SPDX-License-Identifier: GPL-2.0-only */
/* The ACPI method WRPT, which writes the register. See wrpt.c for when a panic evaluates it. */
#ifndef PVPANIC_GUEST_WRPT_H
#define PVPANIC_GUEST_WRPT_H

#include <linux/types.h>

struct pvpanic;
struct pvpanic_wrpt;

#if defined(CONFIG_X86) && defined(CONFIG_ACPI)
void pvpanic_wrpt_rehearse(struct pvpanic *pv, bool crash_hooked);
bool pvpanic_wrpt_usable(const struct pvpanic_wrpt *wrpt);
bool pvpanic_wrpt_send(const struct pvpanic_wrpt *wrpt, unsigned int event, u64 cpus_stop_ns);
#else
static inline void pvpanic_wrpt_rehearse(struct pvpanic *pv, bool crash_hooked) { }

static inline bool pvpanic_wrpt_usable(const struct pvpanic_wrpt *wrpt)
{
	return false;
}

static inline bool pvpanic_wrpt_send(const struct pvpanic_wrpt *wrpt, unsigned int event,
				     u64 cpus_stop_ns)
{
	return false;
}
#endif

#endif
