// SPDX-License-Identifier: GPL-2.0-only
/*
 * Demands that the tests reach each line and branch of the driver, in all its builds together. A
 * list names the exceptions, with a reason. An exception that is reached after all is an error,
 * so neither the driver nor the list can grow unseen.
 *
 * A branch whose condition has another shape in another kind of kernel is another branch.
 */
#include <err.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/ktap.h"

#define MAX_FILES    16
#define MAX_LINES    700
#define MAX_SHAPES   8
#define MAX_BRANCHES 32
#define MAX_LISTED   64
#define MAX_TEXT     256

struct shape {
	size_t branches;
	bool taken[MAX_BRANCHES];
};

struct line {
	bool code, reached;
	char text[MAX_TEXT]; /* without leading and trailing blanks */
	struct shape shapes[MAX_SHAPES];
	size_t nr_shapes;
};

static struct file {
	char name[64];
	struct line lines[MAX_LINES];
	unsigned int nr_lines, lines_reached;
	unsigned int nr_branches, branches_reached;
	unsigned int listed, missing;
} files[MAX_FILES];
static size_t nr_files;

static struct listed {
	char what[MAX_TEXT + 80];
	bool used;
} list[MAX_LISTED];
static size_t nr_listed;

static char *trim(char *s)
{
	size_t len;

	s += strspn(s, " \t");
	len = strlen(s);
	while (len && strchr(" \t\n", s[len - 1]))
		s[--len] = '\0';

	return s;
}

/* "file: text of the line # reason", or "file: text of the line [branch/branches] # reason" */
static void read_list(const char *path)
{
	FILE *stream = fopen(path, "r");
	char text[2 * MAX_TEXT], *reason;
	unsigned int number = 0;

	if (!stream)
		err(1, "%s", path);
	while (fgets(text, sizeof(text), stream)) {
		number++;
		if (*text == '#' || !*trim(text))
			continue;
		reason = strstr(text, " # ");
		if (!reason || !*trim(reason + 3))
			errx(1, "%s:%u: no reason", path, number);
		*reason = '\0';
		if (nr_listed == MAX_LISTED)
			errx(1, "%s: too long", path);
		snprintf(list[nr_listed++].what, sizeof(list->what), "%s", trim(text));
	}
	fclose(stream);
}

static void read_source(struct file *file, const char *path)
{
	FILE *stream = fopen(path, "r");
	char text[1024];
	unsigned int i;

	if (!stream)
		err(1, "%s", path);
	for (i = 1; i < MAX_LINES && fgets(text, sizeof(text), stream); i++)
		snprintf(file->lines[i].text, MAX_TEXT, "%.*s", MAX_TEXT - 1, trim(text));
	fclose(stream);
}

/* Returns NULL if the file is not in the folder of the driver's sources. */
static struct file *find_file(const char *folder, const char *path)
{
	size_t len = strlen(folder), i;

	if (strncmp(path, folder, len) || path[len] != '/')
		return NULL;
	for (i = 0; i < nr_files; i++)
		if (!strcmp(files[i].name, path + len + 1))
			return &files[i];
	if (nr_files == MAX_FILES)
		errx(1, "too many files");
	snprintf(files[nr_files].name, sizeof(files->name), "%s", path + len + 1);
	read_source(&files[nr_files], path);

	return &files[nr_files++];
}

static void add_branches(struct line *line, const json_t *branches)
{
	size_t n = json_array_size(branches), i;
	struct shape *shape = line->shapes;

	if (!n)
		return;
	if (n > MAX_BRANCHES)
		errx(1, "too many branches: %s", line->text);
	while (shape < line->shapes + line->nr_shapes && shape->branches != n)
		shape++;
	if (shape == line->shapes + line->nr_shapes) {
		if (line->nr_shapes++ == MAX_SHAPES)
			errx(1, "too many shapes: %s", line->text);
		shape->branches = n;
	}
	for (i = 0; i < n; i++)
		shape->taken[i] |= json_integer_value(json_object_get(json_array_get(branches, i),
								      "count")) > 0;
}

static void add_line(struct file *file, const json_t *json)
{
	json_int_t number = json_integer_value(json_object_get(json, "line_number"));
	struct line *line = &file->lines[number];

	if (number < 1 || number >= MAX_LINES)
		errx(1, "%s: line %lld", file->name, (long long)number);
	line->code = true;
	line->reached |= json_integer_value(json_object_get(json, "count")) > 0;
	add_branches(line, json_object_get(json, "branches"));
}

/* gcov prints one JSON value per object file. */
static void read_gcov(const char *folder)
{
	json_t *root, *f, *l;
	json_error_t error;
	struct file *file;
	size_t i, j;

	while ((root = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, &error))) {
		json_array_foreach(json_object_get(root, "files"), i, f) {
			file = find_file(folder, json_string_value(json_object_get(f, "file")));
			if (!file)
				continue;
			json_array_foreach(json_object_get(f, "lines"), j, l)
				add_line(file, l);
		}
		json_decref(root);
	}
	if (!feof(stdin))
		errx(1, "gcov: %s", error.text);
}

static bool is_listed(const char *what)
{
	bool found = false;
	size_t i;

	for (i = 0; i < nr_listed; i++) {
		if (strcmp(list[i].what, what))
			continue;
		list[i].used = true;
		found = true;
	}

	return found;
}

static void missing(struct file *file, unsigned int number, const char *what)
{
	if (is_listed(what)) {
		file->listed++;
		return;
	}
	file->missing++;
	ktap_note("not reached, line %u: %s", number, what);
}

static void judge_line(struct file *file, unsigned int number)
{
	struct line *line = &file->lines[number];
	char what[MAX_TEXT + 80];
	struct shape *shape;
	size_t i;

	if (!line->code)
		return;
	file->nr_lines++;
	file->lines_reached += line->reached;
	if (!line->reached) {
		snprintf(what, sizeof(what), "%s: %s", file->name, line->text);
		missing(file, number, what);
	}
	for (shape = line->shapes; shape < line->shapes + line->nr_shapes; shape++) {
		for (i = 0; i < shape->branches; i++) {
			file->nr_branches++;
			file->branches_reached += shape->taken[i];
			if (!line->reached || shape->taken[i])
				continue;
			snprintf(what, sizeof(what), "%s: %s [%zu/%zu]", file->name, line->text,
				 i + 1, shape->branches);
			missing(file, number, what);
		}
	}
}

int main(int argc, char **argv)
{
	unsigned int number, stale = 0;
	struct file *file;
	size_t i;

	if (argc != 3)
		errx(2, "usage: gcov --stdout --json-format ... | coverage FOLDER LIST");
	read_list(argv[2]);
	read_gcov(argv[1]);

	ktap_plan(nr_files + 1);
	for (file = files; file < files + nr_files; file++) {
		for (number = 1; number < MAX_LINES; number++)
			judge_line(file, number);
		ktap_result(!file->missing, file->name,
			    "reached: %u of %u lines, %u of %u branches, %u exceptions",
			    file->lines_reached, file->nr_lines, file->branches_reached,
			    file->nr_branches, file->listed);
	}
	for (i = 0; i < nr_listed; i++) {
		if (list[i].used)
			continue;
		stale++;
		ktap_note("in the list and not missing: %s", list[i].what);
	}
	ktap_result(!stale && nr_files, "the list is up to date", NULL);
	return ktap_end();
}
