// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fields of a scenario: one table with the name of each, its type, its default and
 * its documentation. To add a field, add a member to struct scenario and a row here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"

/* A parser returns what is wrong with the text, or NULL. */
struct field {
	const char *name;	/* NULL: a heading of the documentation */
	const char *(*parse)(void *member, const char *text);
	size_t member;
	const char *initial;	/* the default; NULL leaves the member zero */
	const char *choices;	/* instead of a parser: the words of an enum, in its order */
	const char *doc;
};

const char *const outcome_names[OUTCOMES + 1] = {
	[OUTCOME_PAUSED] = "paused",
	[OUTCOME_REBOOTS] = "reboots",
	[OUTCOME_POWEROFF] = "poweroff",
	[OUTCOME_KILLED] = "killed",
	[OUTCOME_RUNS] = "runs",
	[OUTCOME_HALTS] = "halts",
	[OUTCOME_CRASH_KERNEL] = "crash-kernel",
	[OUTCOME_NEW_KERNEL] = "new-kernel",
};

static const char *parse_text(void *member, const char *text)
{
	*(char **)member = format("%s", text);
	return NULL;
}

static const char *parse_number(void *member, const char *text)
{
	char *end;

	*(int *)member = strtol(text, &end, 10);
	return *text && !*end ? NULL : "not a number";
}

static int choice(const char *choices, const char *text)
{
	struct words w = { 0 };
	int i, found = -1;

	words_split(&w, choices, " ");
	for (i = 0; i < (int)w.n; i++)
		if (!strcmp(w.v[i], text))
			found = i;
	words_free(&w);
	return found;
}

static const char *parse_yes_no(void *member, const char *text)
{
	*(bool *)member = !strcmp(text, "yes");
	return choice("no yes", text) < 0 ? "neither yes nor no" : NULL;
}

static const char *parse_device(void *member, const char *text)
{
	struct device *device = member;
	struct words parts = { 0 };
	const char *wrong = NULL;
	size_t i;

	words_split(&parts, text, "+");
	for (i = 0; i < parts.n && !wrong; i++) {
		if (!strcmp(parts.v[i], "pci")) {
			device->pci = true;
		} else if (device->platform != DEVICE_NONE) {
			wrong = "two platform devices";
		} else if (!strcmp(parts.v[i], "pvpanic")) {
			device->platform = DEVICE_QEMU;
		} else if (!strcmp(parts.v[i], "mmio")) {
			device->platform = DEVICE_MMIO;
		} else if (strcmp(text, "none")) {
			device->platform = DEVICE_VARIANT;
			device->variant = format("%s", parts.v[i]);
		}
	}
	words_free(&parts);
	return wrong;
}

static const char *parse_places(void *member, const char *text)
{
	struct places *guests = member, *places;
	struct words w = { 0 };
	const char *wrong = NULL;
	struct place place;
	size_t i;

	words_split(&w, text, " \t\n");
	for (i = 0; i < ARCHS; i++)
		guests[i] = (struct places){ checked(calloc(w.n + 1, sizeof(place))), 0 };
	for (i = 0; i < w.n && !wrong; i++) {
		if (sscanf(w.v[i], "%15[^/]/%d", place.machine, &place.cpus) != 2)
			wrong = "not MACHINE/CPUS ...";
		places = &guests[strcmp(place.machine, "virt") ? ARCH_X86 : ARCH_ARM64];
		places->v[places->n++] = place;
	}
	if (!w.n)
		wrong = "no guest";
	words_free(&w);
	return wrong;
}

/* 6.1 is less than 6.12. */
static int version(const char *text)
{
	int major = 0, minor = 0;

	sscanf(text, "%d.%d", &major, &minor);
	return major * 1000 + minor;
}

static const char *parse_kernels(void *member, const char *text)
{
	struct kernels *kernels = member;

	if (!strncmp(text, ">=", 2))
		*kernels = (struct kernels){ KERNELS_FROM, NULL, version(text + 2) };
	else if (text[0] == '<')
		*kernels = (struct kernels){ KERNELS_BEFORE, NULL, version(text + 1) };
	else
		*kernels = (struct kernels){ KERNELS_LIKE, format("%s", text), 0 };
	return NULL;
}

/* Return: what follows a word at the beginning of a line, or NULL. */
static const char *after(const char *line, const char *word)
{
	size_t n = strlen(word);

	return !strncmp(line, word, n) && line[n] == ' ' ? line + n + 1 : NULL;
}

