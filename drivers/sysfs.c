// SPDX-License-Identifier: GPL-2.0-only
/*
 * The attributes of a bound device. The in-tree driver has capability and events in the same
 * format, so that tools for it work with this driver too.
 */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/sysfs.h>

#include "pvpanic.h"
#include "wrpt.h"

static ssize_t capability_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct pvpanic *pv = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%x\n", pv->capability);
}
static DEVICE_ATTR_RO(capability);

static ssize_t events_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct pvpanic *pv = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%x\n", READ_ONCE(pv->events));
}

static ssize_t events_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	struct pvpanic *pv = dev_get_drvdata(dev);
	unsigned int events;
	int err;

	if (kstrtouint(buf, 16, &events) || events & ~pv->capability) {
		dev_err(dev, "events: write a hexadecimal sum of bits in %x\n", pv->capability);
		return -EINVAL;
	}
	err = pvpanic_set_events(pv, events);
	return err ? err : count;
}
static DEVICE_ATTR_RW(events);

static ssize_t transport_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct pvpanic *pv = dev_get_drvdata(dev);
	const struct pvpanic_wrpt *wrpt = READ_ONCE(pv->wrpt);

	return sysfs_emit(buf, "%s\n", wrpt && pvpanic_wrpt_usable(wrpt) ? "wrpt" : "port");
}
static DEVICE_ATTR_RO(transport);

static ssize_t port_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct pvpanic *pv = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s%#lx\n", pv->mmio ? "mem " : "", pv->address);
}
static DEVICE_ATTR_RO(port);

static ssize_t crash_hook_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", pvpanic_crash_hook_state());
}
static DEVICE_ATTR_RO(crash_hook);

static struct attribute *pvpanic_attrs[] = {
	&dev_attr_capability.attr,
	&dev_attr_events.attr,
	&dev_attr_transport.attr,
	&dev_attr_port.attr,
	&dev_attr_crash_hook.attr,
	NULL
};

static const struct attribute_group pvpanic_group = { .attrs = pvpanic_attrs };

/**
 * pvpanic_add_attributes - add the attributes until the device is unbound
 * @pv: the added device, which is its driver data
 *
 * The attributes come after pvpanic_add(), because a write needs the capability, and because
 * they must be gone before the core forgets the device.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int pvpanic_add_attributes(struct pvpanic *pv)
{
	return devm_device_add_group(pv->dev, &pvpanic_group);
}
