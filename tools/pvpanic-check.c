// SPDX-License-Identifier: GPL-2.0-only
/*
 * pvpanic-check: is this guest armed? Whether a panic would reach the host can be
 * tried out only once, and at the worst time. This says it beforehand, from what
 * sysfs shows: it opens files for reading, writes nothing, and needs no privilege.
 * If the kernel's own driver has the device, it says why, and what gives it to ours.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEVICES_MAX	8
#define TEXT_BYTES	64
#define REMEDY_BYTES	256
#define OURS		"pvpanic-guest"
#define GAPS		3
#define UNKNOWN		(~0U)
#define PCI_VENDOR	0x1b36		/* the same device on PCI */
#define PCI_DEVICE	0x0011

enum { PANICKED = 1, CRASH_LOADED = 2, SHUTDOWN = 4 };
enum { ARMED = 0, NOT_ARMED = 1, USAGE = 2 };

static const struct {
	unsigned int bit;
	const char *name, *qmp;
} event_names[] = {
	{ PANICKED, "panicked", "GUEST_PANICKED" },
	{ CRASH_LOADED, "crash_loaded", "GUEST_CRASHLOADED" },
	{ SHUTDOWN, "shutdown", "GUEST_PVSHUTDOWN" },
};

#define GAP_KDUMP	"nothing is sent where a crash kernel is entered before the notifiers"
#define GAP_POWER_OFF	"nothing is sent at a power-off with ACPI"
#define GAP_LOCK	"nothing is sent of a panic while its list of devices is being changed"
#define GAP_EVENTS	"it asks neither what the host knows nor what is to be sent"

/*
 * The kernel's own drivers, by the bus that they bind on: before 5.13 the ACPI node
 * itself. Where they fall short was measured: Documentation/comparison.rst.
 */
static const struct in_tree {
	const char *bus, *driver, *gaps[GAPS];
} in_tree_drivers[] = {
	{ "platform", "pvpanic-mmio", { GAP_KDUMP, GAP_POWER_OFF, GAP_LOCK } },
	{ "pci", "pvpanic-pci", { GAP_KDUMP, GAP_POWER_OFF, GAP_LOCK } },
	{ "acpi", "pvpanic", { GAP_KDUMP, GAP_POWER_OFF, GAP_EVENTS } },
};

struct device {
	const char *bus;		/* whose device is bound: platform, acpi or pci */
	char name[TEXT_BYTES];
	char driver[TEXT_BYTES];	/* empty where none is bound */
	char transport[TEXT_BYTES];	/* these two are empty with the in-tree driver */
	char port[TEXT_BYTES];
	char crash_hook[TEXT_BYTES];
	unsigned int capability;	/* UNKNOWN where the driver doesn't show it */
	unsigned int events;
	bool ours;
	const struct in_tree *in_tree;	/* NULL where it is another driver, or none */
	unsigned int at_panic;		/* what the host would get; 0: nothing */
	unsigned int at_power_off;
	const char *why;
	const char *why_not_ours;	/* NULL where ours is bound, or is not for this device */
	char remedy[REMEDY_BYTES];
};

struct guest {
	const char *root;
	char release[TEXT_BYTES];	/* of the running kernel */
	bool crash_kernel;		/* loaded: kdump is ready */
	bool post_notifiers;		/* it is entered after the panic notifiers */
	bool module_loaded;
	bool modules_known;		/* the running kernel's list of modules can be read */
	bool module_installed;		/* and ours is in it */
	bool truncated;			/* more devices than fit */
	struct device device[DEVICES_MAX];
	unsigned int devices;
};

static char *path_of(const struct guest *guest, const char *fmt, va_list ap)
{
	static char path[PATH_MAX];
	int used = snprintf(path, sizeof(path), "%s", guest->root);

	if (used < (int)sizeof(path))
		vsnprintf(path + used, sizeof(path) - used, fmt, ap);

	return path;
}

