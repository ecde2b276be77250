/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A scenario: one guest, what it is told, and what the host must have seen of it. Every
 * field of the file is parsed once, into the member of the same name; the table of fields
 * is in fields.c.
 */
#ifndef VM_SCENARIO_H
#define VM_SCENARIO_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/* The order is that of the choices in the table of fields. */
enum driver { DRIVER_OURS, DRIVER_IN_TREE, DRIVER_NONE };
enum quick { QUICK_YES, QUICK_ONE_KERNEL, QUICK_NO };
enum image { IMAGE_VMLINUX, IMAGE_VMLINUZ };
enum console { CONSOLE_READ, CONSOLE_UNREAD };

enum outcome {
	OUTCOME_PAUSED,
	OUTCOME_REBOOTS,
	OUTCOME_POWEROFF,
	OUTCOME_KILLED,
	OUTCOME_RUNS,
	OUTCOME_HALTS,
	OUTCOME_CRASH_KERNEL,
	OUTCOME_NEW_KERNEL,
	OUTCOMES,
};

extern const char *const outcome_names[OUTCOMES + 1];

enum { OUTCOMES_MAX = 8 };

struct outcomes {
	enum outcome v[OUTCOMES_MAX];
	size_t n;
};

struct device {
	enum { DEVICE_NONE, DEVICE_QEMU, DEVICE_VARIANT, DEVICE_MMIO } platform;
	char *variant;		/* its name, see acpi/variants */
	bool pci;		/* there is a PCI device, beside the platform device or alone */
};

enum arch { ARCH_X86, ARCH_ARM64, ARCHS };

/* Where a guest runs. */
struct place {
	char machine[16];
	int cpus;
};

struct places {
	struct place *v;
	size_t n;
};

/* Which kernels a scenario is for. */
struct kernels {
	enum { KERNELS_LIKE, KERNELS_FROM, KERNELS_BEFORE } kind;
	char *glob;		/* on the kernel's key */
	int version;
};

struct step {
	enum { STEP_SHELL, STEP_QMP, STEP_EVENT, STEP_MIGRATE } kind;
	enum { MUST_WORK, MUST_FAIL, MAY_FAIL } result;
	bool new_kernel;	/* it ends when another kernel has come up */
	char *line;
};

struct steps {
	struct step *v;
	size_t n;
};

struct trigger {
	enum { TRIGGER_NONE, TRIGGER_BOOT, TRIGGER_SHELL, TRIGGER_QMP } kind;
	char *name;		/* as the scenario has it */
	char *line;
};

struct params {
	char *text;
	bool port_only;		/* transport=port is one of them */
};

struct memory {
	char *address;
	struct pattern bytes;
};

struct regex {
	char *text;		/* NULL if there is none */
	regex_t compiled;
};

struct regexes {
	struct regex *v;
	size_t n;
};

/* What must have been seen, in so far as it depends on how the event is sent. */
struct expect {
	struct pattern port;
	struct pattern region;
	struct words say;
	bool wrpt;		/* the driver has to say that it uses WRPT */
	struct regex not_wrpt;
};

struct scenario {
	char *name;
	char *why;
	struct device device;
	char *qemu_args;
	char *disk;
	struct places guests[ARCHS];	/* by their machine */
	enum quick quick;
	bool also_by_port;
	struct kernels kernels;
	enum driver driver;
	char *way;
	bool parallel;
	char *cmdline;
	enum image image;
	enum console console;
	bool kdump;
	int timeout;
	int boots;
	char *panic_action;

	struct steps before_load;
	struct params params;
	struct steps before;
	struct trigger trigger;
	char *crash_run;

	struct outcomes expect_outcome;
	struct pattern expect_events;
	struct expect expect;
	struct expect expect_by_port;	/* the same if the driver uses the port alone */
	struct expect expect_rehearsed;	/* and if it does so because of a rehearsal */
	char *expect_either;
	struct memory expect_memory;
	struct regexes expect_log;
	struct regex refuse_log;
	struct regex allow_log;
	struct regex must_fail;

	struct scenario *next;
};

struct scenarios {
	struct scenario *first;
	struct scenario **last;
	struct draft *drafts;	/* as read, because a later scenario may be "like" them */
};

/* fields.c */
enum { FIELDS_MAX = 48 };

int field_find(const char *name);
const char *fields_parse(struct scenario *s, char *const text[FIELDS_MAX]);
void fields_print(void);
const char *regex_parse(struct regex *regex, const char *text);
bool regex_fits(const struct regex *regex, const char *text);

/* scenario.c */
int scenarios_load(struct scenarios *all, const char *path);
int scenarios_add(struct scenarios *all, const char *text);

#endif
