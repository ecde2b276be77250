// SPDX-License-Identifier: GPL-2.0-only
/*
 * The platform bus: the devices in the firmware's namespace, the one driver for them, resources
 * that a bound device owns (devm), and its attributes.
 */
#include <stdarg.h>
#include <stdio.h>

#include "guest.h"

#define PAGE_SIZE 4096

struct managed {
	struct managed *next;
	void (*release)(void *data);
	void *data;
};

struct bus_type platform_bus_type = { "platform" };
static const struct bus_type acpi_bus_type = { "acpi" };

static struct platform_device devices[GUEST_NODES];
static struct acpi_device companions[GUEST_NODES];
static const char *const names[GUEST_NODES] = { "QEMU0001:00", "QEMU0001:01" };
static struct device_driver other_drivers[GUEST_NODES], acpi_drivers[GUEST_NODES];
static struct platform_driver *driver;

/** guest_reset_devices() - no driver and no bound device */
void guest_reset_devices(void)
{
	memset(devices, 0, sizeof(devices));
	memset(companions, 0, sizeof(companions));
	driver = NULL;
}

/** guest_node_of() - the device's index in guest.node */
unsigned int guest_node_of(const struct device *dev)
{
	const struct acpi_device *companion = container_of(dev, struct acpi_device, dev);

	if (companion >= companions && companion < companions + GUEST_NODES)
		return companion - companions;

	return container_of(dev, struct platform_device, dev) - devices;
}

/* The in-tree driver bound to this node before Linux 5.13. */
struct acpi_device *acpi_companion_of(struct device *dev)
{
	unsigned int node = guest_node_of(dev);

	return guest.node[node].no_companion ? NULL : &companions[node];
}

const char *dev_name(const struct device *dev)
{
	return names[guest_node_of(dev)];
}

void device_lock(struct device *dev)
{
	guest_slow_call(__func__);
	if (dev->locked)
		guest_violation("a device is locked twice");
	dev->locked = true;
	guest.mutexes++;
}

void device_unlock(struct device *dev)
{
	guest_call(__func__);
	if (!dev->locked)
		guest_violation("a device is unlocked that is not locked");
	dev->locked = false;
	guest.mutexes--;
}

void dev_set_drvdata(struct device *dev, void *data)
{
	dev->driver_data = data;
}

void *dev_get_drvdata(const struct device *dev)
{
	return dev->driver_data;
}

static int manage(struct device *dev, void (*release)(void *data), void *data)
{
	struct managed *managed = guest_alloc(sizeof(*managed), "devm");

	if (!managed)
		return -ENOMEM;
	managed->release = release;
	managed->data = data;
	managed->next = dev->managed;
	dev->managed = managed;

	return 0;
}

static void release_managed(struct device *dev)
{
	struct managed *managed;

	while ((managed = dev->managed)) {
		dev->managed = managed->next;
		managed->release(managed->data);
		guest_free(managed);
	}
}

void *devm_kzalloc(struct device *dev, size_t size, unsigned int gfp)
{
	void *memory;

	(void)gfp;
	guest_slow_call(__func__);
	memory = guest_alloc(size, __func__);
	if (memory && manage(dev, guest_free, memory)) {
		guest_free(memory);
		return NULL;
	}

	return memory;
}

void __iomem *devm_ioremap(struct device *dev, resource_size_t start, resource_size_t size)
{
	unsigned int node = guest_node_of(dev);
	void *mapping;

	guest_slow_call(__func__);
	if (start < GUEST_RAM + 0x1000000 || size != 1)
		guest_violation("%#llx, %llu bytes, is mapped as a register",
				(unsigned long long)start, (unsigned long long)size);
	if (guest.node[node].unmappable || start != guest.node[node].mmio)
		return NULL;
	mapping = guest_map(node);
	if (mapping && manage(dev, guest_unmap, mapping)) {
		guest_unmap(mapping);
		return NULL;
	}

	return mapping;
}

int devm_add_action_or_reset(struct device *dev, void (*action)(void *data), void *data)
{
	int err;

	guest_slow_call(__func__);
	err = manage(dev, action, data);
	if (err)
		action(data);

	return err;
}

int region_intersects(resource_size_t start, size_t size, unsigned long flags, unsigned long desc)
{
	(void)size, (void)flags, (void)desc;
	if (start == GUEST_RAM - 1)
		return REGION_MIXED;

	return start >= GUEST_RAM && start < GUEST_RAM + 0x1000000 ? REGION_INTERSECTS :
								     REGION_DISJOINT;
}

int sysfs_emit(char *buf, const char *fmt, ...)
{
	va_list args;
	int len;

	if ((unsigned long)buf % PAGE_SIZE)
		guest_violation("sysfs_emit() needs the start of the page");
	va_start(args, fmt);
	len = vsnprintf(buf, PAGE_SIZE, fmt, args);
	va_end(args);

	return len;
}