/* The first line of a file, or an empty string where there is none. */
static void read_line(const struct guest *guest, char text[TEXT_BYTES], const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static FILE *open_file(const struct guest *guest, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static FILE *open_file(const struct guest *guest, const char *fmt, ...)
{
	va_list ap;
	FILE *f;

	va_start(ap, fmt);
	f = fopen(path_of(guest, fmt, ap), "re");
	va_end(ap);

	return f;
}

static void read_line(const struct guest *guest, char text[TEXT_BYTES], const char *fmt, ...)
{
	va_list ap;
	FILE *f;

	text[0] = '\0';
	va_start(ap, fmt);
	f = fopen(path_of(guest, fmt, ap), "re");
	va_end(ap);
	if (!f)
		return;
	if (!fgets(text, TEXT_BYTES, f))
		text[0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	fclose(f);
}

static void read_attribute(const struct guest *guest, const struct device *dev, const char *name,
			   char text[TEXT_BYTES])
{
	read_line(guest, text, "/sys/bus/%s/devices/%s/%s", dev->bus, dev->name, name);
}

/* In hexadecimal, with or without 0x. */
static unsigned int read_hex(const struct guest *guest, const struct device *dev, const char *name)
{
	char text[TEXT_BYTES], *end;
	unsigned long value;

	read_attribute(guest, dev, name, text);
	if (!isxdigit((unsigned char)text[0]))
		return UNKNOWN;
	value = strtoul(text, &end, 16);

	return *end || value > UINT_MAX ? UNKNOWN : value;
}

static bool read_yes(const struct guest *guest, const char *path)
{
	char text[TEXT_BYTES];

	read_line(guest, text, "%s", path);

	return text[0] == '1' || text[0] == 'Y' || text[0] == 'y';
}

static bool exists(const struct guest *guest, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static bool exists(const struct guest *guest, const char *fmt, ...)
{
	va_list ap;
	bool there;

	va_start(ap, fmt);
	there = !access(path_of(guest, fmt, ap), F_OK);
	va_end(ap);

	return there;
}

static void read_driver(const struct guest *guest, struct device *dev, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void read_driver(const struct guest *guest, struct device *dev, const char *fmt, ...)
{
	char target[PATH_MAX];
	unsigned int i;
	va_list ap;
	ssize_t n;

	va_start(ap, fmt);
	n = readlink(path_of(guest, fmt, ap), target, sizeof(target) - 1);
	va_end(ap);
	if (n <= 0)
		return;
	target[n] = '\0';
	snprintf(dev->driver, sizeof(dev->driver), "%s", basename(target));
	dev->ours = strcmp(dev->bus, "acpi") && !strcmp(dev->driver, OURS);
	for (i = 0; i < sizeof(in_tree_drivers) / sizeof(*in_tree_drivers); i++)
		if (!strcmp(dev->bus, in_tree_drivers[i].bus) &&
		    !strcmp(dev->driver, in_tree_drivers[i].driver))
			dev->in_tree = &in_tree_drivers[i];
}

static void read_attributes(const struct guest *guest, struct device *dev)
{
	dev->capability = UNKNOWN;
	dev->events = UNKNOWN;
	if (!dev->driver[0])
		return;

	dev->capability = read_hex(guest, dev, "capability");
	dev->events = read_hex(guest, dev, "events");
	if (!dev->ours)
		return;

	read_attribute(guest, dev, "transport", dev->transport);
	read_attribute(guest, dev, "port", dev->port);
	read_attribute(guest, dev, "crash_hook", dev->crash_hook);
}

/* depmod's list says what modprobe would find; it names each module's file at a line's start. */
static void read_modules(struct guest *guest)
{
	char *line = NULL, *name;
	size_t bytes = 0;
	FILE *f;

	read_line(guest, guest->release, "/proc/sys/kernel/osrelease");
	f = open_file(guest, "/lib/modules/%s/modules.dep", guest->release);
	if (!f)
		return;
	guest->modules_known = true;
	while (getline(&line, &bytes, f) > 0) {
		line[strcspn(line, ":\n")] = '\0';
		name = basename(line);
		if (!strncmp(name, OURS ".ko", strlen(OURS ".ko")))
			guest->module_installed = true;
	}
	free(line);
	fclose(f);
}

static bool needs_signature(const struct guest *guest)
{
	char text[TEXT_BYTES];

	read_line(guest, text, "/sys/kernel/security/lockdown");

	return strstr(text, "[integrity]") || strstr(text, "[confidentiality]") ||
	       read_yes(guest, "/sys/module/module/parameters/sig_enforce");
}

/* A driver that is part of the kernel has no module with a state. */
static bool built_in(const struct guest *guest, const struct device *dev)
{
	return !exists(guest, "/sys/bus/%s/devices/%s/driver/module/initstate", dev->bus, dev->name);
}

static void remedy(struct device *dev, const char *why, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void remedy(struct device *dev, const char *why, const char *fmt, ...)
{
	va_list ap;

	dev->why_not_ours = why;
	va_start(ap, fmt);
	vsnprintf(dev->remedy, sizeof(dev->remedy), fmt, ap);
	va_end(ap);
}

/* Both drivers are loaded, and the device stays with the one that was first. */
static void explain_late(const struct guest *guest, struct device *dev)
{
	bool fixed = built_in(guest, dev);

	remedy(dev, fixed ? "was loaded after the kernel's own driver, which is built into the kernel" :
	       "was loaded after the kernel's own driver, which was loaded by hand or by an initramfs without " OURS,
	       "%s: cd /sys/bus; echo %s | tee %s/drivers/%s/unbind %s/drivers/" OURS "/bind%s",
	       fixed ? "at each boot" : "now", dev->name, dev->bus, dev->driver,
	       strcmp(dev->bus, "pci") ? "platform" : "pci",
	       fixed ? "" : "; for the next boot: update-initramfs -u, or dracut --force");
}

static void explain_missing(const struct guest *guest, struct device *dev)
{
	if (!exists(guest, "/var/lib/dkms/" OURS))
		remedy(dev, "is not installed for the running kernel",
		       "install it for kernel %s", guest->release);
	else if (!exists(guest, "/lib/modules/%s/build", guest->release))
		remedy(dev, "is not there for the running kernel: DKMS has no headers to build it with",
		       "apt-get install linux-headers-%s", guest->release);
	else
		remedy(dev, "is not there for the running kernel: DKMS could not build it, or did not try",
		       "dkms autoinstall -k %s, which says why; then reboot", guest->release);
}

/* Why the device is not ours, as far as the running system shows it. */
static void explain(const struct guest *guest, struct device *dev)
{
	unsigned int i;

	for (i = 0; i < guest->devices; i++)
		if (guest->device[i].ours && !strcmp(guest->device[i].name, dev->name))
			return;
	if (dev->driver[0] && !dev->in_tree)
		return;
	if (guest->module_loaded && dev->driver[0])
		explain_late(guest, dev);
	else if (guest->module_loaded || !guest->modules_known)
		return;
	else if (!guest->module_installed)
		explain_missing(guest, dev);
	else if (needs_signature(guest))
		remedy(dev, "was refused: the kernel loads only modules with a signature that it trusts",
		       "mokutil --import /var/lib/dkms/mok.pub, and reboot");
	else
		remedy(dev, "is installed for the running kernel, but not loaded",
		       "modprobe " OURS ", which says why if it fails");
}

static const char *why_unbound(const struct guest *guest)
{
	return guest->module_loaded ?
		"pvpanic-guest is loaded but has not bound to the device: dmesg says why" :
		"no driver is bound to the device: load it with: modprobe pvpanic-guest";
}

/*
 * What panic() does, in its order (kernel/panic.c): the crash kernel, then the
 * notifiers; with crash_kexec_post_notifiers the other way round.
 */
static void foresee(const struct guest *guest, struct device *dev)
{
	bool hooked = dev->ours && !strcmp(dev->crash_hook, "on");
	unsigned int sent = dev->events;

	if (!dev->driver[0]) {
		dev->why = why_unbound(guest);
		return;
	}
	if (!dev->ours && !dev->in_tree) {
		dev->why = "the device is bound to a driver that this program does not know";
		return;
	}
	if (sent == UNKNOWN) {
		if (dev->ours ||
		    exists(guest, "/sys/bus/%s/devices/%s/events", dev->bus, dev->name)) {
			dev->why = "the driver's attribute events cannot be read";
			return;
		}
		sent = PANICKED | CRASH_LOADED;	/* before 5.13 it shows and chooses nothing */
	}

	dev->at_power_off = dev->ours ? sent & SHUTDOWN : 0;
	if (!guest->crash_kernel) {
		dev->at_panic = sent & PANICKED;
		dev->why = dev->at_panic ? "the panic notifier sends it" :
			"the event panicked is switched off or unknown to the host";
	} else if (!guest->post_notifiers && !hooked) {
		dev->why = dev->ours ?
			"a crash kernel is loaded and is entered before the notifier; the hook that comes first is not on" :
			"a crash kernel is loaded and is entered before this driver's notifier";
	} else {
		dev->at_panic = sent & CRASH_LOADED;
		dev->why = !dev->at_panic ?
			"a crash kernel is loaded and the event crash_loaded is switched off or unknown to the host" :
			guest->post_notifiers ?
			"the panic notifier sends it, before the crash kernel is entered" :
			"the hook sends it, before the crash kernel is entered";
	}
}

static void add_device(struct guest *guest, const struct device *dev)
{
	if (guest->devices < DEVICES_MAX)
		guest->device[guest->devices++] = *dev;
	else
		guest->truncated = true;
}

static bool is_pvpanic(const struct guest *guest, const struct device *dev)
{
	if (strcmp(dev->bus, "pci"))
		return !strncmp(dev->name, "QEMU0001:", 9);

	return read_hex(guest, dev, "vendor") == PCI_VENDOR &&
	       read_hex(guest, dev, "device") == PCI_DEVICE;
}

/*
 * An ACPI node and the platform device that stands for it are one device, of one name.
 * Only an in-tree driver before 5.13 is bound to the node; but then ours can be, too.
 */
static void add_node(struct guest *guest, const struct device *node)
{
	unsigned int i;

	if (!node->driver[0])
		return;
	for (i = 0; i < guest->devices; i++)
		if (!strcmp(guest->device[i].name, node->name) && !guest->device[i].driver[0]) {
			guest->device[i] = *node;
			return;
		}
	add_device(guest, node);
}

static int is_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strlen(entry->d_name) < TEXT_BYTES;
}

static void read_bus(struct guest *guest, const char *bus)
{
	struct dirent **entries;
	char path[PATH_MAX];
	int n, i;

	snprintf(path, sizeof(path), "%s/sys/bus/%s/devices", guest->root, bus);
	n = scandir(path, &entries, is_name, alphasort);
	for (i = 0; i < n; i++) {
		struct device dev = { .bus = bus };

		strcpy(dev.name, entries[i]->d_name);
		free(entries[i]);
		if (!is_pvpanic(guest, &dev))
			continue;
		read_driver(guest, &dev, "/sys/bus/%s/devices/%s/driver", bus, dev.name);
		if (!strcmp(bus, "acpi"))
			add_node(guest, &dev);
		else
			add_device(guest, &dev);
	}
	if (n >= 0)
		free(entries);
}

static void read_guest(struct guest *guest)
{
	unsigned int i;

	guest->crash_kernel = read_yes(guest, "/sys/kernel/kexec_crash_loaded");
	guest->post_notifiers = read_yes(guest,
			"/sys/module/kernel/parameters/crash_kexec_post_notifiers");
	guest->module_loaded = exists(guest, "/sys/module/pvpanic_guest");
	read_modules(guest);
	read_bus(guest, "platform");
	read_bus(guest, "acpi");
	read_bus(guest, "pci");
	for (i = 0; i < guest->devices; i++) {
		read_attributes(guest, &guest->device[i]);
		foresee(guest, &guest->device[i]);
		explain(guest, &guest->device[i]);
	}
}

static bool armed(const struct guest *guest)
{
	unsigned int i;

	for (i = 0; i < guest->devices; i++)
		if (guest->device[i].at_panic)
			return true;

	return false;
}

static const char *qmp_event(unsigned int bit)
{
	unsigned int i;

	for (i = 0; i < sizeof(event_names) / sizeof(*event_names); i++)
		if (event_names[i].bit == bit)
			return event_names[i].qmp;

	return NULL;
}

static void print_events(const char *label, unsigned int events)
{
	unsigned int i;

	printf("  %-14s", label);
	if (events == UNKNOWN)
		printf(" not shown");
	else if (!(events & (PANICKED | CRASH_LOADED | SHUTDOWN)))
		printf(" nothing");
	for (i = 0; events != UNKNOWN && i < sizeof(event_names) / sizeof(*event_names); i++)
		if (events & event_names[i].bit)
			printf(" %s", event_names[i].name);
	printf("\n");
}

static void print_printable(const char *label, const char *text)
{
	printf("  %-14s ", label);
	for (; *text; text++)
		putchar(isprint((unsigned char)*text) ? *text : '?');
	printf("\n");
}

static void print_in_tree(const struct device *dev)
{
	unsigned int i;

	printf("  %-14s the kernel's own driver%s\n", "in-tree",
	       strcmp(dev->bus, "acpi") ? "" : ", bound to the ACPI node");
	for (i = 0; i < GAPS; i++)
		printf("  %-14s %s\n", i ? "" : "its gaps", dev->in_tree->gaps[i]);
}

static void print_device(const struct guest *guest, const struct device *dev)
{
	print_printable("device", dev->name);
	print_printable("driver", dev->driver[0] ? dev->driver : "none");
	if (dev->driver[0]) {
		print_events("host knows", dev->capability);
		print_events("switched on", dev->events);
	}
	if (dev->ours) {
		print_printable("transport", !strcmp(dev->transport, "wrpt") ?
				"WRPT, a method of the firmware; else the port" : "the port");
		print_printable("port", dev->port);
		print_printable("kdump hook", dev->crash_hook);
	}
	printf("  %-14s %s (%s)\n", "at a panic", qmp_event(dev->at_panic) ?: "nothing", dev->why);
	if (guest->crash_kernel && dev->at_panic && !guest->post_notifiers)
		printf("  %-14s %s\n", "if kdump fails", dev->events & PANICKED ?
		       "GUEST_PANICKED as well" : "nothing more");
	printf("  %-14s %s\n", "at power-off", qmp_event(dev->at_power_off) ?: "nothing");
	if (dev->in_tree)
		print_in_tree(dev);
	if (dev->why_not_ours) {
		print_printable(OURS, dev->why_not_ours);
		print_printable("remedy", dev->remedy);
	}
}

static void print_text(const struct guest *guest)
{
	unsigned int i;

	printf("%s\n", armed(guest) ? "armed: the host would hear of a panic now" :
				      "NOT armed: the host would hear nothing of a panic now");
	printf("  %-14s %s\n", "crash kernel", !guest->crash_kernel ? "not loaded" :
	       guest->post_notifiers ? "loaded, entered after the panic notifiers" :
				       "loaded, entered before the panic notifiers");
	if (!guest->devices)
		printf("  %-14s none: the host gives this guest no ACPI device QEMU0001\n"
		       "  %-14s and no PCI device 1b36:0011\n", "device", "");
	for (i = 0; i < guest->devices; i++) {
		if (guest->devices > 1)
			printf("\n");
		print_device(guest, &guest->device[i]);
	}
	if (guest->truncated)
		printf("  further devices are not shown\n");
}

/* Bytes that are not ASCII are written as the code points of the same number. */
static void json_string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		unsigned char c = *text;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < ' ' || c > '~')
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void json_text(const char *name, const char *text)
{
	printf(", \"%s\": ", name);
	if (text && *text)
		json_string(text);
	else
		printf("null");
}

static void json_number(const char *name, unsigned int value)
{
	if (value == UNKNOWN)
		printf(", \"%s\": null", name);
	else
		printf(", \"%s\": %u", name, value);
}

static const char *json_bool(bool value)
{
	return value ? "true" : "false";
}

static void json_gaps(const struct in_tree *in_tree)
{
	unsigned int i;

	printf(", \"gaps\": [");
	for (i = 0; in_tree && i < GAPS; i++) {
		printf("%s", i ? ", " : "");
		json_string(in_tree->gaps[i]);
	}
	printf("]");
}

static void print_json(const struct guest *guest)
{
	unsigned int i;

	printf("{\"armed\": %s, \"crash_kernel\": %s, \"crash_kexec_post_notifiers\": %s, \"devices\": [",
	       json_bool(armed(guest)), json_bool(guest->crash_kernel),
	       json_bool(guest->post_notifiers));
	for (i = 0; i < guest->devices; i++) {
		const struct device *dev = &guest->device[i];

		printf("%s{\"name\": ", i ? ", " : "");
		json_string(dev->name);
		json_text("driver", dev->driver);
		json_number("capability", dev->capability);
		json_number("events", dev->events);
		json_text("transport", dev->transport);
		json_text("port", dev->port);
		json_text("crash_hook", dev->crash_hook);
		json_text("at_panic", qmp_event(dev->at_panic));
		json_text("at_power_off", qmp_event(dev->at_power_off));
		json_text("why", dev->why);
		json_text("bus", dev->bus);
		printf(", \"in_tree\": %s", json_bool(dev->in_tree));
		json_gaps(dev->in_tree);
		json_text("why_not_ours", dev->why_not_ours);
		json_text("remedy", dev->remedy);
		printf("}");
	}
	printf("]}\n");
}

static const char usage[] =
"usage: pvpanic-check [--json] [--root DIR]\n"
"Says what the host would hear of a panic of this guest, now. Writes nothing.\n"
"  --json      the same for programs\n"
"  --root DIR  look below DIR in place of /\n"
"  --help      this text\n"
"Exit status: 0 the host would hear of it, 1 it would not, 2 wrong usage or failed output.\n";

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "root", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	static struct guest guest = { .root = "" };
	bool json = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			json = true;
			break;
		case 'r':
			guest.root = optarg;
			break;
		case 'h':
			return printf("%s", usage) < 0 || fflush(stdout) ? USAGE : 0;
		default:
			fprintf(stderr, "%s", usage);
			return USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "pvpanic-check: what is %s?\n%s", argv[optind], usage);
		return USAGE;
	}

	read_guest(&guest);
	if (json)
		print_json(&guest);
	else
		print_text(&guest);
	if (fflush(stdout) || ferror(stdout)) {
		perror("pvpanic-check");
		return USAGE;
	}

	return armed(&guest) ? ARMED : NOT_ARMED;
}