static struct step step_of(const char *line)
{
	struct step step = { .kind = STEP_SHELL, .result = MUST_WORK };
	const char *rest;

	rest = after(line, "qmp");
	if (rest)
		step.kind = STEP_QMP;
	else if ((rest = after(line, "event")))
		step.kind = STEP_EVENT;
	else if (!strcmp(line, "migrate"))
		step.kind = STEP_MIGRATE;
	else if ((rest = after(line, "new-kernel")))
		step.new_kernel = true;
	step.line = format("%s", rest ? rest : line);
	return step;
}

static const char *parse_steps(void *member, const char *text)
{
	struct steps *steps = member;
	struct words lines = { 0 };
	size_t i;

	words_split(&lines, text, "\n");
	steps->v = checked(calloc(lines.n + 1, sizeof(*steps->v)));
	for (i = 0; i < lines.n; i++)
		steps->v[steps->n++] = step_of(lines.v[i]);
	words_free(&lines);
	return NULL;
}

static const char *parse_trigger(void *member, const char *text)
{
	static const struct {
		const char *name;
		struct trigger trigger;
	} known[] = {
		{ "none", { .kind = TRIGGER_NONE } },
		{ "boot", { .kind = TRIGGER_BOOT } },
		{ "proc-sysrq-c", { TRIGGER_SHELL, NULL, "echo c >/proc/sysrq-trigger" } },
		{ "poweroff", { TRIGGER_SHELL, NULL, "poweroff -f" } },
		{ "reboot", { TRIGGER_SHELL, NULL, "reboot -f" } },
		{ "halt", { TRIGGER_SHELL, NULL, "halt -f" } },
		{ "nmi", { TRIGGER_QMP, NULL, "{\"execute\": \"inject-nmi\"}" } },
		{ "key-sysrq-c", { TRIGGER_QMP, NULL,
		  "{\"execute\": \"send-key\", \"arguments\": {\"keys\": ["
		  "{\"type\": \"qcode\", \"data\": \"alt\"}, "
		  "{\"type\": \"qcode\", \"data\": \"sysrq\"}, "
		  "{\"type\": \"qcode\", \"data\": \"c\"}]}}" } },
	};
	struct trigger *trigger = member;
	const char *rest;
	size_t i;

	*trigger = (struct trigger){ TRIGGER_SHELL, NULL, (char *)text };
	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].name, text))
			*trigger = known[i].trigger;
	trigger->name = format("%s", text);
	rest = after(text, "qmp");
	if (rest)
		trigger->kind = TRIGGER_QMP;
	if (after(text, "module"))
		trigger->line = format("insmod /m/panic-in.ko %s", after(text, "module"));
	else
		trigger->line = format("%s", rest ? rest : trigger->line ? trigger->line : "");
	return NULL;
}

static const char *parse_params(void *member, const char *text)
{
	struct params *params = member;
	struct words w = { 0 };

	words_split(&w, text, " \t\n");
	params->port_only = words_have(&w, "transport=port");
	params->text = format("%s", text);
	words_free(&w);
	return NULL;
}

static const char *parse_outcomes(void *member, const char *text)
{
	struct outcomes *outcomes = member;
	struct words w = { 0 };
	size_t i;
	int k = 0;

	words_split(&w, text, " \t\n");
	for (i = 0; i < w.n && k < OUTCOMES && outcomes->n < OUTCOMES_MAX; i++) {
		for (k = 0; k < OUTCOMES && strcmp(outcome_names[k], w.v[i]); k++)
			;
		outcomes->v[outcomes->n++] = k;
	}
	i = w.n;
	words_free(&w);
	return i && i == outcomes->n && k < OUTCOMES ? NULL : "a word is no outcome";
}

static const char *parse_pattern(void *member, const char *text)
{
	pattern_parse(member, text);
	return NULL;
}

static const char *parse_say(void *member, const char *text)
{
	struct expect *expect = member;

	words_split(&expect->say, text, " \t\n");
	expect->wrpt = words_have(&expect->say, "transport=wrpt");
	return NULL;
}

static const char *parse_memory(void *member, const char *text)
{
	struct memory *memory = member;
	size_t n = strcspn(text, " \t\n");

	memory->address = format("%.*s", (int)n, text);
	pattern_parse(&memory->bytes, text + n);
	return NULL;
}

/**
 * regex_parse() - an extended regular expression
 * Return: NULL, or what is wrong with it.
 */
