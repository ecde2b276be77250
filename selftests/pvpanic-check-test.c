// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests pvpanic-check on made-up trees, because a guest shows one state and not all
 * of them. Its JSON is read by a parser that is not its own. KTAP on stdout.
 *
 * usage: pvpanic-check-test PROGRAM SCRATCH-FOLDER
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <libgen.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <unistd.h>

#include "lib/ktap.h"

#define OUTPUT_BYTES 8192
#define DEVICE "sys/bus/platform/devices/QEMU0001:00"
#define NODE "sys/bus/acpi/devices/QEMU0001:00"
#define PCI "sys/bus/pci/devices/"

static const char *program, *root;

static void fatal(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Trees */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;

	return remove(path);
}

static char *tree_path(const char *name)
{
	static char path[4096];
	char *slash;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(path, 0755) && errno != EEXIST)
			fatal(path);
		*slash = '/';
	}

	return path;
}

static void tree_file(const char *name, const char *text)
{
	FILE *f = fopen(tree_path(name), "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		fatal(name);
}

static void tree_clear(void)
{
	nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (mkdir(root, 0755))
		fatal(root);
	tree_file("sys/bus/platform/uevent", "");
}

static void tree_link(const char *name, const char *target)
{
	if (symlink(target, tree_path(name)))
		fatal(name);
}

struct ours {
	unsigned int capability, events;
	const char *transport, *crash_hook;
	bool crash_kernel, post_notifiers;
};

static void tree_kernel(bool crash_kernel, bool post_notifiers)
{
	tree_file("sys/kernel/kexec_crash_loaded", crash_kernel ? "1\n" : "0\n");
	tree_file("sys/module/kernel/parameters/crash_kexec_post_notifiers",
		  post_notifiers ? "Y\n" : "N\n");
}

static void tree_hex(const char *name, unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%x\n", value);
	tree_file(name, text);
}

static void tree_ours(const struct ours *g)
{
	tree_clear();
	tree_kernel(g->crash_kernel, g->post_notifiers);
	tree_file("sys/module/pvpanic_guest/refcnt", "0\n");
	tree_link(DEVICE "/driver", "../../../bus/platform/drivers/pvpanic-guest");
	tree_hex(DEVICE "/capability", g->capability);
	tree_hex(DEVICE "/events", g->events);
	tree_file(DEVICE "/transport", g->transport);
	tree_file(DEVICE "/port", "0x505\n");
	tree_file(DEVICE "/crash_hook", g->crash_hook);
}

static void tree_in_tree(bool crash_kernel, bool post_notifiers)
{
	tree_clear();
	tree_kernel(crash_kernel, post_notifiers);
	tree_file("sys/bus/platform/drivers/pvpanic-mmio/module/initstate", "live\n");
	tree_link(DEVICE "/driver", "../../drivers/pvpanic-mmio");
	tree_file(DEVICE "/capability", "7\n");
	tree_file(DEVICE "/events", "7\n");
}

/* Before 5.13 the kernel's own driver is bound to the node, and shows nothing. */
static void tree_node(bool crash_kernel, bool post_notifiers)
{
	tree_clear();
	tree_kernel(crash_kernel, post_notifiers);
	tree_file(DEVICE "/modalias", "acpi:QEMU0001:\n");
	tree_link(NODE "/driver", "../../../../../../bus/acpi/drivers/pvpanic");
	tree_link("sys/bus/acpi/devices/PNP0C0C:00/driver", "../drivers/button");
}

static void tree_pci(const char *driver)
{
	tree_clear();
	tree_kernel(false, false);
	tree_file(PCI "0000:00:01.0/vendor", "0x8086\n");
	tree_file(PCI "0000:00:01.0/device", "0x0011\n");
	tree_file(PCI "0000:00:02.0/vendor", "0x1b36\n");
	tree_file(PCI "0000:00:02.0/device", "0x000d\n");
	tree_file(PCI "0000:00:03.0/vendor", "0x1b36\n");
	tree_file(PCI "0000:00:03.0/device", "0x0011\n");
	if (!driver)
		return;
	tree_link(PCI "0000:00:03.0/driver", driver);
	tree_file(PCI "0000:00:03.0/capability", "3\n");
	tree_file(PCI "0000:00:03.0/events", "3\n");
}

/* The program */

/* Ends the program at the first file that it opens in order to write. */
static void forbid_writing(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_open, 3, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_ACCMODE | O_CREAT | O_TRUNC, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(filter) / sizeof(*filter), filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		_exit(126);
}

/* Returns the exit status, or 128 and the signal; what it says is in @out. */
static int run_after(char out[OUTPUT_BYTES], char *const argv[], void (*prepare)(void))
{
	size_t used = 0;
	int fd[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe(fd))
		fatal("pipe");
	fflush(stdout);
	pid = fork();
	if (!pid) {
		dup2(fd[1], 1);
		dup2(fd[1], 2);
		close(fd[0]);
		prepare();
		execv(program, argv);
		_exit(127);
	}
	close(fd[1]);
	while (used < OUTPUT_BYTES - 1 &&
	       (n = read(fd[0], out + used, OUTPUT_BYTES - 1 - used)) > 0)
		used += n;
	out[used] = '\0';
	close(fd[0]);
	if (waitpid(pid, &status, 0) != pid)
		fatal("waitpid");

	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run(char out[OUTPUT_BYTES], char *const argv[])
{
	return run_after(out, argv, forbid_writing);
}

static int run_on_tree(char out[OUTPUT_BYTES], const char *option)
{
	char *argv[] = { (char *)program, "--root", (char *)root, (char *)option, NULL };

	return run(out, argv);
}

/* Results */

static void result(bool good, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void result(bool good, const char *fmt, ...)
{
	va_list ap;
	char *name;

	va_start(ap, fmt);
	if (vasprintf(&name, fmt, ap) < 0)
		abort();
	va_end(ap);
	ktap_result(good, name, NULL);
	free(name);
}

static bool same(const json_t *json, const char *want)
{
	if (!want)
		return json_is_null(json);

	return json_is_string(json) && !strcmp(json_string_value(json), want);
}

/* As Nagios plugins have it: the exit status, the word, and what the JSON calls it. */
enum { OK, WARNING, CRITICAL, UNKNOWN };
static const struct {
	const char *first_line;
	const char *json;
} states[] = {
	{ "PVPANIC OK: armed: the host would hear of a panic now\n", "ok" },
	{ "PVPANIC WARNING: armed, but not for each panic: ", "warning" },
	{ "PVPANIC CRITICAL: NOT armed: ", "critical" },
	{ "PVPANIC UNKNOWN: cannot say whether this guest is armed: ", "unknown" },
};

/* All forms, and the exit status, must give the same verdict and the same reason. */
static bool verdict_is(int state, const char *code)
{
	char text[OUTPUT_BYTES], raw[OUTPUT_BYTES], line[OUTPUT_BYTES], in_line[128];
	int text_status = run_on_tree(text, NULL), json_status = run_on_tree(raw, "--json");
	int line_status = run_on_tree(line, "-q");
	json_t *json = json_loads(raw, 0, NULL);
	const char *remedy = json_string_value(json_object_get(json, "remedy"));
	const char *reason = json_string_value(json_object_get(json, "reason"));
	size_t length = strcspn(text, "\n") + 1;
	bool good;

	snprintf(in_line, sizeof(in_line), " (%s); remedy: ", reason ?: "none");
	good = text_status == state && json_status == state && line_status == state &&
	       same(json_object_get(json, "state"), states[state].json) &&
	       json_integer_value(json_object_get(json, "schema")) == 1 &&
	       json_boolean_value(json_object_get(json, "armed")) == (state < CRITICAL) &&
	       !strncmp(text, states[state].first_line, strlen(states[state].first_line)) &&
	       !strchr(text, '|') && reason && (!code || !strcmp(reason, code));
	if (state == OK)
		good = good && !*line && !remedy;
	else
		good = good && strlen(line) == length && !strncmp(line, text, length) &&
		       strstr(line, in_line) && remedy && strstr(line, remedy) &&
		       strstr(text + length, remedy);
	if (!good)
		printf("# status %d, %d, %d instead of %d (%s)\n# %s\n# %s\n# %s\n", text_status,
		       json_status, line_status, state, code ?: "any reason", text, raw, line);
	json_decref(json);

	return good;
}

static bool remedy_is(int state, const char *code, const char *remedy)
{
	char raw[OUTPUT_BYTES];
	const char *given;
	json_t *json;
	bool good;

	run_on_tree(raw, "--json");
	json = json_loads(raw, 0, NULL);
	given = json_string_value(json_object_get(json, "remedy"));
	good = verdict_is(state, code) && given && strstr(given, remedy);
	if (!good)
		printf("# no '%s' in: %s\n", remedy, raw);
	json_decref(json);

	return good;
}

/* What would be sent, and that the exit status is one of those that go with it. */
static bool says(const char *at_panic, const char *at_power_off, const char *word)
{
	char text[OUTPUT_BYTES], raw[OUTPUT_BYTES];
	int text_status = run_on_tree(text, NULL), json_status = run_on_tree(raw, "--json");
	json_t *json = json_loads(raw, 0, NULL);
	const json_t *dev = json_array_get(json_object_get(json, "devices"), 0);
	bool good;

	good = json_status == text_status && json && text_status >= OK && text_status <= UNKNOWN &&
	       (text_status < CRITICAL) == !!at_panic && verdict_is(text_status, NULL) &&
	       same(json_object_get(dev, "at_panic"), at_panic) &&
	       same(json_object_get(dev, "at_power_off"), at_power_off) &&
	       (!at_panic || strstr(text, at_panic)) && (!word || strstr(text, word));
	if (!good)
		printf("# status %d and %d\n# %s\n# %s", text_status, json_status, text, raw);
	json_decref(json);

	return good;
}

/* The last of so many devices is armed, by an in-tree driver with gaps; no other one is in-tree. */
static bool is_in_tree(const char *bus, const char *name, size_t devices)
{
	char raw[OUTPUT_BYTES], text[OUTPUT_BYTES];
	const json_t *all, *dev;
	json_t *json;
	bool good;
	size_t i;

	run_on_tree(text, NULL);
	run_on_tree(raw, "--json");
	json = json_loads(raw, 0, NULL);
	all = json_object_get(json, "devices");
	dev = json_array_get(all, devices - 1);
	good = json_array_size(all) == devices && json_is_true(json_object_get(json, "armed")) &&
	       same(json_object_get(dev, "bus"), bus) && same(json_object_get(dev, "name"), name) &&
	       same(json_object_get(dev, "at_panic"), "GUEST_PANICKED") &&
	       json_is_true(json_object_get(dev, "in_tree")) &&
	       json_array_size(json_object_get(dev, "gaps")) == 3 && strstr(text, "the kernel's own");
	for (i = 0; i + 1 < devices; i++) {
		dev = json_array_get(all, i);
		good = good && json_is_false(json_object_get(dev, "in_tree")) &&
		       json_array_size(json_object_get(dev, "gaps")) == 0;
	}
	json_decref(json);

	return good;
}

static size_t devices(void)
{
	char raw[OUTPUT_BYTES];
	json_t *json;
	size_t n;

	run_on_tree(raw, "--json");
	json = json_loads(raw, 0, NULL);
	n = json_array_size(json_object_get(json, "devices"));
	json_decref(json);

	return n;
}

/*
 * Every state that our driver can be in, by the table of which event is sent when
 * (Documentation/events.rst), written here a second time and in another form.
 */
static void test_all_states(void)
{
	static const char *const hooks[] = { "on\n", "off\n", "unavailable\n" };
	unsigned int events, kdump, hook;
	bool without_kdump, with_kdump;
	const char *want;
	int state;

	for (events = 0; events < 8; events++)
		for (kdump = 0; kdump < 4; kdump++)
			for (hook = 0; hook < 3; hook++) {
				struct ours g = { 7, events, "wrpt\n", hooks[hook], kdump & 1,
						  kdump & 2 };

				tree_ours(&g);
				want = NULL;
				if (!(kdump & 1) && (events & 1))
					want = "GUEST_PANICKED";
				else if (kdump == 1 && hook == 0 && (events & 2))
					want = "GUEST_CRASHLOADED";
				else if (kdump == 3 && (events & 2))
					want = "GUEST_CRASHLOADED";
				without_kdump = events & 1;
				with_kdump = (events & 2) && ((kdump & 2) || hook == 0);
				state = !want ? CRITICAL : without_kdump && with_kdump ? OK : WARNING;
				result(says(want, events & 4 ? "GUEST_PVSHUTDOWN" : NULL, NULL) &&
				       verdict_is(state, NULL),
				       "events=%x crash-kernel=%u post-notifiers=%u hook=%.*s", events,
				       kdump & 1, kdump >> 1, (int)strlen(hooks[hook]) - 1,
				       hooks[hook]);
			}
}

static void test_in_tree(void)
{
	tree_in_tree(false, false);
	result(says("GUEST_PANICKED", NULL, "pvpanic-mmio"), "in-tree");
	tree_in_tree(true, false);
	result(says(NULL, NULL, "entered before this driver's notifier"), "in-tree crash-kernel");
	tree_in_tree(true, true);
	result(says("GUEST_CRASHLOADED", NULL, NULL), "in-tree crash-kernel post-notifiers");
	tree_in_tree(false, false);
	result(is_in_tree("platform", "QEMU0001:00", 1), "in-tree json");
	tree_file(DEVICE "/events", "junk\n");
	result(says(NULL, NULL, "cannot be read"), "in-tree events-junk");
	tree_link(NODE "/physical_node", "../../../../../pci0000:00/0000:00:01.0/QEMU0001:00");
	tree_file(DEVICE "/events", "6\n");
	result(says(NULL, NULL, "switched off"), "in-tree panicked-off");
}

/* A driver on the node is seen, and no device is told of twice that is one. */
static void test_node(void)
{
	struct ours g = { 3, 3, "wrpt\n", "on\n", false, false };

	tree_node(false, false);
	result(says("GUEST_PANICKED", NULL, "bound to the ACPI node"), "node");
	result(says("GUEST_PANICKED", NULL, "not shown"), "node shows-nothing");
	result(is_in_tree("acpi", "QEMU0001:00", 1), "node json");
	tree_node(true, false);
	result(says(NULL, NULL, "entered before this driver's notifier"), "node crash-kernel");
	tree_node(true, true);
	result(says("GUEST_CRASHLOADED", NULL, NULL), "node crash-kernel post-notifiers");
	tree_node(false, false);
	tree_file("sys/module/pvpanic_guest/refcnt", "0\n");
	result(says("GUEST_PANICKED", NULL, "pvpanic\n"), "node with ours loaded in vain");
	tree_clear();
	tree_link(NODE "/driver", "../drivers/pvpanic");
	result(is_in_tree("acpi", "QEMU0001:00", 1), "node without-platform-device");
	tree_clear();
	tree_link(NODE "/driver", "../drivers/rival");
	result(says(NULL, NULL, "does not know"), "node unknown-driver");
	tree_clear();
	tree_link(NODE "/driver", "../drivers/pvpanic-mmio");
	result(says(NULL, NULL, "does not know"), "node driver-of-another-bus");
	tree_clear();
	tree_link(NODE "/driver", "../drivers/pvpanic-guest");
	result(says(NULL, NULL, "does not know"), "node driver-named-like-ours");

	/* Loaded by hand after ours, it binds as well, and the host hears of it twice. */
	tree_ours(&g);
	tree_link(NODE "/driver", "../drivers/pvpanic");
	result(is_in_tree("acpi", "QEMU0001:00", 2), "node beside-ours");
	result(says("GUEST_PANICKED", NULL, "bound to the ACPI node"), "node beside-ours text");
	tree_ours(&g);
	tree_file(NODE "/status", "15\n");
	result(devices() == 1, "node without-driver");
}

static void test_pci(void)
{
	struct ours g = { 3, 0, "wrpt\n", "on\n", false, false };

	tree_pci("../drivers/pvpanic-pci");
	result(says("GUEST_PANICKED", NULL, "pvpanic-pci"), "pci");
	result(is_in_tree("pci", "0000:00:03.0", 1), "pci json");
	tree_kernel(true, false);
	result(says(NULL, NULL, "entered before this driver's notifier"), "pci crash-kernel");
	tree_pci("../drivers/pvpanic-pci");
	tree_file(PCI "0000:00:03.0/events", "2\n");
	result(says(NULL, NULL, "switched off"), "pci panicked-off");
	tree_pci(NULL);
	result(says(NULL, NULL, "modprobe pvpanic-guest"), "pci no-driver");
	tree_file("sys/module/pvpanic_guest/refcnt", "0\n");
	result(says(NULL, NULL, "dmesg says why"), "pci no-driver with ours loaded");
	tree_pci("../drivers/vfio-pci");
	result(says(NULL, NULL, "does not know"), "pci unknown-driver");

	/* Ours, which has more attributes and reports before kdump. */
	tree_pci("../drivers/pvpanic-guest");
	tree_file(PCI "0000:00:03.0/transport", "port\n");
	tree_file(PCI "0000:00:03.0/port", "mem 0xfebf1000\n");
	tree_file(PCI "0000:00:03.0/crash_hook", "on\n");
	result(says("GUEST_PANICKED", NULL, "mem 0xfebf1000"), "pci ours");
	tree_kernel(true, false);
	result(says("GUEST_CRASHLOADED", NULL, "the hook sends it"), "pci ours crash-kernel");

	/* Ours, switched off, doesn't hide that this one is armed. */
	tree_ours(&g);
	tree_file(PCI "0000:00:03.0/vendor", "0x1b36\n");
	tree_file(PCI "0000:00:03.0/device", "0x0011\n");
	tree_link(PCI "0000:00:03.0/driver", "../drivers/pvpanic-pci");
	tree_file(PCI "0000:00:03.0/events", "1\n");
	result(is_in_tree("pci", "0000:00:03.0", 2), "pci beside-ours");
}

static void test_unbound(void)
{
	char out[OUTPUT_BYTES];
	json_t *json;

	tree_clear();
	result(run_on_tree(out, NULL) == 2 && strstr(out, "no ACPI device QEMU0001"), "no-device");
	run_on_tree(out, "--json");
	json = json_loads(out, 0, NULL);
	result(json_is_false(json_object_get(json, "armed")) &&
	       json_array_size(json_object_get(json, "devices")) == 0, "no-device json");
	json_decref(json);

	tree_file(DEVICE "/modalias", "acpi:QEMU0001:\n");
	result(says(NULL, NULL, "modprobe pvpanic-guest"), "no-driver");
	tree_file("sys/module/pvpanic_guest/refcnt", "0\n");
	result(says(NULL, NULL, "dmesg says why"), "loaded-not-bound");

	tree_link(DEVICE "/driver", "../drivers/rival");
	result(says(NULL, NULL, "does not know"), "unknown-driver");
}

/* Both forms give this reason why the device is not ours, and this remedy; NULL: none is given. */
static bool explains(const char *code, const char *why, const char *remedy)
{
	char text[OUTPUT_BYTES], raw[OUTPUT_BYTES];
	const json_t *dev, *given, *helps;
	json_t *json;
	bool good;

	run_on_tree(text, NULL);
	run_on_tree(raw, "--json");
	json = json_loads(raw, 0, NULL);
	dev = json_array_get(json_object_get(json, "devices"), 0);
	given = json_object_get(dev, "not_ours_text");
	helps = json_object_get(dev, "not_ours_remedy");
	good = same(json_object_get(dev, "not_ours"), code);
	if (why)
		good = good && json_is_string(given) && strstr(json_string_value(given), why) &&
		       json_is_string(helps) && strstr(json_string_value(helps), remedy) &&
		       strstr(text, json_string_value(given)) &&
		       strstr(text, json_string_value(helps));
	else
		good = good && json_is_null(given) && json_is_null(helps);
	if (!good)
		printf("# %s\n# %s", raw, text);
	json_decref(json);

	return good;
}

#define RELEASE "6.1.0-57-cloud-amd64"
#define MODULES "lib/modules/" RELEASE

/* The kernel's own driver has the device, and depmod has found these modules. */
static void tree_installed(const char *modules)
{
	tree_in_tree(false, false);
	tree_file("proc/sys/kernel/osrelease", RELEASE "\n");
	tree_file("sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	tree_file("sys/module/module/parameters/sig_enforce", "N\n");
	tree_file(MODULES "/modules.dep", modules);
}

static void test_not_ours(void)
{
	static const char installed[] = "kernel/drivers/misc/pvpanic/pvpanic.ko:\n"
					"updates/dkms/pvpanic-guest.ko:\n";
	static const char missing[] = "kernel/drivers/misc/pvpanic/pvpanic-mmio.ko: pvpanic-guest.ko\n"
				      "updates/my-pvpanic-guest.ko:\nupdates/pvpanic-guest-2.ko:\n";
	char out[OUTPUT_BYTES];
	struct ours g = { 3, 3, "wrpt\n", "on\n", false, false };

	tree_installed(missing);
	result(explains("not-installed", "is not installed", "install it for kernel " RELEASE), "not-ours missing");
	tree_file("var/lib/dkms/pvpanic-guest/1.0/source", "");
	result(explains("no-headers", "no headers", "apt-get install linux-headers-" RELEASE), "not-ours no-headers");
	tree_file(MODULES "/build/Makefile", "");
	result(explains("not-built", "could not build", "dkms autoinstall -k " RELEASE), "not-ours build-failed");

	tree_installed(installed);
	result(explains("not-loaded", "not loaded", "modprobe pvpanic-guest"), "not-ours not-loaded");
	tree_file("sys/module/module/parameters/sig_enforce", "Y\n");
	result(explains("refused", "refused", "mokutil --import"), "not-ours sig-enforce");
	tree_installed("updates/pvpanic-guest.ko.xz: kernel/crypto/x.ko.xz\n");
	result(explains("not-loaded", "not loaded", "modprobe pvpanic-guest"), "not-ours compressed");
	tree_file("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	result(explains("refused", "refused", "mokutil --import"), "not-ours lockdown-integrity");
	tree_file("sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
	result(explains("refused", "refused", "mokutil --import"), "not-ours lockdown-confidentiality");

	tree_installed(installed);
	tree_file("sys/module/pvpanic_guest/refcnt", "0\n");
	unlink(tree_path("sys/bus/platform/drivers/pvpanic-mmio/module/initstate"));
	result(explains("late-built-in", "built into the kernel", "at each boot: cd /sys/bus; "
			"echo QEMU0001:00 >platform/drivers/pvpanic-mmio/unbind; "
			"echo QEMU0001:00 >platform/drivers/pvpanic-guest/bind"),
	       "not-ours built-in");
	tree_file("sys/bus/platform/drivers/pvpanic-mmio/module/initstate", "live\n");
	result(explains("late", "initramfs", "next boot: update-initramfs -u"), "not-ours loaded-late");

	/* To install ours is then not enough. */
	tree_installed(missing);
	unlink(tree_path("sys/bus/platform/drivers/pvpanic-mmio/module/initstate"));
	result(explains("not-installed", "is not installed", "; then, at each boot: cd /sys/bus; echo "),
	       "not-ours missing built-in");
	run_on_tree(out, NULL);
	result(strstr(out, "own driver, built into the kernel"), "not-ours missing built-in text");
	tree_installed(missing);
	run_on_tree(out, NULL);
	result(!strstr(out, "built into") && !strstr(out, "at each boot"), "not-ours missing module");

	/* No driver at all, and a kernel whose list of modules cannot be read. */
	tree_installed(missing);
	unlink(tree_path(DEVICE "/driver"));
	result(explains("not-installed", "is not installed", "install it"), "not-ours no-driver");
	tree_file("sys/module/pvpanic_guest/refcnt", "0\n");
	result(explains(NULL, NULL, NULL), "not-ours no-driver loaded");
	tree_installed(missing);
	tree_file("proc/sys/kernel/osrelease", "9.9.9\n");
	result(explains(NULL, NULL, NULL), "not-ours unknown-modules");
	tree_node(false, false);
	tree_file("proc/sys/kernel/osrelease", RELEASE "\n");
	tree_file(MODULES "/modules.dep", missing);
	result(explains("not-installed", "is not installed", "install it"), "not-ours node");

	/* The device is ours, also if the other driver is on its node. */
	tree_ours(&g);
	tree_file("proc/sys/kernel/osrelease", RELEASE "\n");
	tree_file(MODULES "/modules.dep", missing);
	result(explains(NULL, NULL, NULL), "ours");
	tree_link(NODE "/driver", "../drivers/pvpanic");
	result(explains(NULL, NULL, NULL), "ours beside-node");
	tree_pci("../drivers/pvpanic-pci");
	tree_file("proc/sys/kernel/osrelease", RELEASE "\n");
	tree_file(MODULES "/modules.dep", missing);
	result(explains("not-installed", "is not installed", "install it"), "not-ours pci");
	tree_file("sys/module/pvpanic_guest/refcnt", "0\n");
	result(explains("late-built-in", "built into the kernel", "at each boot: cd /sys/bus; "
			"echo 0000:00:03.0 >pci/drivers/pvpanic-pci/unbind; "
			"echo 0000:00:03.0 >pci/drivers/pvpanic-guest/bind"),
	       "not-ours pci built-in");
	tree_installed(missing);
	unlink(tree_path(DEVICE "/driver"));
	tree_link(DEVICE "/driver", "../drivers/rival");
	result(explains(NULL, NULL, NULL), "not-ours unknown-driver");
}

static void test_odd_values(void)
{
	struct ours g = { 3, 3, "wrpt\n", "on\n", false, false };
	static const char *const junk[] = { "", "\n", "junk\n", "-1\n", "1ffffffff\n", "3 3\n" };
	char out[OUTPUT_BYTES];
	const json_t *dev;
	json_t *json;
	size_t i;

	for (i = 0; i < sizeof(junk) / sizeof(*junk); i++) {
		tree_ours(&g);
		tree_file(DEVICE "/events", junk[i]);
		result(says(NULL, NULL, "cannot be read"), "events-junk-%zu", i);
	}

	/* A driver may be called anything; the JSON has to stay JSON. */
	tree_ours(&g);
	unlink(tree_path(DEVICE "/driver"));
	tree_link(DEVICE "/driver", "../drivers/\"\\\n\x01\xc3\xff{}");
	result(run_on_tree(out, "--json") == 3, "name-escaped status");
	json = json_loads(out, 0, NULL);
	dev = json_array_get(json_object_get(json, "devices"), 0);
	result(same(json_object_get(dev, "driver"), "\"\\\n\x01\xc3\x83\xc3\xbf{}"), "name-escaped");
	json_decref(json);
	run_on_tree(out, NULL);
	result(!strchr(out, '\x01') && strstr(out, "\"\\????{}"), "name-printable");

	tree_ours(&g);
	tree_file(DEVICE "/port", "mem 0xfed00000\n");
	result(says("GUEST_PANICKED", NULL, "mem 0xfed00000"), "port-in-memory");
	g.transport = "port\n";
	tree_ours(&g);
	result(says("GUEST_PANICKED", NULL, "the port\n"), "transport-port");

	/* One of two that is switched off doesn't disarm the other. */
	g.events = 0;
	tree_ours(&g);
	tree_link("sys/bus/platform/devices/QEMU0001:01/driver", "../drivers/pvpanic-guest");
	tree_file("sys/bus/platform/devices/QEMU0001:01/events", "1\n");
	run_on_tree(out, "--json");
	json = json_loads(out, 0, NULL);
	result(json_is_true(json_object_get(json, "armed")) &&
	       json_array_size(json_object_get(json, "devices")) == 2, "two-devices");
	json_decref(json);
}

/* Each reason that a state can have, and its remedy. */
static void test_reasons(void)
{
	struct ours g = { 7, 7, "wrpt\n", "on\n", false, false };
	static const char *const machines[][2] = {
		{ "x86_64\n", "<panic model='isa'/> to <devices> of the libvirt XML, or -device pvpanic to" },
		{ "i686\n", "<panic model='isa'/> to <devices> of the libvirt XML, or -device pvpanic to" },
		{ "aarch64\n", "<panic model='pvpanic'/> (libvirt 9.1 or later) to <devices> of the libvirt XML, or -device pvpanic-pci to" },
	};
	size_t i;

	for (i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		tree_clear();
		tree_file("proc/sys/kernel/arch", machines[i][0]);
		result(remedy_is(CRITICAL, "no-device", machines[i][1]), "reason no-device %.*s",
		       (int)strlen(machines[i][0]) - 1, machines[i][0]);
	}
	tree_file("sys/bus/pci/devices", "");
	result(remedy_is(UNKNOWN, "sysfs-unreadable", "mount -t sysfs"), "reason sysfs-unreadable");
	tree_ours(&g);
	tree_file("sys/bus/pci/devices", "");
	result(verdict_is(OK, "armed"), "reason armed other-bus-unreadable");
	tree_clear();
	unlink(tree_path("sys/bus/platform/uevent"));
	rmdir(tree_path("sys/bus/platform"));
	rmdir(tree_path("sys/bus"));
	result(remedy_is(UNKNOWN, "sysfs-unreadable", "mount -t sysfs"), "reason no sysfs");

	tree_clear();
	tree_file(DEVICE "/modalias", "acpi:QEMU0001:\n");
	result(remedy_is(CRITICAL, "no-driver", "modprobe pvpanic-guest"), "reason no-driver");
	tree_file("sys/module/pvpanic_guest/refcnt", "0\n");
	result(remedy_is(CRITICAL, "not-bound", "dmesg"), "reason not-bound");
	tree_link(DEVICE "/driver", "../drivers/rival");
	result(remedy_is(UNKNOWN, "unknown-driver",
			 "cd /sys/bus; echo QEMU0001:00 >platform/drivers/rival/unbind; "), "reason unknown-driver");
	tree_pci("../drivers/vfio-pci");
	result(remedy_is(UNKNOWN, "unknown-driver", "modprobe pvpanic-guest; cd /sys/bus; "),
	       "reason unknown-driver pci");
	tree_ours(&g);
	tree_file(DEVICE "/events", "junk\n");
	result(remedy_is(UNKNOWN, "events-unreadable", "platform/devices/QEMU0001:00/events"),
	       "reason events-unreadable");

	g.events = 6;
	tree_ours(&g);
	result(remedy_is(CRITICAL, "panicked-off",
			 "echo 7 >/sys/bus/platform/devices/QEMU0001:00/events; for the next boot: "),
	       "reason panicked-off");
	tree_kernel(true, false);
	result(remedy_is(WARNING, "panicked-off", "echo 7 "), "reason panicked-off crash-kernel");
	g.capability = 6;
	tree_ours(&g);
	result(remedy_is(CRITICAL, "panicked-unknown", "on the host"), "reason panicked-unknown");
	g.capability = 7;
	g.events = 5;
	tree_ours(&g);
	result(remedy_is(WARNING, "crash-loaded-off", "echo 7 "), "reason crash-loaded-off");
	tree_kernel(true, false);
	result(remedy_is(CRITICAL, "crash-loaded-off", "echo 7 "), "reason crash-loaded-off crash-kernel");
	g.capability = 1;
	g.events = 1;
	tree_ours(&g);
	result(remedy_is(WARNING, "crash-loaded-unknown", "on the host"), "reason crash-loaded-unknown");
	unlink(tree_path("sys/kernel/kexec_crash_loaded"));
	result(verdict_is(OK, "armed"), "reason armed without-kexec");

	g = (struct ours){ 7, 7, "wrpt\n", "off\n", false, false };
	tree_ours(&g);
	result(remedy_is(WARNING, "kdump-hook-off", "crash_hook=0"), "reason kdump-hook-off");
	g.crash_hook = "unavailable\n";
	tree_ours(&g);
	result(remedy_is(WARNING, "kdump-hook-unavailable", "crash_kexec_post_notifiers"),
	       "reason kdump-hook-unavailable");
	tree_kernel(true, false);
	result(remedy_is(CRITICAL, "kdump-hook-unavailable", "crash_kexec_post_notifiers"),
	       "reason kdump-hook-unavailable crash-kernel");
	tree_kernel(true, true);
	result(verdict_is(OK, "armed"), "reason armed post-notifiers");

	tree_in_tree(false, false);
	result(remedy_is(WARNING, "kdump-in-tree", "install pvpanic-guest, or boot with"),
	       "reason kdump-in-tree");
	tree_installed("updates/pvpanic-guest.ko:\n");
	tree_file("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	result(remedy_is(WARNING, "kdump-in-tree", "mokutil --import"), "reason kdump-in-tree refused");
	tree_kernel(true, false);
	result(remedy_is(CRITICAL, "kdump-in-tree", "mokutil --import"),
	       "reason kdump-in-tree refused crash-kernel");
	unlink(tree_path(DEVICE "/driver"));
	result(remedy_is(CRITICAL, "no-driver", "mokutil --import"), "reason no-driver refused");

	/* Of two devices the better one counts. */
	tree_ours(&g);
	tree_file(PCI "0000:00:03.0/vendor", "0x1b36\n");
	tree_file(PCI "0000:00:03.0/device", "0x0011\n");
	result(verdict_is(WARNING, "kdump-hook-unavailable"), "reason best-of-two first");
	unlink(tree_path(DEVICE "/driver"));
	tree_link(PCI "0000:00:03.0/driver", "../drivers/vfio-pci");
	result(verdict_is(UNKNOWN, "unknown-driver"), "reason best-of-two second");
}

/* Metrics */

static void allow_writing(void)
{
}

/* A disk that is full from the 16th byte on. */
static void limit_writing(void)
{
	struct rlimit limit = { 16, 16 };

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit))
		_exit(126);
}

static int run_textfile(char out[OUTPUT_BYTES], const char *path, void (*prepare)(void))
{
	char *argv[] = { (char *)program, "--root", (char *)root, "-q", "--textfile", (char *)path, NULL };

	return run_after(out, argv, prepare);
}

static bool file_has(const char *path, const char *text)
{
	char content[OUTPUT_BYTES] = "";
	FILE *f = fopen(path, "r");
	bool good;

	if (!f)
		return false;
	content[fread(content, 1, sizeof(content) - 1, f)] = '\0';
	fclose(f);
	good = strstr(content, text);
	if (!good)
		printf("# no '%s' in %s:\n# %s\n", text, path, content);

	return good;
}

/* The folder has one file: none that is half written was left. */
static bool is_alone(const char *folder)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, NULL, alphasort), i;

	for (i = 0; i < n; i++)
		free(entries[i]);
	if (n >= 0)
		free(entries);

	return n == 3;	/* with . and .. */
}

static void test_textfile(void)
{
	struct ours g = { 7, 7, "wrpt\n", "on\n", false, false };
	char out[OUTPUT_BYTES], folder[4096], path[4096], line[4200];
	struct stat st;

	tree_ours(&g);
	snprintf(path, sizeof(path), "%s", tree_path("metrics/pvpanic.prom"));
	snprintf(folder, sizeof(folder), "%s", dirname(strcpy(line, path)));
	umask(077);
	result(run_textfile(out, path, allow_writing) == OK && !*out &&
	       file_has(path, "\npvpanic_armed 1\n") && file_has(path, "\npvpanic_state 0\n") &&
	       file_has(path, "# TYPE pvpanic_armed gauge\n") &&
	       file_has(path, "\npvpanic_devices 1\n") &&
	       file_has(path, "\npvpanic_reason_info{reason=\"armed\",version=\"") &&
	       file_has(path, "\npvpanic_device_armed{bus=\"platform\",device=\"QEMU0001:00\","
			      "driver=\"pvpanic-guest\",reason=\"armed\"} 1\n"), "textfile armed");
	result(!stat(path, &st) && (st.st_mode & 0777) == 0644, "textfile can be read by all");
	umask(022);

	tree_file("sys/kernel/kexec_crash_loaded", "1\n");
	tree_file(DEVICE "/crash_hook", "off\n");
	result(run_textfile(out, path, allow_writing) == CRITICAL && strstr(out, "kdump-hook-off") &&
	       file_has(path, "\npvpanic_armed 0\n") && file_has(path, "\npvpanic_state 2\n") &&
	       file_has(path, "\npvpanic_crash_kernel_loaded 1\n") && is_alone(folder),
	       "textfile not-armed");

	tree_file(DEVICE "/crash_hook", "on\n");
	snprintf(line, sizeof(line), "pvpanic-check: cannot write %s: %s\n", path, strerror(EFBIG));
	result(run_textfile(out, path, limit_writing) == UNKNOWN && !strcmp(out, line) &&
	       file_has(path, "\npvpanic_armed 0\n") && is_alone(folder), "textfile full-disk");

	snprintf(line, sizeof(line), "pvpanic-check: cannot write %s: %s\n", folder, strerror(EISDIR));
	result(run_textfile(out, folder, allow_writing) == UNKNOWN && !strcmp(out, line),
	       "textfile is-a-folder");
	strcpy(path + strlen(folder), "/none/pvpanic.prom");
	snprintf(line, sizeof(line), "pvpanic-check: cannot write %s: %s\n", path, strerror(ENOENT));
	result(run_textfile(out, path, allow_writing) == UNKNOWN && !strcmp(out, line) &&
	       is_alone(folder), "textfile no-folder");

	/* A driver may be called anything; the file has to stay one. */
	unlink(tree_path(DEVICE "/driver"));
	tree_link(DEVICE "/driver", "../drivers/\"\\\n\xff}");
	strcpy(path + strlen(folder), "/pvpanic.prom");
	result(run_textfile(out, path, allow_writing) == UNKNOWN &&
	       file_has(path, ",driver=\"\\\"\\\\??}\",reason=\"unknown-driver\"} 0\n"),
	       "textfile name-escaped");
}

static void test_usage(void)
{
	char out[OUTPUT_BYTES];
	char *help[] = { (char *)program, "--help", NULL };
	char *short_help[] = { (char *)program, "-h", NULL };
	char *version[] = { (char *)program, "--version", NULL };
	char *both[] = { (char *)program, "-q", "--json", NULL };
	char *no_file[] = { (char *)program, "--textfile", NULL };
	char *wrong[] = { (char *)program, "--jsn", NULL };
	char *word[] = { (char *)program, "json", NULL };
	char *no_dir[] = { (char *)program, "--root", NULL };

	result(run(out, help) == 0 && !strncmp(out, "usage: ", 7), "help");
	result(run(out, short_help) == 0 && !strncmp(out, "usage: ", 7), "help short");
	result(run(out, version) == 0 && !strncmp(out, "pvpanic-check ", 14) && strchr(out, '.'), "version");
	result(run(out, wrong) == 3 && strstr(out, "usage: "), "unknown-option");
	result(run(out, word) == 3 && strstr(out, "usage: "), "unknown-word");
	result(run(out, no_dir) == 3 && strstr(out, "usage: "), "option-without-value");
	result(run(out, no_file) == 3 && strstr(out, "usage: "), "option-without-file");
	result(run(out, both) == 3 && strstr(out, "usage: "), "options-that-exclude-each-other");
}

/* The filter that every run above was under does see a program that writes. */
static void test_filter(void)
{
	char out[OUTPUT_BYTES], path[4096];
	char *argv[] = { "/bin/sh", "-c", path, NULL };
	const char *saved = program;

	snprintf(path, sizeof(path), "echo 1 >%s/written", root);
	program = "/bin/sh";
	result(run(out, argv) == 128 + 31, "writing-is-seen");
	program = saved;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: pvpanic-check-test PROGRAM SCRATCH-FOLDER\n");
		return 2;
	}
	program = argv[1];
	root = argv[2];
	ktap_plan(0);
	test_all_states();
	test_in_tree();
	test_node();
	test_pci();
	test_unbound();
	test_not_ours();
	test_odd_values();
	test_reasons();
	test_textfile();
	test_usage();
	test_filter();
	return ktap_end();
}
