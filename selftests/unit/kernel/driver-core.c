// SPDX-License-Identifier: GPL-2.0-only
/*
 * The platform bus: the devices that the firmware's namespace has, the one driver for them, what
 * belongs to a device while it is bound (devm), and its attributes.
 */
#include <stdarg.h>
#include <stdio.h>

#include "world.h"

#define PAGE_SIZE 4096

struct managed {
	struct managed *next;
	void (*release)(void *data);
	void *data;
};

struct bus_type platform_bus_type = { "platform" };
static const struct bus_type acpi_bus_type = { "acpi" };

static struct platform_device devices[WORLD_NODES];
static struct acpi_device companions[WORLD_NODES];
static const char *const names[WORLD_NODES] = { "QEMU0001:00", "QEMU0001:01" };
static struct device_driver rivals[WORLD_NODES], acpi_rivals[WORLD_NODES];
static struct platform_driver *driver;

/** world_reset_devices() - no driver, nothing bound */
void world_reset_devices(void)
{
	memset(devices, 0, sizeof(devices));
	memset(companions, 0, sizeof(companions));
	driver = NULL;
}

/** world_node_of() - the device's place in world.node */
unsigned int world_node_of(const struct device *dev)
{
	const struct acpi_device *companion = container_of(dev, struct acpi_device, dev);

	if (companion >= companions && companion < companions + WORLD_NODES)
		return companion - companions;

	return container_of(dev, struct platform_device, dev) - devices;
}

/* The ACPI node itself, to which the kernel's own driver bound before 5.13. */
struct acpi_device *acpi_companion_of(struct device *dev)
{
	unsigned int node = world_node_of(dev);

	return world.node[node].no_companion ? NULL : &companions[node];
}

const char *dev_name(const struct device *dev)
{
	return names[world_node_of(dev)];
}

void device_lock(struct device *dev)
{
	world_slow_call(__func__);
	if (dev->locked)
		world_violation("a device is locked that is locked");
	dev->locked = true;
	world.mutexes++;
}

void device_unlock(struct device *dev)
{
	world_call(__func__);
	if (!dev->locked)
		world_violation("a device is unlocked that is not locked");
	dev->locked = false;
	world.mutexes--;
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
	struct managed *managed = world_alloc(sizeof(*managed), "devm");

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
		world_free(managed);
	}
}

void *devm_kzalloc(struct device *dev, size_t size, unsigned int gfp)
{
	void *memory;

	(void)gfp;
	world_slow_call(__func__);
	memory = world_alloc(size, __func__);
	if (memory && manage(dev, world_free, memory)) {
		world_free(memory);
		return NULL;
	}

	return memory;
}

void __iomem *devm_ioremap(struct device *dev, resource_size_t start, resource_size_t size)
{
	unsigned int node = world_node_of(dev);
	void *mapping;

	world_slow_call(__func__);
	if (start < WORLD_RAM + 0x1000000 || size != 1)
		world_violation("%#llx, %llu bytes, is mapped as a register",
				(unsigned long long)start, (unsigned long long)size);
	if (world.node[node].unmappable || start != world.node[node].mmio)
		return NULL;
	mapping = world_map(node);
	if (mapping && manage(dev, world_unmap, mapping)) {
		world_unmap(mapping);
		return NULL;
	}

	return mapping;
}

int devm_add_action_or_reset(struct device *dev, void (*action)(void *data), void *data)
{
	int err;

	world_slow_call(__func__);
	err = manage(dev, action, data);
	if (err)
		action(data);

	return err;
}

int region_intersects(resource_size_t start, size_t size, unsigned long flags, unsigned long desc)
{
	(void)size, (void)flags, (void)desc;
	if (start == WORLD_RAM - 1)
		return REGION_MIXED;

	return start >= WORLD_RAM && start < WORLD_RAM + 0x1000000 ? REGION_INTERSECTS :
								     REGION_DISJOINT;
}

int sysfs_emit(char *buf, const char *fmt, ...)
{
	va_list args;
	int len;

	if ((unsigned long)buf % PAGE_SIZE)
		world_violation("sysfs_emit() needs the start of the page");
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
	if (!err && world_fault("device_add_groups")) {
		err = -ENOMEM;
		kernel_log("err", "%s: device_add_groups() failed", dev_name(dev));
	}
	if (err)
		unbind(dev);
	else
		dev->groups = driver->driver.dev_groups;

	return err;
}

/** world_bind() - the device is offered to the driver, as by sysfs; 0 or why not */
int world_bind(unsigned int node)
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

/** world_unbind() - the device is taken away from the driver */
void world_unbind(unsigned int node)
{
	device_lock(&devices[node].dev);
	unbind(&devices[node].dev);
	device_unlock(&devices[node].dev);
}

/** world_bound() - does the driver have this device? */
bool world_bound(unsigned int node)
{
	return driver && devices[node].dev.driver == &driver->driver;
}

int platform_driver_register(struct platform_driver *new)
{
	unsigned int node;

	world_slow_call(__func__);
	if (world_fault(__func__)) {
		kernel_log("err", "the driver can't be registered");
		return -ENOMEM;
	}
	driver = new;
	for (node = 0; node < WORLD_NODES; node++) {
		struct node *n = &world.node[node];
		struct platform_device *pdev = &devices[node];

		if (!n->present)
			continue;
		pdev->dev.bus = &platform_bus_type;
		companions[node].dev.bus = &acpi_bus_type;
		pdev->num_resources = n->num_resources;
		pdev->resource = n->resources;
		rivals[node].name = n->rival;
		pdev->dev.driver = n->rival ? &rivals[node] : NULL;
		acpi_rivals[node].name = n->acpi_rival;
		companions[node].dev.driver = n->acpi_rival ? &acpi_rivals[node] : NULL;
		if (!n->rival && acpi_match_device(driver->driver.acpi_match_table, &pdev->dev))
			world_bind(node);
	}

	return 0;
}

void platform_driver_unregister(struct platform_driver *old)
{
	unsigned int node;

	world_slow_call(__func__);
	if (old != driver)
		world_violation("a driver is unregistered that is not registered");
	for (node = 0; node < WORLD_NODES; node++)
		if (world_bound(node))
			world_unbind(node);
	driver = NULL;
}

int bus_for_each_dev(struct bus_type *bus, struct device *start, void *data,
		     int (*fn)(struct device *dev, void *data))
{
	unsigned int node;
	int err = 0;

	(void)start;
	world_slow_call(__func__);
	for (node = 0; bus == &platform_bus_type && !err && node < WORLD_NODES; node++)
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

/** world_show() - read an attribute; @text has a page; as read(), or -ENOENT, -EACCES */
ssize_t world_show(unsigned int node, const char *name, char *text)
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

/** world_store() - write an attribute; as write(), or -ENOENT, -EACCES */
ssize_t world_store(unsigned int node, const char *name, const char *text)
{
	struct device_attribute *attr = find_attribute(&devices[node].dev, name);

	if (!attr)
		return -ENOENT;
	if (!attr->store || !(attr->attr.mode & 0222))
		return -EACCES;

	return attr->store(&devices[node].dev, attr, text, strlen(text));
}
