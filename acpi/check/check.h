/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of acpi-check share: one test line at a time, children with a
 * deadline, and AML in memory.
 */
#ifndef ACPI_CHECK_H
#define ACPI_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_EXPECTS	8
#define MAX_NODES	16
#define MAX_ROOTS	4
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* ktap.c */
void ktap_plan(int tests);
void ktap_ok(bool ok, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ktap_skip(const char *reason, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ktap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void ktap_note_text(const char *text);
int ktap_failed(void);

/* file.c */
uint8_t *file_read(const char *path, size_t *len);
int file_write(const char *path, const void *data, size_t len);

/* child.c */
/**
 * struct child - what a program left behind
 * @output: stdout and stderr, as one string; to be freed by the caller
 * @status: as wait(2) gives it
 * @ms: how long it ran, or took until it had said enough, in milliseconds
 * @late: it was ended because it ran past its deadline
 */
struct child {
	char *output;
	int status;
	long ms;
	bool late;
};

int child_run(struct child *child, char *const argv[], int deadline_s,
	      bool (*enough)(const char *output));

/* source.c */
/**
 * struct source - one ASL file and what its comments promise
 * @name: the file's name without folder and ending
 * @build: the folder with the compiler's results, NAME.aml and NAME.log
 * @expects: what stands behind each "// exec:"
 * @count: how many of them there are
 */
struct source {
	char name[64];
	char build[256];
	char *expects[MAX_EXPECTS];
	int count;
};

int source_read(struct source *src, const char *path, const char *build);
void source_free(struct source *src);
void source_check_compiled(const struct source *src);

/* exec.c */
void exec_check(const struct source *src, const char *expect);

/* aml.c */
/**
 * struct node - one object of an AML device
 * @name: its name as AML has it, four characters
 * @kind: "Name", "Method", "OperationRegion", "Field"
 * @aml: its bytes, opcode included
 * @len: how many
 */
struct node {
	char name[5];
	const char *kind;
	const uint8_t *aml;
	size_t len;
};

/**
 * struct device - one AML device, inside the table that holds it
 * @aml: its bytes, opcode and name included
 * @len: how many
 * @nodes: the objects in it
 * @count: how many of them
 */
struct device {
	const uint8_t *aml;
	size_t len;
	struct node nodes[MAX_NODES];
	int count;
};

int aml_find_device(struct device *dev, const uint8_t *aml, size_t len, const char *name);
const struct node *aml_find_node(const struct device *dev, const struct node *like);
int aml_regions_to_memory(uint8_t *table, size_t len);
bool aml_checksum_good(const uint8_t *table, size_t len);

/* qemu.c */
uint8_t *qemu_dsdt(const char *root, const char *machine, size_t *len);
bool qemu_there(const char *root);

/* compare.c */
const char *root_name(const char *root);
int compare_tests(const struct device *ours);
void compare_machine(const struct device *ours, const char *root, const char *machine);

#endif