const char *regex_parse(struct regex *regex, const char *text)
{
	if (regcomp(&regex->compiled, text, REG_EXTENDED | REG_NOSUB))
		return "not a regular expression";
	regex->text = format("%s", text);
	return NULL;
}

/** regex_fits() - does it match a part of the text? */
bool regex_fits(const struct regex *regex, const char *text)
{
	return !regexec(&regex->compiled, text, 0, NULL, 0);
}

static const char *parse_regex(void *member, const char *text)
{
	return regex_parse(member, text);
}

static const char *parse_regexes(void *member, const char *text)
{
	struct regexes *regexes = member;
	struct words lines = { 0 };
	const char *wrong = NULL;

	words_split(&lines, text, "\n");
	regexes->v = checked(calloc(lines.n + 1, sizeof(*regexes->v)));
	while (regexes->n < lines.n && !wrong) {
		wrong = regex_parse(&regexes->v[regexes->n], lines.v[regexes->n]);
		regexes->n++;
	}
	words_free(&lines);
	return wrong;
}

#define MEMBER(member) offsetof(struct scenario, member)

static const struct field fields[] = {
	{ .doc = "The guest" },
	{ "why", parse_text, MEMBER(why), NULL, NULL,
	  "what the scenario shows; must be there" },
	{ "like", NULL, 0, NULL, NULL,
	  "take over all fields of an earlier scenario; those given here win" },
	{ "guests", parse_places, MEMBER(guests), "pc/1", NULL,
	  "where it runs: MACHINE/CPUS ... (pc/1 q35/4 virt/2). virt is for arm64 kernels, the\n"
	  "other machines are for x86 kernels. The full tier boots all of them on each kernel.\n"
	  "The quick tier boots one on each kernel: the first on the first kernel that the\n"
	  "scenario is for, the second on the second, and so on, around. Each architecture\n"
	  "counts for itself." },
	{ "quick", NULL, MEMBER(quick), "yes", "yes one-kernel no",
	  "is it in the quick tier (make check)? yes; one-kernel: its first guest, on\n"
	  "one of the kernels, which its name decides; no" },
	{ "kernels", parse_kernels, MEMBER(kernels), "*", NULL,
	  ">=6.1, <6.1, or a glob on the kernel's key, !(KEY) too" },
	{ "driver", NULL, MEMBER(driver), "ours", "ours in-tree none",
	  "ours, in-tree or none: which driver is loaded" },
	{ "device", parse_device, MEMBER(device), "pvpanic", NULL,
	  "pvpanic (QEMU's own), pci (QEMU's pvpanic-pci, whose id is pci), none, or the name\n"
	  "of a firmware variant, build/acpi/NAME.aml. With a variant, ports 0x505 and 0x606\n"
	  "are debugcons that answer 7 and show every byte. pvpanic+pci and NAME+pci are two\n"
	  "devices. mmio is a node qemu,pvpanic-mmio of an arm64 guest's device tree. In the\n"
	  "guest, \"panic-device\" prints the directory of the device." },
	{ "qemu-args", parse_text, MEMBER(qemu_args), "", NULL,
	  "further arguments of QEMU" },
	{ "disk", parse_text, MEMBER(disk), NULL, NULL,
	  "the name of a disk (/dev/vda, 768 MiB, empty at first). Scenarios with the same\n"
	  "disk run one after the other on each kernel, as they follow in the file." },
	{ "cmdline", parse_text, MEMBER(cmdline), "", NULL,
	  "added to the kernel's command line (a guest reboots after a panic and panics at\n"
	  "an oops unless this says otherwise)" },
	{ "image", NULL, MEMBER(image), "vmlinux", "vmlinux vmlinuz",
	  "vmlinuz: boot the packed kernel, which takes longer. Started unpacked (by its PVH\n"
	  "note) no kernel wakes from S3." },
	{ "parallel", parse_yes_no, MEMBER(parallel), "no", NULL,
	  "yes: each CPU has a thread of the host, because several have to run at once" },
	{ "console", NULL, MEMBER(console), "read", "read unread",
	  "unread: from the trigger on nobody reads what the guest's serial console prints,\n"
	  "and its host end fills up" },
	{ "kdump", parse_yes_no, MEMBER(kdump), "no", NULL,
	  "yes: memory is reserved for a crash kernel, the guest's /kdump has kexec, a kernel\n"
	  "and an initrd, and they are loaded as such after the driver" },
	{ "timeout", parse_number, MEMBER(timeout), "60", NULL,
	  "seconds until the guest is ended (more on a busy host, and with a kernel that has\n"
	  "sanitizers)" },
	{ "boots", parse_number, MEMBER(boots), "3", NULL,
	  "how often a guest that did not come up is booted at most" },
	{ "panic-action", parse_text, MEMBER(panic_action), "pause", NULL,
	  "what QEMU does at a panic: pause, none, shutdown" },
	{ "way", parse_text, MEMBER(way), NULL, NULL,
	  "what the kernel is doing as it panics, in words of its own. No two scenarios have\n"
	  "the same. \"like\" does not take it over." },

	{ .doc = "What is done in it, in this order; a shell line must return 0 (\"! line\" turns that)" },
	{ "before-load", parse_steps, MEMBER(before_load), NULL, NULL,
	  "shell lines; \"outb PORT VALUE\" writes a port; \"qmp COMMAND\" is for QEMU;\n"
	  "\"event NAME:detail\" waits until QEMU has reported this event; \"migrate\" moves the\n"
	  "guest to another QEMU, which goes on with it" },
	{ "params", parse_params, MEMBER(params), "", NULL,
	  "parameters of pvpanic-guest, which is loaded now" },
	{ "before", parse_steps, MEMBER(before), NULL, NULL,
	  "like before-load. A line that begins with \"new-kernel\" has done its work when\n"
	  "another kernel is up, which is told the next one." },
	{ "trigger", parse_trigger, MEMBER(trigger), "none", NULL,
	  "proc-sysrq-c, key-sysrq-c, nmi, poweroff, reboot, halt, none, \"module ARGS\"\n"
	  "(panic-in.ko), \"qmp COMMAND\", boot (the guest dies by itself on its way up),\n"
	  "\"die exit\" or \"die fault\" (the end of PID 1), or a shell line" },
	{ "crash-run", parse_text, MEMBER(crash_run), NULL, NULL,
	  "a shell line for the crash kernel, which counts as come up when it has returned 0" },
	{ "also-by-port", parse_yes_no, MEMBER(also_by_port), "no", NULL,
	  "yes: in the full tier, run it a second time, on the first of its guests, with\n"
	  "transport=port" },

	{ .doc = "What must have been seen" },
	{ "expect-outcome", parse_outcomes, MEMBER(expect_outcome), NULL, NULL,
	  "paused (run state guest-panicked; if more is expected the guest is then let go\n"
	  "on), reboots, poweroff, killed (by QEMU, for the panic), runs, halts, crash-kernel\n"
	  "(is up, with a readable /proc/vmcore), new-kernel (the one that a kexec has\n"
	  "started is up); must be there" },
	{ "expect-events", parse_pattern, MEMBER(expect_events), NULL, NULL,
	  "QMP: NAME:detail, such as GUEST_PANICKED:pause STOP SHUTDOWN:guest-reset" },
	{ "expect-port", parse_pattern, MEMBER(expect.port), NULL, NULL,
	  "bytes at 0x505 (two hex digits): what did not come by WRPT" },
	{ "expect-region", parse_pattern, MEMBER(expect.region), NULL, NULL,
	  "bytes at 0x606: what came by WRPT; 00 is the rehearsal" },
	{ "expect-either", parse_text, MEMBER(expect_either), NULL, NULL,
	  "a byte that must have come by one of the two" },
	{ "expect-memory", parse_memory, MEMBER(expect_memory), NULL, NULL,
	  "ADDRESS BYTE...: physical memory at the end, for a register there" },
	{ "expect-say", parse_say, MEMBER(expect), NULL, NULL,
	  "NAME=GLOB ...: the device's sysfs attributes and driver (pci-NAME=GLOB of a PCI\n"
	  "device beside an ACPI device), and any other line with \"=\" that a shell line\n"
	  "printed. Lines that begin with \"# \" are shown as they come." },
	{ "expect-log", parse_regexes, MEMBER(expect_log), NULL, NULL,
	  "each line a regular expression that some console line fits" },
	{ "expect-not-wrpt", parse_regex, MEMBER(expect.not_wrpt), NULL, NULL,
	  "a regular expression: why the driver does not use WRPT, as it says on the console.\n"
	  "Where only the port can be used (see below), the reason is another one." },
	{ "refuse-log", parse_regex, MEMBER(refuse_log), NULL, NULL,
	  "a regular expression that no console line may fit" },
	{ "allow-log", parse_regex, MEMBER(allow_log), NULL, NULL,
	  "excuses console lines from the check for bug reports" },
	{ "must-fail", parse_regex, MEMBER(must_fail), NULL, NULL,
	  "the verdict is turned: it has to fail, for a reason that fits" },
};

