// SPDX-License-Identifier: GPL-2.0-only
/*
 * The platform bus and PCI: the devices, our driver for each bus, resources that a bound device
 * owns (devm), and its attributes.
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
struct bus_type pci_bus_type = { "pci" };
static const struct bus_type acpi_bus_type = { "acpi" };

/* Which of the first two a node is depends on its bus. */
static struct platform_device platform_devices[GUEST_NODES];
static struct pci_dev pci_devices[GUEST_NODES];
static struct acpi_device companions[GUEST_NODES];
static struct device_driver other_drivers[GUEST_NODES], acpi_drivers[GUEST_NODES];
static struct platform_driver *platform_driver;
static struct pci_driver *pci_driver;

/** guest_reset_devices() - no driver and no bound device */
void guest_reset_devices(void)
{
	memset(platform_devices, 0, sizeof(platform_devices));
	memset(pci_devices, 0, sizeof(pci_devices));
	memset(companions, 0, sizeof(companions));
	platform_driver = NULL;
	pci_driver = NULL;
}

static struct device *device_of(unsigned int node)
{
	return guest.node[node].bus == BUS_PCI ? &pci_devices[node].dev :
						 &platform_devices[node].dev;
}

static const struct device_driver *our_driver(unsigned int node)
{
	if (guest.node[node].bus == BUS_PCI)
		return pci_driver ? &pci_driver->driver : NULL;

	return platform_driver ? &platform_driver->driver : NULL;
}

/** guest_node_of() - the device's index in guest.node */
unsigned int guest_node_of(const struct device *dev)
{
	unsigned int node;

	for (node = 0; node < GUEST_NODES; node++)
		if (dev == &platform_devices[node].dev || dev == &pci_devices[node].dev ||
		    dev == &companions[node].dev)
			return node;
	guest_violation("the driver names a device that does not exist");

	return 0;
}

/* The in-tree driver bound to this node before Linux 5.13. */
struct acpi_device *acpi_companion_of(struct device *dev)
{
	unsigned int node = guest_node_of(dev);

	if (guest.node[node].no_companion || guest.node[node].bus != BUS_ACPI)
		return NULL;

	return &companions[node];
}

/** guest_device_name() - the name in sysfs and in the log */
const char *guest_device_name(unsigned int node)
{
	static const char *const names[BUSES][GUEST_NODES] = {
		[BUS_ACPI] = { "QEMU0001:00", "QEMU0001:01" },
		[BUS_OF] = { "fed00000.pvpanic", "fed01000.pvpanic" },
		[BUS_PCI] = { "0000:00:04.0", "0000:00:05.0" },
	};

	return names[guest.node[node].bus][node];
}

