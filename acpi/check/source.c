// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ASL files speak for themselves: a line "// exec:" in one says what
 * evaluating the table has to give. This file reads those lines, and judges
 * what the compiler said of the file.
 */
#include <ctype.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

#define EXEC_MARK	"// exec: "

/**
 * source_read() - read an ASL file's name and its expectations
 * @src: where they go
 * @path: the file
 * @build: the folder with what the compiler made of it; a file that itself lies
 *	in there, for it was generated, has its results beside it
 *
 * Return: 0, or -1 when the file cannot be read or promises too much.
 */
int source_read(struct source *src, const char *path, const char *build)
{
	char *text = (char *)file_read(path, NULL), *line, *save = NULL, *copy;
	int ret = -1;

	if (!text)
		return -1;
	*src = (struct source){ .count = 0 };
	copy = strdup(path);
	snprintf(src->name, sizeof(src->name), "%s", basename(copy));
	src->name[strcspn(src->name, ".")] = '\0';
	snprintf(src->build, sizeof(src->build), "%s",
		 strncmp(path, build, strlen(build)) ? build : dirname(copy));
	free(copy);

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, EXEC_MARK, strlen(EXEC_MARK)))
			continue;
		if (src->count == MAX_EXPECTS)
			goto out;
		src->expects[src->count++] = strdup(line + strlen(EXEC_MARK));
	}
	ret = 0;
out:
	free(text);
	return ret;
}

void source_free(struct source *src)
{
	while (src->count)
		free(src->expects[--src->count]);
}

/** source_check_compiled() - one test: iasl took the file and had nothing to say */
void source_check_compiled(const struct source *src)
{
	static const char clean[] = "0 Errors, 0 Warnings, 0 Remarks";
	char path[512];
	uint8_t *aml, *log;
	size_t len = 0;
	bool ok;

	snprintf(path, sizeof(path), "%s/%s.aml", src->build, src->name);
	aml = file_read(path, &len);
	snprintf(path, sizeof(path), "%s/%s.log", src->build, src->name);
	log = file_read(path, NULL);

	ok = aml && aml_checksum_good(aml, len) && log && strstr((char *)log, clean);
	ktap_ok(ok, "compile %s", src->name);
	if (!ok)
		ktap_note_text(log ? (char *)log : "not compiled");
	free(aml);
	free(log);
}
