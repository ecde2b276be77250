// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an administrator reads and sets on the device. capability and events are
 * as with the in-tree driver, so that its users' tools keep working.
 */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/sysfs.h>

#include "pvpanic.h"

static ssize_t events_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	struct pvpanic *pv = dev_get_drvdata(dev);
	unsigned int events;

	if (kstrtouint(buf, 16, &events) || events & ~pv->capability) {
		dev_err(dev, "events: want a hex number, bits of %x\n", pv->capability);
		return -EINVAL;
	}
	return pvpanic_set_events(pv, events) ?: count;
}

#define PVPANIC_ATTR(mode, name, ...)								\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{												\
	struct pvpanic *pv = dev_get_drvdata(dev);						\
	return sysfs_emit(buf, __VA_ARGS__);							\
}												\
static DEVICE_ATTR_##mode(name)

PVPANIC_ATTR(RO, capability, "%x\n", pv->capability);
PVPANIC_ATTR(RW, events, "%x\n", READ_ONCE(pv->events));
PVPANIC_ATTR(RO, transport, "%s\n", pvpanic_wrpt_usable(pv) ? "wrpt" : "port");
PVPANIC_ATTR(RO, port, "%s%#lx\n", pv->mmio ? "mem " : "", pv->port);
PVPANIC_ATTR(RO, crash_hook, "%s\n", pv->crash_hook_state);

static struct attribute *pvpanic_attrs[] = {
	&dev_attr_capability.attr, &dev_attr_events.attr, &dev_attr_transport.attr,
	&dev_attr_port.attr, &dev_attr_crash_hook.attr, NULL
};

static const struct attribute_group pvpanic_group = { .attrs = pvpanic_attrs };
const struct attribute_group *pvpanic_groups[] = { &pvpanic_group, NULL };