#define FIELDS ((int)(sizeof(fields) / sizeof(*fields)))

_Static_assert(FIELDS <= FIELDS_MAX, "FIELDS_MAX is too small");

/** field_find() - the number of a field, -1 for none of this name */
int field_find(const char *name)
{
	int f;

	for (f = 0; f < FIELDS; f++)
		if (fields[f].name && !strcmp(fields[f].name, name))
			return f;
	return -1;
}

/*
 * If the driver uses the port alone, what would come by WRPT comes by the port. Only a rehearsal
 * writes 00.
 */
static void expect_by_port(struct expect *to, const struct expect *from, bool rehearsed)
{
	const struct pattern *patterns[] = { &from->port, &from->region };
	struct words bytes[2] = { 0 }, w = { 0 };
	char *text;
	size_t i, k, rehearsal;

	for (i = 0; i < 2; i++) {
		words_split(&w, patterns[i]->text ? patterns[i]->text : "", " \t\n");
		for (k = 0; k < w.n; k++) {
			rehearsal = !strncmp(w.v[k], "00", 2);
			if (strcmp(w.v[k], "none") && (rehearsed || !rehearsal))
				words_add(&bytes[i * rehearsal], w.v[k]);
		}
		words_free(&w);
	}
	text = words_join(&bytes[0], " ");
	pattern_parse(&to->port, text);
	free(text);
	text = words_join(&bytes[1], " ");
	pattern_parse(&to->region, text);
	for (i = 0; i < from->say.n; i++)
		words_add(&to->say, strcmp(from->say.v[i], "transport=wrpt") ? from->say.v[i] :
			  "transport=port");
	free(text);
	words_free(&bytes[0]);
	words_free(&bytes[1]);
}

