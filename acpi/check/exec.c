// SPDX-License-Identifier: GPL-2.0-only
/*
 * Evaluates a table in acpiexec, ACPICA's interpreter in user space, and holds
 * the result against one line of the table's source:
 *
 *	// exec: METHOD [ARG...] = OUTCOME[, ADDRESS:VALUE]...[, N ms]
 *
 * METHOD is looked up in \_SB.PEVT, or in \_SB where it has a dot in it. OUTCOME
 * is an integer (0x07), a string in quotes, "package", "done" where success is
 * all that counts, or the status that evaluation fails with (AE_...). Then follow
 * all writes that AML makes, in their order, with as many hex digits as the access
 * is wide, and the time that it takes at least. Every port reads as 7. The
 * interpreter is as lax as Linux has it ("slack": an argument that was not given
 * reads as zero, and a method without a Return returns its last value).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define LOOP_LIMIT_S	"3"	/* ACPICA's own is 30 s */
#define DEADLINE_S	20

static char *trim(char *s)
{
	size_t len;

	s += strspn(s, " \t");
	len = strlen(s);
	while (len && strchr(" \t", s[len - 1]))
		s[--len] = '\0';
	return s;
}

/*
 * What acpiexec says of the evaluated object, in the words of an expectation.
 * Return: whether it has said all of it.
 */
static bool outcome(char *buf, size_t size, const char *output)
{
	unsigned long long value;
	const char *p;

	snprintf(buf, size, "no result");
	p = strstr(output, "failed with status ");
	if (p && strchr(p, '\n')) {
		p += strlen("failed with status ");
		snprintf(buf, size, "%.*s", (int)strcspn(p, "\n"), p);
		return true;
	}
	if (strstr(output, "No object was returned")) {
		snprintf(buf, size, "done");
		return true;
	}
	p = strstr(output, "returned object");
	p = p ? strchr(p, '\n') : NULL;
	if (!p || !strchr(p + 1, '\n'))
		return false;
	p += 1 + strspn(p + 1, " ");
	if (sscanf(p, "[Integer] = %llx", &value) == 1) {
		snprintf(buf, size, "0x%02llX", value);
	} else if (!strncmp(p, "[String]", 8)) {
		p += strcspn(p, "\"\n");
		snprintf(buf, size, "%.*s", (int)strcspn(p, "\n"), p);
	} else if (!strncmp(p, "[Package]", 9)) {
		snprintf(buf, size, "package");
	}
	return true;
}

/* acpiexec stays for a second after its last word: no need to wait for that. */
static bool said_all(const char *output)
{
	char buf[256];

	return outcome(buf, sizeof(buf), output);
}

/* Every write that acpiexec saw, each as ", ADDRESS:VALUE". */
static void writes(char *buf, size_t size, const char *output)
{
	static const char mark[] = "SystemMemory Write: ";
	unsigned long long value, addr;
	size_t used = 0;
	unsigned int bits;

	buf[0] = '\0';
	for (; (output = strstr(output, mark)) && used < size; output += strlen(mark)) {
		if (sscanf(output + strlen(mark), "Val %llx Addr %llx BitWidth %x",
			   &value, &addr, &bits) != 3)
			continue;
		/* What the field's update rule adds above the access stays off the bus. */
		if (bits < 64)
			value &= (1ull << bits) - 1;
		used += snprintf(buf + used, size - used, ", %04llX:%0*llX", addr,
				 (int)bits / 4, value);
	}
}

/* Takes ", N ms" off the end of an expectation. */
static long take_duration(char *want)
{
	char *comma = strrchr(want, ',');
	long ms;
	int end = 0;

	if (!comma || sscanf(comma, ", %ld ms%n", &ms, &end) != 1 || !end || comma[end])
		return 0;
	*comma = '\0';
	return ms;
}

/* The debugger's command for "METHOD [ARG...]"; it takes numbers as hex. */
static int command(char *buf, size_t size, char *call)
{
	char *save = NULL, *word = strtok_r(call, " ", &save);
	size_t used;

	if (!word)
		return -1;
	used = snprintf(buf, size, "evaluate \\_SB.%s%s", strchr(word, '.') ? "" : "PEVT.", word);
	while ((word = strtok_r(NULL, " ", &save)) && used < size)
		used += snprintf(buf + used, size - used, " 0x%lX", strtoul(word, NULL, 0));
	return used < size ? 0 : -1;
}

/**
 * exec_check() - one test: a table evaluates to what its source says
 * @src: the table; a copy of its AML with memory for ports goes beside it
 * @expect: what stands behind "// exec: "
 */
void exec_check(const struct source *src, const char *expect)
{
	char path[512], cmd[256], got[256], seen[256], both[600];
	char *copy = strdup(expect), *want = strstr(copy, " = ");
	char *argv[] = { "stdbuf", "-oL", "acpiexec", "-es", "-vr", "-fv", "7", "-to", LOOP_LIMIT_S,
			 "-b", cmd, path, NULL };
	struct child child = { 0 };
	uint8_t *aml = NULL;
	long at_least;
	size_t len;
	bool ok;

	if (!want) {
		ktap_ok(false, "exec %s: %s", src->name, expect);
		ktap_note("not an expectation: there is no \" = \" in it");
		goto out;
	}
	*want = '\0';
	want = trim(want + 3);
	at_least = take_duration(want);

	snprintf(path, sizeof(path), "%s/%s.aml", src->build, src->name);
	aml = file_read(path, &len);
	if (!aml || command(cmd, sizeof(cmd), copy)) {
		ktap_ok(false, "exec %s: %s", src->name, expect);
		goto out;
	}
	aml_regions_to_memory(aml, len);
	snprintf(path, sizeof(path), "%s/%s.exec", src->build, src->name);
	if (file_write(path, aml, len) || child_run(&child, argv, DEADLINE_S, said_all)) {
		ktap_ok(false, "exec %s: %s", src->name, expect);
		ktap_note("%s: cannot be run", path);
		goto out;
	}

	if (outcome(got, sizeof(got), child.output) && !strncmp(want, "done", 4) &&
	    strncmp(got, "AE_", 3))
		snprintf(got, sizeof(got), "done");
	writes(seen, sizeof(seen), child.output);
	snprintf(both, sizeof(both), "%s%s", got, seen);
	ok = !child.late && !strcmp(both, want) && child.ms >= at_least;
	ktap_ok(ok, "exec %s: %s", src->name, expect);
	if (!ok) {
		ktap_note("got: %s, %ld ms%s", both, child.ms,
			  child.late ? ", and then killed" : "");
		ktap_note_text(strstr(child.output, "Evaluating") ?: child.output);
	}
out:
	free(child.output);
	free(aml);
	free(copy);
}
