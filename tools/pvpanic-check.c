// SPDX-License-Identifier: GPL-2.0-only
/*
 * pvpanic-check: is this guest armed? Whether a panic would reach the host can be
 * tried out only once, and at the worst time. This says it beforehand, from what
 * sysfs shows. It needs no privilege, and writes nothing except the file that
 * --textfile names. If the guest is not armed, or the kernel's own driver has the
 * device, it says why, and gives the remedy. Monitoring systems read its exit status,
 * its first line, its JSON and its metrics (pvpanic-check(8)).
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define VERSION		"1.0"
#define SCHEMA		1		/* of the JSON: a new number if a member changes its meaning or goes */
#define DEVICES_MAX	8
#define TEXT_BYTES	64
#define REMEDY_BYTES	512
#define OURS		"pvpanic-guest"
#define GAPS		3
#define NOT_SHOWN	(~0U)
#define PCI_VENDOR	0x1b36		/* the same device on PCI */
#define PCI_DEVICE	0x0011

enum { PANICKED = 1, CRASH_LOADED = 2, SHUTDOWN = 4 };

/* The exit status, as monitoring plugins have it. */
enum state {
	OK,		/* a panic is reported, with and without a crash kernel */
	WARNING,	/* a panic is reported now, but not in the other of these two cases */
	CRITICAL,	/* a panic is not reported now */
	UNKNOWN,	/* this program cannot say it, or was used wrongly */
};

static const struct {
	const char *name;
	const char *word;
	const char *says;
} states[] = {
	[OK] = { "ok", "OK", "armed: the host would hear of a panic now" },
	[WARNING] = { "warning", "WARNING", "armed, but not for each panic" },
	[CRITICAL] = { "critical", "CRITICAL", "NOT armed" },
	[UNKNOWN] = { "unknown", "UNKNOWN", "cannot say whether this guest is armed" },
};

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

/* The code is for programs and stays; the words are for people and may change. */
struct reason {
	const char *code;		/* NULL: there is none */
	const char *why;
	char remedy[REMEDY_BYTES];	/* empty: nothing has to be done */
};

struct device {
	const char *bus;		/* whose device is bound: platform, acpi or pci */
	char name[TEXT_BYTES];
	char driver[TEXT_BYTES];	/* empty where none is bound */
	char transport[TEXT_BYTES];	/* these two are empty with the in-tree driver */
	char port[TEXT_BYTES];
	char crash_hook[TEXT_BYTES];
	unsigned int capability;	/* NOT_SHOWN where the driver doesn't show it */
	unsigned int events;
	bool ours;
	const struct in_tree *in_tree;	/* NULL where it is another driver, or none */
	unsigned int at_panic;		/* what the host would get; 0: nothing */
	unsigned int at_power_off;
	const char *why;		/* of at_panic */
	enum state state;
	struct reason reason;		/* of the state */
	struct reason not_ours;		/* none where ours is bound, or is not for this device */
};

struct guest {
	const char *root;
	char release[TEXT_BYTES];	/* of the running kernel */
	bool x86;
	bool sysfs_unreadable;
	bool kexec;			/* this kernel can load a crash kernel */
	bool crash_kernel;		/* loaded: kdump is ready */
	bool post_notifiers;		/* it is entered after the panic notifiers */
	bool module_loaded;
	bool modules_known;		/* the running kernel's list of modules can be read */
	bool module_installed;		/* and ours is in it */
	bool truncated;			/* more devices than fit */
	struct device device[DEVICES_MAX];
	unsigned int devices;
	enum state state;		/* the best one of a device */
	struct reason reason;
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
		return NOT_SHOWN;
	value = strtoul(text, &end, 16);