static const char *missing(const struct scenario *s)
{
	bool ports = s->device.platform == DEVICE_VARIANT;

	if (!s->why)
		return "a scenario must say why it is there (why = ...)";
	if (!s->expect_outcome.n)
		return "expect-outcome is missing";
	if (!ports && (s->expect.port.text || s->expect.region.text))
		return "bytes can only be expected of a firmware variant (device = ...)";
	if (ports && (!s->expect.port.text || !s->expect.region.text))
		return "a firmware variant needs expect-port and expect-region";
	if (!ports && !s->expect_events.text)
		return "expect-events is missing (it can be none)";
	return NULL;
}

static const char *parse(const struct field *field, void *member, const char *text)
{
	if (field->parse)
		return field->parse(member, text);
	if (!field->choices)
		return NULL;
	*(int *)member = choice(field->choices, text);
	return *(int *)member < 0 ? format("not one of: %s", field->choices) : NULL;
}

/**
 * fields_parse() - fill a scenario in
 * @text: of each field, by its number; NULL where the file says nothing
 *
 * Return: NULL, or what is wrong.
 */
const char *fields_parse(struct scenario *s, char *const text[FIELDS_MAX])
{
	const char *value, *wrong;
	int f;

	for (f = 0; f < FIELDS; f++) {
		value = text[f] ? text[f] : fields[f].initial;
		if (!value)
			continue;
		wrong = parse(&fields[f], (char *)s + fields[f].member, value);
		if (wrong)
			return format("%s = %s: %s", fields[f].name, value, wrong);
	}
	expect_by_port(&s->expect_by_port, &s->expect, false);
	expect_by_port(&s->expect_rehearsed, &s->expect, true);
	return missing(s);
}

static void print_indented(const char *text)
{
	for (; *text; text++) {
		putchar(*text);
		if (*text == '\n')
			printf("%20s", "");
	}
}

/** fields_print() - the documentation of all fields */
void fields_print(void)
{
	const struct field *f;

	for (f = fields; f < fields + FIELDS; f++) {
		if (!f->name) {
			printf("%s%s\n", f == fields ? "" : "\n", f->doc);
			continue;
		}
		printf("  %-17s ", f->name);
		print_indented(f->doc);
		if (f->initial && *f->initial)
			printf(" (default: %s)", f->initial);
		printf("\n");
	}
}