const char *dev_name(const struct device *dev)
{
	return guest_device_name(guest_node_of(dev));
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

static void free_managed(void *memory)
{
	guest_check_readers("memory of a device is freed");
	guest_free(memory);
}

void *devm_kzalloc(struct device *dev, size_t size, unsigned int gfp)
{
	void *memory;

	(void)gfp;
	guest_slow_call(__func__);
	memory = guest_alloc(size, __func__);
	if (memory && manage(dev, free_managed, memory)) {
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

static void remove_group(void *data)
{
	((struct device *)data)->group = NULL;
}

int devm_device_add_group(struct device *dev, const struct attribute_group *group)
{
	guest_slow_call(__func__);
	if (dev->group)
		guest_violation("attributes are added twice");
	if (guest_fault(__func__) || manage(dev, remove_group, dev))
		return -ENOMEM;
	dev->group = group;

	return 0;
}

void __iomem *devm_platform_get_and_ioremap_resource(struct platform_device *pdev,
						     unsigned int index, struct resource **res)
{
	void *mapping;

	*res = &pdev->resource[index];
	if (index >= pdev->num_resources || resource_type(*res) != IORESOURCE_MEM)
		return ERR_PTR(-EINVAL);
	mapping = devm_ioremap(&pdev->dev, (*res)->start, 1);

	return mapping ? mapping : ERR_PTR(-ENOMEM);
}

static void disable(void *data)
{
	((struct pci_dev *)data)->enabled = false;
}

int pcim_enable_device(struct pci_dev *pdev)
{
	guest_slow_call(__func__);
	if (guest_fault(__func__) || manage(&pdev->dev, disable, pdev))
		return -EIO;
	pdev->enabled = true;

	return 0;
}

void __iomem *pcim_iomap(struct pci_dev *pdev, int bar, unsigned long size)
{
	if (bar)
		guest_violation("BAR %d is mapped", bar);

	return devm_ioremap(&pdev->dev, pdev->bar.start, size);
}

/** guest_reachable() - whether the register answers; a PCI device must be enabled */
bool guest_reachable(unsigned int node)
{
	return guest.node[node].bus != BUS_PCI || pci_devices[node].enabled;
}

static void unbind(struct device *dev)
{
	release_managed(dev);
	dev->driver_data = NULL;
	dev->driver = NULL;
}

static int bind(unsigned int node)
{
	struct device *dev = device_of(node);
	int err;

	if (our_driver(node)->probe_type != PROBE_FORCE_SYNCHRONOUS)
		guest_violation("the probe can run beside others");
	dev->driver = (struct device_driver *)our_driver(node);
	if (guest.node[node].bus == BUS_PCI)
		err = pci_driver->probe(&pci_devices[node], pci_driver->id_table);
	else
		err = platform_driver->probe(&platform_devices[node]);
	if (err && err != -ENODEV && err != -ENXIO)
		kernel_log("err", "%s: probe failed with error %d", dev_name(dev), err);
	if (err)
		unbind(dev);

	return err;
}

/** guest_bind() - offer the device to the driver, as sysfs does; returns 0 or an error */
int guest_bind(unsigned int node)
{
	struct device *dev = device_of(node);
	int err;

	if (dev->driver)
		return -EBUSY;
	device_lock(dev);
	err = bind(node);
	device_unlock(dev);

	return err;
}

/** guest_unbind() - take the device away from the driver */
void guest_unbind(unsigned int node)
{
	device_lock(device_of(node));
	unbind(device_of(node));
	device_unlock(device_of(node));
}

/** guest_bound() - whether the driver is bound to this device */
bool guest_bound(unsigned int node)
{
	return our_driver(node) && device_of(node)->driver == our_driver(node);
}

static bool on_bus(unsigned int node, const struct bus_type *bus)
{
	return guest.node[node].present &&
	       (guest.node[node].bus == BUS_PCI) == (bus == &pci_bus_type);
}

static void build_device(unsigned int node, const struct bus_type *bus)
{
	struct node *n = &guest.node[node];
	struct device *dev = device_of(node);

	dev->bus = bus;
	dev->of_node = n->bus == BUS_OF && !n->no_companion ? n : NULL;
	platform_devices[node].num_resources = n->num_resources;
	platform_devices[node].resource = n->resources;
	pci_devices[node].bar = n->resources[0];
	other_drivers[node].name = n->other_driver;
	dev->driver = n->other_driver ? &other_drivers[node] : NULL;
	companions[node].dev.bus = &acpi_bus_type;
	acpi_drivers[node].name = n->acpi_driver;
	companions[node].dev.driver = n->acpi_driver ? &acpi_drivers[node] : NULL;
}

static bool matches(unsigned int node)
{
	struct device *dev = device_of(node);

	switch (guest.node[node].bus) {
	case BUS_PCI:
		return pci_match_id(pci_driver->id_table, to_pci_dev(dev));
	case BUS_OF:
		return of_match_device(platform_driver->driver.of_match_table, dev);
	default:
		return acpi_match_device(platform_driver->driver.acpi_match_table, dev);
	}
}

static void probe_all(const struct bus_type *bus)
{
	unsigned int node;

	for (node = 0; node < GUEST_NODES; node++) {
		if (!on_bus(node, bus))
			continue;
		build_device(node, bus);
		if (!guest.node[node].other_driver && matches(node))
			guest_bind(node);
	}
}

static void unbind_all(const struct bus_type *bus)
{
	unsigned int node;

	for (node = 0; node < GUEST_NODES; node++)
		if (on_bus(node, bus) && guest_bound(node))
			guest_unbind(node);
}

int platform_driver_register(struct platform_driver *driver)
{
	guest_slow_call(__func__);
	if (guest_fault(__func__)) {
		kernel_log("err", "the driver cannot be registered");
		return -ENOMEM;
	}
	platform_driver = driver;
	probe_all(&platform_bus_type);

	return 0;
}

void platform_driver_unregister(struct platform_driver *driver)
{
	guest_slow_call(__func__);
	if (driver != platform_driver)
		guest_violation("a driver is unregistered that is not registered");
	unbind_all(&platform_bus_type);
	platform_driver = NULL;
}

int pci_register_driver(struct pci_driver *driver)
{
	guest_slow_call(__func__);
	if (guest_fault(__func__)) {
		kernel_log("err", "the driver cannot be registered");
		return -ENOMEM;
	}
	driver->driver.name = driver->name;
	pci_driver = driver;
	probe_all(&pci_bus_type);

	return 0;
}

void pci_unregister_driver(struct pci_driver *driver)
{
	guest_slow_call(__func__);
	if (driver != pci_driver)
		guest_violation("a driver is unregistered that is not registered");
	unbind_all(&pci_bus_type);
	pci_driver = NULL;
}

const struct pci_device_id *pci_match_id(const struct pci_device_id *ids, struct pci_dev *pdev)
{
	if (!on_bus(guest_node_of(&pdev->dev), &pci_bus_type))
		return NULL;
	while (ids->vendor && !(ids->vendor == 0x1b36 && ids->device == 0x0011))
		ids++;

	return ids->vendor ? ids : NULL;
}

const struct of_device_id *of_match_device(const struct of_device_id *ids, const struct device *dev)
{
	if (!dev->of_node)
		return NULL;
	while (*ids->compatible && strcmp(ids->compatible, "qemu,pvpanic-mmio"))
		ids++;

	return *ids->compatible ? ids : NULL;
}

int bus_for_each_dev(struct bus_type *bus, struct device *start, void *data,
		     int (*fn)(struct device *dev, void *data))
{
	unsigned int node;
	int err = 0;

	(void)start;
	guest_slow_call(__func__);
	for (node = 0; !err && node < GUEST_NODES; node++) {
		if (on_bus(node, bus))
			err = fn(device_of(node), data);
		else if (!guest.node[node].present) /* a device of another kind */
			err = fn(bus == &pci_bus_type ? &pci_devices[node].dev :
							&platform_devices[node].dev,
				 data);
	}

	return err;
}

static struct device_attribute *find_attribute(struct device *dev, const char *name)
{
	struct attribute **attr;

	for (attr = dev->group ? dev->group->attrs : NULL; attr && *attr; attr++)
		if (!strcmp((*attr)->name, name))
			return container_of(*attr, struct device_attribute, attr);

	return NULL;
}

/** guest_show() - read an attribute into @text, a page; returns as read(), -ENOENT or -EACCES */
ssize_t guest_show(unsigned int node, const char *name, char *text)
{
	static char page[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
	struct device_attribute *attr = find_attribute(device_of(node), name);
	ssize_t len;

	*text = '\0';
	if (!attr)
		return -ENOENT;
	if (!attr->show)
		return -EACCES;
	len = attr->show(device_of(node), attr, page);
	if (len >= 0)
		memcpy(text, page, len + 1);

	return len;
}

/** guest_store() - write an attribute; returns as write(), -ENOENT or -EACCES */
ssize_t guest_store(unsigned int node, const char *name, const char *text)
{
	struct device_attribute *attr = find_attribute(device_of(node), name);

	if (!attr)
		return -ENOENT;
	if (!attr->store || !(attr->attr.mode & 0222))
		return -EACCES;

	return attr->store(device_of(node), attr, text, strlen(text));
}