	return *end || value > UINT_MAX ? NOT_SHOWN : value;
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
	dev->capability = NOT_SHOWN;
	dev->events = NOT_SHOWN;
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

static void give_reason(struct reason *reason, const char *code, const char *why)
{
	reason->code = code;
	reason->why = why;
	reason->remedy[0] = '\0';
}

static void add_remedy(struct reason *reason, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add_remedy(struct reason *reason, const char *fmt, ...)
{
	size_t used = strlen(reason->remedy);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason->remedy + used, sizeof(reason->remedy) - used, fmt, ap);
	va_end(ap);
}

/* There is no | in it: a monitoring system takes what follows one for numbers. */
static void add_hand_over(struct reason *reason, const struct device *dev)
{
	add_remedy(reason, "cd /sys/bus; echo %s >%s/drivers/%s/unbind; echo %s >%s/drivers/" OURS "/bind",
		   dev->name, dev->bus, dev->driver, dev->name,
		   strcmp(dev->bus, "pci") ? "platform" : "pci");
}

/* Both drivers are loaded, and the device stays with the one that was first. */
static void explain_late(const struct guest *guest, const struct device *dev, struct reason *reason)
{
	bool fixed = built_in(guest, dev);

	if (fixed)
		give_reason(reason, "late-built-in",
			    "was loaded after the kernel's own driver, which is built into the kernel");
	else
		give_reason(reason, "late",
			    "was loaded after the kernel's own driver, which was loaded by hand or by an initramfs without " OURS);
	add_remedy(reason, fixed ? "at each boot: " : "now: ");
	add_hand_over(reason, dev);
	if (!fixed)
		add_remedy(reason, "; for the next boot: update-initramfs -u, or dracut --force");
}

static void explain_missing(const struct guest *guest, struct reason *reason)
{
	if (!exists(guest, "/var/lib/dkms/" OURS)) {
		give_reason(reason, "not-installed", "is not installed for the running kernel");
		add_remedy(reason, "install it for kernel %s", guest->release);
	} else if (!exists(guest, "/lib/modules/%s/build", guest->release)) {
		give_reason(reason, "no-headers",
			    "is not there for the running kernel: DKMS has no headers to build it with");
		add_remedy(reason, "apt-get install linux-headers-%s", guest->release);
	} else {
		give_reason(reason, "not-built",
			    "is not there for the running kernel: DKMS could not build it, or did not try");
		add_remedy(reason, "dkms autoinstall -k %s, which says why; then reboot", guest->release);
	}
}

/* Why the device is not ours, as far as the running system shows it. */
static void explain(const struct guest *guest, struct device *dev)
{
	struct reason *reason = &dev->not_ours;
	unsigned int i;

	for (i = 0; i < guest->devices; i++)
		if (guest->device[i].ours && !strcmp(guest->device[i].name, dev->name))
			return;
	if (dev->driver[0] && !dev->in_tree)
		return;
	if (guest->module_loaded) {
		if (dev->driver[0])
			explain_late(guest, dev, reason);
		return;
	}
	if (!guest->modules_known)
		return;
	if (!guest->module_installed) {
		explain_missing(guest, reason);
	} else if (needs_signature(guest)) {
		give_reason(reason, "refused",
			    "was refused: the kernel loads only modules with a signature that it trusts");
		add_remedy(reason, "mokutil --import /var/lib/dkms/mok.pub, and reboot");
	} else {
		give_reason(reason, "not-loaded", "is installed for the running kernel, but not loaded");
		add_remedy(reason, "modprobe " OURS ", which says why if it fails");
	}
	if (dev->driver[0] && built_in(guest, dev)) {
		add_remedy(reason, "; then, at each boot: ");
		add_hand_over(reason, dev);
	}
}

/* One event of @dev that is due is not among those that are @sent. */
static void event_missing(const struct device *dev, unsigned int sent, unsigned int event,
			  struct reason *reason)
{
	bool panicked = event == PANICKED;

