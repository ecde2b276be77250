// SPDX-License-Identifier: GPL-2.0-only
/* What the tests of the simulator as a program share; see sim.h. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim.h"

/** sim_binary() - the simulator under test, from the environment */
const char *sim_binary(void)
{
	const char *binary = getenv("PVPANIC_SIM");

	if (!binary) {
		fputs("PVPANIC_SIM must name the simulator to test\n", stderr);
		exit(1);
	}
	return binary;
}

static void read_all(int fd, struct text *out)
{
	char buf[4096];
	ssize_t len;

	while ((len = read(fd, buf, sizeof(buf))) > 0)
		text_add(out, buf, len);
}

/**
 * sim_run() - run the simulator, which is to end by itself
 * @outcome: filled in; @err to be freed
 * @descriptors: limit, 0 for none
 * @argv: its arguments, without the program, ends with NULL
 */
void sim_run(struct outcome *outcome, unsigned int descriptors, char *const *argv)
{
	char *args[PEER_MAX_ARGS] = { (char *)sim_binary() };
	int i, raw, pipes[2];
	pid_t pid;

	*outcome = (struct outcome){ .status = -1 };
	for (i = 0; argv[i] && i < PEER_MAX_ARGS - 2; i++)
		args[i + 1] = argv[i];
	if (pipe(pipes))
		return;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(PEER_TIMEOUT_MS / 1000);
		dup2(pipes[1], 2);
		close(pipes[0]);
		close(pipes[1]);
		if (descriptors)
			limit_descriptors(descriptors);
		execv(args[0], args);
		_exit(127);
	}
	close(pipes[1]);
	read_all(pipes[0], &outcome->err);
	close(pipes[0]);
	text_add(&outcome->err, "", 0);
	waitpid(pid, &raw, 0);
	outcome->status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

unsigned int sim_count_files(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	unsigned int n = 0;

	while (d && (entry = readdir(d)))
		n += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
	if (d)
		closedir(d);
	return n;
}
