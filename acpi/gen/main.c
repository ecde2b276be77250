// SPDX-License-Identifier: GPL-2.0-only
/*
 * acpi-gen: random but valid firmware for the driver to survive. A seed gives
 * the same devices every time; each is a table of its own (NAME.asl, NAME.aml),
 * and devices.tsv says what the host must see when a guest with it panics.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gen.h"

static int usage(void)
{
	fprintf(stderr, "usage: acpi-gen [--seed N] [--count M] [--first K] DIR\n"
		"  M devices of seed N, from number K on (defaults: 1, 100, 0; K + M up to %d)\n",
		MAX_DEVICES);
	return 2;
}

static int number(const char *text, unsigned long long max, unsigned long long *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	return errno || end == text || *end || *text == '-' || *value > max ? -1 : 0;
}

/*
 * What iasl remarks on style is no business of a random table: objects made in a
 * method (2173), recursion (2098), a region in a method (3175), no resources (3150),
 * a number stored in itself (3023).
 */
static int compile(const char *prefix, const char *asl)
{
	char log[600];
	int status;
	pid_t pid;

	snprintf(log, sizeof(log), "%s.log", prefix);
	pid = fork();
	if (pid < 0)
		return -1;
	if (!pid) {
		if (!freopen(log, "w", stdout) || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
			_exit(127);
		execlp("iasl", "iasl", "-vs", "-we", "-vw", "2173", "-vw", "2098", "-vw", "3175",
		       "-vw", "3150", "-vw", "3023", "-p", prefix, asl, NULL);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status) {
		fprintf(stderr, "acpi-gen: %s does not compile; see %s\n", asl, log);
		return -1;
	}
	return 0;
}

static int generate(const char *dir, unsigned long long seed, unsigned int nr, FILE *record)
{
	struct device dev = { .nr = nr };
	char prefix[512], asl[520];
	FILE *out;

	snprintf(prefix, sizeof(prefix), "%s/P%03X", dir, nr);
	snprintf(asl, sizeof(asl), "%s.asl", prefix);
	out = fopen(asl, "w");
	if (!out) {
		perror(asl);
		return -1;
	}
	device_write(out, seed, &dev);
	if (fclose(out)) {
		perror(asl);
		return -1;
	}
	device_record(record, &dev);
	return compile(prefix, asl);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "count", required_argument, NULL, 'c' },
		{ "first", required_argument, NULL, 'f' },
		{ 0 }
	};
	unsigned long long seed = 1, count = 100, first = 0, i;
	char path[512];
	FILE *record;
	int opt, bad = 0;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if ((opt == 's' && !number(optarg, -1ull, &seed)) ||
		    (opt == 'c' && !number(optarg, MAX_DEVICES, &count)) ||
		    (opt == 'f' && !number(optarg, MAX_DEVICES, &first)))
			continue;
		return usage();
	}
	if (optind + 1 != argc || first + count > MAX_DEVICES)
		return usage();
	if (mkdir(argv[optind], 0777) && errno != EEXIST) {
		perror(argv[optind]);
		return 2;
	}
	snprintf(path, sizeof(path), "%s/devices.tsv", argv[optind]);
	record = fopen(path, "w");
	if (!record) {
		perror(path);
		return 2;
	}
	device_record_header(record);
	for (i = 0; i < count; i++)
		bad |= generate(argv[optind], seed, first + i, record);
	if (fclose(record)) {
		perror(path);
		return 2;
	}
	return bad ? 1 : 0;
}