	if (dev->capability != NOT_SHOWN && !(dev->capability & event)) {
		if (panicked)
			give_reason(reason, "panicked-unknown", "the host does not know the event panicked");
		else
			give_reason(reason, "crash-loaded-unknown",
				    "the host does not know the event crash_loaded");
		add_remedy(reason, "on the host, start QEMU without events= at its pvpanic device, or update QEMU");
		return;
	}
	if (panicked)
		give_reason(reason, "panicked-off", "the event panicked is switched off");
	else
		give_reason(reason, "crash-loaded-off", "the event crash_loaded is switched off");
	add_remedy(reason, "echo %x >/sys/bus/%s/devices/%s/events", sent | event, dev->bus, dev->name);
	if (dev->ours)
		add_remedy(reason, "; for the next boot: take events= out of /etc/modprobe.d");
}

/* The event of a panic while no crash kernel is loaded; without a code, it comes. */
static void check_panicked(const struct device *dev, unsigned int sent, struct reason *reason)
{
	if (sent & PANICKED)
		reason->why = "the panic notifier sends it";
	else
		event_missing(dev, sent, PANICKED, reason);
}

/*
 * The same while a crash kernel is loaded. What panic() does, in its order
 * (kernel/panic.c): the crash kernel, then the notifiers; with
 * crash_kexec_post_notifiers the other way round.
 */
static void check_crash_loaded(const struct guest *guest, const struct device *dev,
			       unsigned int sent, struct reason *reason)
{
	bool hooked = dev->ours && !strcmp(dev->crash_hook, "on");

	if (!guest->post_notifiers && !hooked) {
		if (!dev->ours) {
			give_reason(reason, "kdump-in-tree",
				    "a crash kernel is entered before this driver's notifier");
			if (dev->not_ours.code)
				add_remedy(reason, "%s", dev->not_ours.remedy);
			else
				add_remedy(reason, "install " OURS ", or boot with crash_kexec_post_notifiers");
		} else if (!strcmp(dev->crash_hook, "off")) {
			give_reason(reason, "kdump-hook-off",
				    "a crash kernel is entered before the notifier, and the hook that comes first is switched off");
			add_remedy(reason, "take crash_hook=0 out of /etc/modprobe.d, and reload " OURS);
		} else {
			give_reason(reason, "kdump-hook-unavailable",
				    "a crash kernel is entered before the notifier, and this kernel has no hook that comes first");
			add_remedy(reason, "boot with crash_kexec_post_notifiers");
		}
	} else if (!(sent & CRASH_LOADED)) {
		event_missing(dev, sent, CRASH_LOADED, reason);
	} else {
		reason->why = guest->post_notifiers ?
			"the panic notifier sends it, before the crash kernel is entered" :
			"the hook sends it, before the crash kernel is entered";
	}
}

static void check_unbound(const struct guest *guest, struct device *dev)
{
	struct reason *reason = &dev->reason;

	dev->state = CRITICAL;
	if (guest->module_loaded) {
		give_reason(reason, "not-bound", OURS " is loaded but has not bound to the device: dmesg says why");
		add_remedy(reason, "look at the lines of dmesg that begin with " OURS);
		return;
	}
	give_reason(reason, "no-driver", "no driver is bound to the device");
	if (dev->not_ours.code)
		add_remedy(reason, "%s", dev->not_ours.remedy);
	else
		add_remedy(reason, "load it with: modprobe " OURS);
}

static bool check_bound(const struct guest *guest, struct device *dev, unsigned int *sent)
{
	struct reason *reason = &dev->reason;

	dev->state = UNKNOWN;
	if (!dev->ours && !dev->in_tree) {
		give_reason(reason, "unknown-driver",
			    "the device is bound to a driver that this program does not know");
		if (!guest->module_loaded)
			add_remedy(reason, "modprobe " OURS "; ");
		add_hand_over(reason, dev);
		return false;
	}
	*sent = dev->events;
	if (*sent != NOT_SHOWN)
		return true;
	if (dev->ours || exists(guest, "/sys/bus/%s/devices/%s/events", dev->bus, dev->name)) {
		give_reason(reason, "events-unreadable", "the driver's attribute events cannot be read");
		add_remedy(reason, "look at /sys/bus/%s/devices/%s/events", dev->bus, dev->name);
		return false;
	}
	*sent = PANICKED | CRASH_LOADED;	/* before 5.13 it shows none, and always sends both */

	return true;
}

/* The present case decides whether the guest is armed, the other one whether that is all. */
static void check_device(const struct guest *guest, struct device *dev)
{
	struct reason panicked = { 0 }, crash_loaded = { 0 };
	const struct reason *now = guest->crash_kernel ? &crash_loaded : &panicked;
	const struct reason *other = guest->crash_kernel ? &panicked : &crash_loaded;
	unsigned int sent;

	if (!dev->driver[0]) {
		check_unbound(guest, dev);
	} else if (check_bound(guest, dev, &sent)) {
		dev->at_power_off = dev->ours ? sent & SHUTDOWN : 0;
		check_panicked(dev, sent, &panicked);
		check_crash_loaded(guest, dev, sent, &crash_loaded);
		dev->why = now->why;
		if (now->code) {
			dev->state = CRITICAL;
			dev->reason = *now;
			return;
		}
		dev->at_panic = guest->crash_kernel ? CRASH_LOADED : PANICKED;
		if (other->code && guest->kexec) {
			dev->state = WARNING;
			dev->reason = *other;
		} else {
			dev->state = OK;
			give_reason(&dev->reason, "armed", now->why);
		}
		return;
	}
	dev->why = dev->reason.why;
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
	if (n < 0 && errno != ENOENT)
		guest->sysfs_unreadable = true;
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

/* Only an x86 machine has the ISA device. Before Linux 6.1 no file names the machine. */
static void read_machine(struct guest *guest)
{
	char text[TEXT_BYTES];
	const char *machine = text;
	struct utsname name;

	read_line(guest, text, "/proc/sys/kernel/arch");
	if (!text[0] && !uname(&name))
		machine = name.machine;
	guest->x86 = !fnmatch("x86_64", machine, 0) || !fnmatch("i[3-6]86", machine, 0);
}

static void explain_no_device(const struct guest *guest, struct reason *reason)
{
	give_reason(reason, "no-device",
		    "the host gives this guest no ACPI device QEMU0001 and no PCI device 1b36:0011");
	add_remedy(reason, "on the host, add %s to <devices> of the libvirt XML, or %s to QEMU's options; then power the guest off and on",
		   guest->x86 ? "<panic model='isa'/>" : "<panic model='pvpanic'/> (libvirt 9.1 or later)",
		   guest->x86 ? "-device pvpanic" : "-device pvpanic-pci");
}

static int worse(enum state a, enum state b)
{
	static const int rank[] = { [OK] = 0, [WARNING] = 1, [UNKNOWN] = 2, [CRITICAL] = 3 };

	return rank[a] - rank[b];
}

/* One device that is armed is enough. */
static void check_guest(struct guest *guest)
{
	const struct device *best = guest->devices ? &guest->device[0] : NULL;
	unsigned int i;

	for (i = 1; i < guest->devices; i++)
		if (worse(best->state, guest->device[i].state) > 0)
			best = &guest->device[i];
	if (best) {
		guest->state = best->state;
		guest->reason = best->reason;
	} else {
		guest->state = CRITICAL;
		explain_no_device(guest, &guest->reason);
	}
	if (guest->state == CRITICAL && guest->sysfs_unreadable) {
		guest->state = UNKNOWN;
		give_reason(&guest->reason, "sysfs-unreadable", "sysfs cannot be read");
		add_remedy(&guest->reason, "mount -t sysfs sysfs /sys");
	}
}

static void read_guest(struct guest *guest)
{
	unsigned int i;

	guest->sysfs_unreadable = !exists(guest, "/sys/bus");
	guest->kexec = exists(guest, "/sys/kernel/kexec_crash_loaded");
	guest->crash_kernel = read_yes(guest, "/sys/kernel/kexec_crash_loaded");
	guest->post_notifiers = read_yes(guest,
			"/sys/module/kernel/parameters/crash_kexec_post_notifiers");
	guest->module_loaded = exists(guest, "/sys/module/pvpanic_guest");
	read_machine(guest);
	read_modules(guest);
	read_bus(guest, "platform");
	read_bus(guest, "acpi");
	read_bus(guest, "pci");
	for (i = 0; i < guest->devices; i++) {
		read_attributes(guest, &guest->device[i]);
		explain(guest, &guest->device[i]);
		check_device(guest, &guest->device[i]);
	}
	check_guest(guest);
}

static bool armed(enum state state)
{
	return state == OK || state == WARNING;
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
	if (events == NOT_SHOWN)
		printf(" not shown");
	else if (!(events & (PANICKED | CRASH_LOADED | SHUTDOWN)))
		printf(" nothing");
	for (i = 0; events != NOT_SHOWN && i < sizeof(event_names) / sizeof(*event_names); i++)
		if (events & event_names[i].bit)
			printf(" %s", event_names[i].name);
	printf("\n");
}

/* Names come from drivers. A monitoring system takes what follows a | for numbers. */
static void put_printable(FILE *f, const char *text)
{
	for (; *text; text++)
		fputc(isprint((unsigned char)*text) && *text != '|' ? *text : '?', f);
}

static void print_printable(const char *label, const char *text)
{
	printf("  %-14s ", label);
	put_printable(stdout, text);
	printf("\n");
}

static void print_in_tree(const struct guest *guest, const struct device *dev)
{
	unsigned int i;

	printf("  %-14s the kernel's own driver%s%s\n", "in-tree",
	       strcmp(dev->bus, "acpi") ? "" : ", bound to the ACPI node",
	       built_in(guest, dev) ? ", built into the kernel" : "");
	for (i = 0; i < GAPS; i++)
		printf("  %-14s %s\n", i ? "" : "its gaps", dev->in_tree->gaps[i]);
}

/* What a monitoring system shows of this guest. */
static void print_first_line(const struct guest *guest)
{
	const struct reason *reason = &guest->reason;

	printf("PVPANIC %s: %s", states[guest->state].word, states[guest->state].says);
	if (guest->state != OK)
		printf(": %s (%s); remedy: ", reason->why, reason->code);
	put_printable(stdout, reason->remedy);
	printf("\n");
}

static void print_remedies(const struct device *dev)
{
	const struct reason *not_ours = &dev->not_ours;

	if (dev->state != OK)
		printf("  %-14s %s (%s)\n", states[dev->state].name, dev->reason.why, dev->reason.code);
	if (dev->state != OK && strcmp(dev->reason.remedy, not_ours->remedy))
		print_printable("remedy", dev->reason.remedy);
	if (not_ours->code) {
		print_printable(OURS, not_ours->why);
		print_printable("remedy", not_ours->remedy);
	}
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
		print_in_tree(guest, dev);
	print_remedies(dev);
}

static void print_text(const struct guest *guest)
{
	unsigned int i;

	print_first_line(guest);
	printf("  %-14s %s\n", "crash kernel", !guest->kexec ? "not supported by this kernel" :
	       !guest->crash_kernel ? "not loaded" :
	       guest->post_notifiers ? "loaded, entered after the panic notifiers" :
				       "loaded, entered before the panic notifiers");
	if (!guest->devices) {
		print_printable("device", "none");
		print_printable("remedy", guest->reason.remedy);
	}
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
	if (value == NOT_SHOWN)
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

static void json_reason(const struct reason *reason)
{
	json_text("reason", reason->code);
	json_text("reason_text", reason->why);
	json_text("remedy", reason->remedy);
}

static void print_json(const struct guest *guest)
{
	unsigned int i;

	printf("{\"schema\": %d, \"version\": \"" VERSION "\", \"state\": \"%s\", \"armed\": %s",
	       SCHEMA, states[guest->state].name, json_bool(armed(guest->state)));
	json_reason(&guest->reason);
	printf(", \"crash_kernel\": %s, \"crash_kexec_post_notifiers\": %s, \"devices\": [",
	       json_bool(guest->crash_kernel), json_bool(guest->post_notifiers));
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
		printf(", \"in_tree\": %s, \"built_in\": %s", json_bool(dev->in_tree),
		       json_bool(dev->in_tree && built_in(guest, dev)));
		json_gaps(dev->in_tree);
		printf(", \"state\": \"%s\"", states[dev->state].name);
		json_reason(&dev->reason);
		json_text("not_ours", dev->not_ours.code);
		json_text("not_ours_text", dev->not_ours.why);
		json_text("not_ours_remedy", dev->not_ours.remedy);
		printf("}");
	}
	printf("]}\n");
}

static void put_metric(FILE *f, const char *name, const char *help)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s gauge\n%s", name, help, name, name);
}

/* In the text format of Prometheus, a label's value has these two characters escaped. */
static void put_label(FILE *f, const char *name, const char *value)
{
	fprintf(f, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			fputc('\\', f);
		fputc(isprint((unsigned char)*value) ? *value : '?', f);
	}
	fputc('"', f);
}

static void put_metrics(FILE *f, const struct guest *guest)
{
	unsigned int i;

	put_metric(f, "pvpanic_armed", "Whether the host would hear of a panic of this guest now.");
	fprintf(f, " %d\n", armed(guest->state));
	put_metric(f, "pvpanic_state", "Exit status of pvpanic-check: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.");
	fprintf(f, " %d\n", guest->state);
	put_metric(f, "pvpanic_reason_info", "Reason of the state, and the version of pvpanic-check.");
	fprintf(f, "{reason=\"%s\",version=\"" VERSION "\"} 1\n", guest->reason.code);
	put_metric(f, "pvpanic_crash_kernel_loaded", "Whether a crash kernel is loaded.");
	fprintf(f, " %d\n", guest->crash_kernel);
	put_metric(f, "pvpanic_devices", "Number of panic devices of this guest.");
	fprintf(f, " %u\n", guest->devices);
	for (i = 0; i < guest->devices; i++) {
		const struct device *dev = &guest->device[i];

		if (!i)
			put_metric(f, "pvpanic_device_armed", "Whether this device would report a panic now.");
		else
			fprintf(f, "pvpanic_device_armed");
		put_label(f, "{bus", dev->bus);
		put_label(f, ",device", dev->name);
		put_label(f, ",driver", dev->driver);
		put_label(f, ",reason", dev->reason.code);
		fprintf(f, "} %d\n", armed(dev->state));
	}
}

static int put_file(int fd, const char *tmp, const char *path, const struct guest *guest)
{
	FILE *f = fdopen(fd, "w");
	int err = 0;

	if (!f) {
		err = errno;
		close(fd);
		return err;
	}
	put_metrics(f, guest);
	if (fflush(f) || fchmod(fd, 0644) || fsync(fd))
		err = errno;
	if (fclose(f) && !err)
		err = errno;
	if (!err && rename(tmp, path))
		err = errno;

	return err;
}

/* The collector reads at any time, so the file appears at once, or the old one stays. */
static int write_textfile(const struct guest *guest, const char *path)
{
	char tmp[PATH_MAX];
	int fd = -1, err;

	if (snprintf(tmp, sizeof(tmp), "%s.XXXXXX", path) >= (int)sizeof(tmp))
		errno = ENAMETOOLONG;
	else
		fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0)
		return errno;
	err = put_file(fd, tmp, path, guest);
	if (err)
		unlink(tmp);

