// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ACPI tables of a QEMU with a pvpanic device, taken without booting
 * anything: QEMU is started with its CPUs stopped, and qtest reads the tables
 * from fw_cfg, where the firmware would fetch them (QEMU, docs/specs/fw_cfg).
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define QEMU			"/usr/bin/qemu-system-x86_64"

#define FW_CFG_DMA_HIGH		0x514
#define FW_CFG_DMA_LOW		0x518
#define FW_CFG_DIRECTORY	0x19
#define DMA_READ		2
#define DMA_SELECT		8

/* Guest memory that nobody uses while the CPUs are stopped. */
#define DMA_COMMAND		0x1000
#define DMA_BUFFER		0x100000

#define TABLES_FILE		"etc/acpi/tables"
#define MAX_FILES		256
#define MAX_TABLES		(16 << 20)
#define DEADLINE_S		30

/* An entry of fw_cfg's directory; numbers are big-endian. */
struct fw_cfg_file {
	uint8_t size[4];
	uint8_t select[2];
	uint8_t reserved[2];
	char name[56];
};

struct qemu {
	pid_t pid;
	FILE *to, *from;
};

static int qemu_start(struct qemu *q, const char *root, const char *machine)
{
	int to[2], from[2], log;

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		return -1;
	q->pid = fork();
	if (q->pid < 0)
		return -1;
	if (!q->pid) {
		log = open("/dev/null", O_WRONLY);
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		dup2(log, STDERR_FILENO);
		alarm(DEADLINE_S);	/* lives on through exec: QEMU cannot outstay it */
		if (chroot(root) || chdir("/"))
			_exit(127);
		execl(QEMU, QEMU, "-machine", machine, "-accel", "tcg", "-S", "-nodefaults",
		      "-display", "none", "-device", "pvpanic", "-qtest", "stdio", NULL);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	q->to = fdopen(to[1], "w");
	q->from = fdopen(from[0], "r");
	return 0;
}

static void qemu_end(struct qemu *q)
{
	fclose(q->to);
	fclose(q->from);
	kill(q->pid, SIGKILL);
	waitpid(q->pid, NULL, 0);
}

/* One command; returns the answer's value as text, to be freed, or NULL. */
static char *qtest(struct qemu *q, const char *command)
{
	char *line = NULL, *value = NULL;
	size_t size = 0;

	fprintf(q->to, "%s\n", command);
	fflush(q->to);
	while (getline(&line, &size, q->from) > 0) {
		line[strcspn(line, "\r\n")] = '\0';
		if (!strncmp(line, "FAIL", 4) || !strncmp(line, "ERR", 3))
			break;
		if (!strncmp(line, "OK", 2)) {
			value = strdup(line[2] ? line + 3 : "");
			break;
		}
	}
	free(line);
	return value;
}

static int qtest_do(struct qemu *q, const char *command)
{
	char *value = qtest(q, command);

	free(value);
	return value ? 0 : -1;
}

static int qtest_read(struct qemu *q, uint32_t addr, uint8_t *data, uint32_t len)
{
	char command[64], *value;
	unsigned int byte;
	uint32_t i = 0;

	snprintf(command, sizeof(command), "read 0x%x 0x%x", addr, len);
	value = qtest(q, command);
	if (value && strlen(value) == 2 + 2 * (size_t)len)
		for (; i < len && sscanf(value + 2 + 2 * i, "%2x", &byte) == 1; i++)
			data[i] = byte;
	free(value);
	return i == len ? 0 : -1;
}

/* fw_cfg's DMA: a command in guest memory, whose address is then written to a port. */
static int fw_cfg_read(struct qemu *q, unsigned int select, uint8_t *data, uint32_t len)
{
	char command[128];

	snprintf(command, sizeof(command), "write 0x%x 0x10 0x%08x%08x%016x", DMA_COMMAND,
		 select << 16 | DMA_SELECT | DMA_READ, len, DMA_BUFFER);
	if (qtest_do(q, command))
		return -1;
	snprintf(command, sizeof(command), "outl 0x%x 0", FW_CFG_DMA_HIGH);
	if (qtest_do(q, command))
		return -1;
	snprintf(command, sizeof(command), "outl 0x%x 0x%x", FW_CFG_DMA_LOW,
		 __builtin_bswap32(DMA_COMMAND));
	if (qtest_do(q, command))
		return -1;
	return qtest_read(q, DMA_BUFFER, data, len);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static uint8_t *read_tables(struct qemu *q, size_t *len)
{
	static struct {
		uint8_t count[4];
		struct fw_cfg_file files[MAX_FILES];
	} dir;
	struct fw_cfg_file *f;
	uint8_t *tables;
	uint32_t count;

	if (fw_cfg_read(q, FW_CFG_DIRECTORY, dir.count, sizeof(dir.count)))
		return NULL;
	count = be32(dir.count);
	if (count > MAX_FILES ||
	    fw_cfg_read(q, FW_CFG_DIRECTORY, dir.count, sizeof(dir.count) + count * sizeof(*f)))
		return NULL;
	for (f = dir.files; f < dir.files + count; f++)
		if (!strncmp(f->name, TABLES_FILE, sizeof(f->name)))
			break;
	if (f == dir.files + count)
		return NULL;
	*len = be32(f->size);
	if (*len > MAX_TABLES)
		return NULL;
	tables = malloc(*len);
	if (tables && fw_cfg_read(q, f->select[0] << 8 | f->select[1], tables, *len)) {
		free(tables);
		tables = NULL;
	}
	return tables;
}

bool qemu_there(const char *root)
{
	char path[512];

	snprintf(path, sizeof(path), "%s" QEMU, root);
	return !access(path, X_OK);
}

/**
 * qemu_dsdt() - the DSDT of a QEMU with a pvpanic device
 * @root: the system that has this QEMU, "/" or a build root
 * @machine: its machine type
 * @len: where the table's length goes, in bytes
 *
 * Return: the table, to be freed; NULL when QEMU does not run or has none. Never
 * takes longer than 30 seconds.
 */
uint8_t *qemu_dsdt(const char *root, const char *machine, size_t *len)
{
	uint8_t *tables, *dsdt = NULL;
	size_t size, i, table_len;
	struct qemu q;

	signal(SIGPIPE, SIG_IGN);
	if (qemu_start(&q, root, machine))
		return NULL;
	tables = read_tables(&q, &size);
	qemu_end(&q);
	if (!tables)
		return NULL;

	for (i = 0; i + 8 < size && !dsdt; i++) {
		if (memcmp(tables + i, "DSDT", 4))
			continue;
		table_len = tables[i + 4] | tables[i + 5] << 8 | tables[i + 6] << 16 |
			    (size_t)tables[i + 7] << 24;
		if (table_len > size - i)
			continue;
		dsdt = malloc(table_len);
		if (!dsdt)
			break;
		memcpy(dsdt, tables + i, table_len);
		*len = table_len;
	}
	free(tables);
	return dsdt;
}
