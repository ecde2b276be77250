// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs under a deadline: firmware that loops for ever must not take the test
 * run with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void become(char *const argv[], int out)
{
	int null = open("/dev/null", O_RDONLY);

	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	execvp(argv[0], argv);
	_exit(127);
}

/**
 * child_run() - run a program and keep what it says
 * @child: where the result goes; @child->output is to be freed
 * @argv: the program and its arguments
 * @deadline_s: after so many seconds it is killed, and @child->late set
 * @enough: where not NULL, asked whenever there is more output; as soon as it
 *	says yes, the program is ended
 *
 * Return: 0, or -1 with errno set when it could not be started.
 */
int child_run(struct child *child, char *const argv[], int deadline_s,
	      bool (*enough)(const char *output))
{
	long start = now_ms(), left;
	size_t used = 0, size = 0;
	struct pollfd pfd;
	int fds[2];
	ssize_t got;
	pid_t pid;

	*child = (struct child){ 0 };
	if (pipe2(fds, O_CLOEXEC))
		return -1;
	pid = fork();
	if (pid < 0) {
		close(fds[0]);
		close(fds[1]);
		return -1;
	}
	if (!pid)
		become(argv, fds[1]);
	close(fds[1]);
	pfd = (struct pollfd){ .fd = fds[0], .events = POLLIN };

	for (;;) {
		if (size - used < 4096) {
			size = size * 2 + 16384;
			child->output = realloc(child->output, size);
			if (!child->output)
				abort();
		}
		left = start + deadline_s * 1000L - now_ms();
		if (left <= 0 || poll(&pfd, 1, left) == 0) {
			child->late = true;
			kill(pid, SIGKILL);
			break;
		}
		got = read(fds[0], child->output + used, size - used - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		used += got;
		child->output[used] = '\0';
		if (enough && enough(child->output)) {
			kill(pid, SIGKILL);
			break;
		}
	}
	child->ms = now_ms() - start;
	child->output[used] = '\0';
	close(fds[0]);
	waitpid(pid, &child->status, 0);
	return 0;
}