	return err;
}

static const char usage[] =
"usage: pvpanic-check [-q | --json] [--textfile FILE] [--root DIR]\n"
"Says whether the host would hear of a panic of this guest now, and gives the remedy if not.\n"
"  -q, --quiet      print one line, and none if the guest is armed for each panic\n"
"  --json           the same for programs\n"
"  --textfile FILE  also write metrics for node_exporter's textfile collector (*.prom)\n"
"  --root DIR       look below DIR in place of /\n"
"  -V, --version    print the version\n"
"  -h, --help       print this text\n"
"Exit status, as of a Nagios plugin: 0 OK, armed; 1 WARNING, not armed for each panic;\n"
"2 CRITICAL, not armed; 3 UNKNOWN, wrong usage or failed output.\n";

static int end_output(enum state state)
{
	if (!fflush(stdout) && !ferror(stdout))
		return state;
	perror("pvpanic-check: cannot write");

	return UNKNOWN;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "root", required_argument, NULL, 'r' },
		{ "textfile", required_argument, NULL, 't' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	static struct guest guest = { .root = "" };
	const char *textfile = NULL;
	bool json = false, quiet = false;
	int option, err;

	while ((option = getopt_long(argc, argv, "hqV", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			json = true;
			break;
		case 'r':
			guest.root = optarg;
			break;
		case 't':
			textfile = optarg;
			break;
		case 'q':
			quiet = true;
			break;
		case 'V':
			printf("pvpanic-check " VERSION "\n");
			return end_output(OK);
		case 'h':
			printf("%s", usage);
			return end_output(OK);
		default:
			fprintf(stderr, "%s", usage);
			return UNKNOWN;
		}
	}
	if (optind < argc || (json && quiet)) {
		if (optind < argc)
			fprintf(stderr, "pvpanic-check: what is %s?\n", argv[optind]);
		fprintf(stderr, "%s", usage);
		return UNKNOWN;
	}

	read_guest(&guest);
	err = textfile ? write_textfile(&guest, textfile) : 0;
	if (err) {
		fprintf(stderr, "pvpanic-check: cannot write %s: %s\n", textfile, strerror(err));
		return UNKNOWN;
	}
	if (json)
		print_json(&guest);
	else if (!quiet)
		print_text(&guest);
	else if (guest.state != OK)
		print_first_line(&guest);

	return end_output(guest.state);
}