static void unbind(struct device *dev)
{
	dev->groups = NULL;
	release_managed(dev);
	dev->driver_data = NULL;
	dev->driver = NULL;
}

static int bind(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	int err;

	dev->driver = &driver->driver;
	err = driver->probe(pdev);
	if (err && err != -ENODEV && err != -ENXIO)
		kernel_log("err", "%s: probe failed with error %d", dev_name(dev), err);
	if (!err && guest_fault("device_add_groups")) {
		err = -ENOMEM;
		kernel_log("err", "%s: device_add_groups() failed", dev_name(dev));
	}
	if (err)
		unbind(dev);
	else
		dev->groups = driver->driver.dev_groups;

	return err;
}

/** guest_bind() - offer the device to the driver, as sysfs does; returns 0 or an error */
int guest_bind(unsigned int node)
{
	struct device *dev = &devices[node].dev;
	int err;

	if (dev->driver)
		return -EBUSY;
	device_lock(dev);
	err = bind(&devices[node]);
	device_unlock(dev);

	return err;
}

/** guest_unbind() - take the device away from the driver */
void guest_unbind(unsigned int node)
{
	device_lock(&devices[node].dev);
	unbind(&devices[node].dev);
	device_unlock(&devices[node].dev);
}

/** guest_bound() - whether the driver is bound to this device */
bool guest_bound(unsigned int node)
{
	return driver && devices[node].dev.driver == &driver->driver;
}

int platform_driver_register(struct platform_driver *new)
{
	unsigned int node;

	guest_slow_call(__func__);
	if (guest_fault(__func__)) {
		kernel_log("err", "the driver cannot be registered");
		return -ENOMEM;
	}
	driver = new;
	for (node = 0; node < GUEST_NODES; node++) {
		struct node *n = &guest.node[node];
		struct platform_device *pdev = &devices[node];

		if (!n->present)
			continue;
		pdev->dev.bus = &platform_bus_type;
		companions[node].dev.bus = &acpi_bus_type;
		pdev->num_resources = n->num_resources;
		pdev->resource = n->resources;
		other_drivers[node].name = n->other_driver;
		pdev->dev.driver = n->other_driver ? &other_drivers[node] : NULL;
		acpi_drivers[node].name = n->acpi_driver;
		companions[node].dev.driver = n->acpi_driver ? &acpi_drivers[node] : NULL;
		if (!n->other_driver &&
		    acpi_match_device(driver->driver.acpi_match_table, &pdev->dev))
			guest_bind(node);
	}

	return 0;
}

void platform_driver_unregister(struct platform_driver *old)
{
	unsigned int node;

	guest_slow_call(__func__);
	if (old != driver)
		guest_violation("a driver is unregistered that is not registered");
	for (node = 0; node < GUEST_NODES; node++)
		if (guest_bound(node))
			guest_unbind(node);
	driver = NULL;
}

int bus_for_each_dev(struct bus_type *bus, struct device *start, void *data,
		     int (*fn)(struct device *dev, void *data))
{
	unsigned int node;
	int err = 0;

	(void)start;
	guest_slow_call(__func__);
	for (node = 0; bus == &platform_bus_type && !err && node < GUEST_NODES; node++)
		err = fn(&devices[node].dev, data);

	return err;
}

static struct device_attribute *find_attribute(struct device *dev, const char *name)
{
	const struct attribute_group **group;
	struct attribute **attr;

	for (group = dev->groups; group && *group; group++)
		for (attr = (*group)->attrs; *attr; attr++)
			if (!strcmp((*attr)->name, name))
				return container_of(*attr, struct device_attribute, attr);

	return NULL;
}

/** guest_show() - read an attribute into @text, a page; returns as read(), -ENOENT or -EACCES */
ssize_t guest_show(unsigned int node, const char *name, char *text)
{
	static char page[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
	struct device_attribute *attr = find_attribute(&devices[node].dev, name);
	ssize_t len;

	*text = '\0';
	if (!attr)
		return -ENOENT;
	if (!attr->show)
		return -EACCES;
	len = attr->show(&devices[node].dev, attr, page);
	if (len >= 0)
		memcpy(text, page, len + 1);

	return len;
}

/** guest_store() - write an attribute; returns as write(), -ENOENT or -EACCES */
ssize_t guest_store(unsigned int node, const char *name, const char *text)
{
	struct device_attribute *attr = find_attribute(&devices[node].dev, name);

	if (!attr)
		return -ENOENT;
	if (!attr->store || !(attr->attr.mode & 0222))
		return -EACCES;

	return attr->store(&devices[node].dev, attr, text, strlen(text));
}
