// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's end of the bench: PID 1 of a guest that is about to die.
 *
 * It speaks on a serial port of its own (HOST), never on the console, so that
 * a kernel which prints a good line and then dies can't look like a pass. It
 * says "up", then takes a shell line at a time from the host, runs it with its
 * output on the same port, and answers "= STATUS". The host stays in charge:
 * one initramfs serves every scenario, and every step is seen to begin and end.
 *
 * In a crash kernel it says "crash-up" instead, or "crash-without" where the old
 * kernel's memory can't be read, so that one port tells of both kernels.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#ifdef __x86_64__
#include <sys/io.h>
#endif

/* The second serial port of a PC. On arm64 the console is of another kind, and not counted. */
#ifdef __x86_64__
#define HOST "/dev/ttyS1"
#else
#define HOST "/dev/ttyS0"
#endif

#define LINE_MAX_BYTES 4096
#define CONSOLE_LOGLEVEL 6

static int host = -1;

static void open_host(void)
{
	struct termios tio;

	host = open(HOST, O_RDWR | O_NOCTTY);
	if (host < 0) {
		perror("init: " HOST);
		return;
	}
	if (tcgetattr(host, &tio) == 0) {
		cfmakeraw(&tio);
		cfsetspeed(&tio, B115200);
		tcsetattr(host, TCSANOW, &tio);
	}
}

/* One line from the host without its newline; NULL when the port has gone. */
static char *host_line(void)
{
	static char line[LINE_MAX_BYTES];
	size_t used = 0;
	ssize_t got;
	char c;

	while (used < sizeof(line) - 1) {
		got = read(host, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return NULL;
		if (c == '\n')
			break;
		line[used++] = c;
	}
	line[used] = '\0';
	return line;
}

/* Children left behind by earlier lines are reaped on the way. */
static int wait_for(pid_t child)
{
	int status;
	pid_t pid;

	do {
		pid = wait(&status);
	} while (pid != child && (pid > 0 || errno == EINTR));
	if (pid != child)
		return 255;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* "outb PORT VALUE": what no shell can do, so that the bench can be shown a bad byte. */
static int write_port(const char *line)
{
#ifdef __x86_64__
	unsigned int port, value;

	if (sscanf(line, "outb %i %i", (int *)&port, (int *)&value) != 2 || iopl(3))
		return 1;
	outb(value, port);
	return 0;
#else
	(void)line;
	return 1;
#endif
}

/* "die exit", "die fault": the end of PID 1, which is the kernel's. */
static void die(const char *how)
{
	volatile uintptr_t address = 8;

	if (!strcmp(how, "exit"))
		_exit(1);
	*(volatile int *)address = 0;
}

static int run(char *line)
{
	char *argv[] = { "sh", "-c", line, NULL };
	pid_t child;

	if (!strncmp(line, "outb ", 5))
		return write_port(line);
	if (!strncmp(line, "die ", 4))
		die(line + 4);
	child = fork();
	if (child == 0) {
		dup2(host, 1);
		dup2(host, 2);
		execv("/bin/busybox", argv);
		_exit(127);
	}
	return child < 0 ? 255 : wait_for(child);
}

static const char *greeting(void)
{
	char magic[4] = "";
	int vmcore = open("/proc/vmcore", O_RDONLY);

	if (vmcore < 0)
		return access("/proc/vmcore", F_OK) ? "up" : "crash-without";
	if (read(vmcore, magic, sizeof(magic)) != sizeof(magic))
		magic[0] = '\0';
	close(vmcore);
	return memcmp(magic, "\177ELF", sizeof(magic)) ? "crash-without" : "crash-up";
}

int main(void)
{
	struct utsname name = { 0 };
	char *line;

	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	setenv("PATH", "/bin", 1);	/* what else there is comes from the kernel's command line */
	open_host();

	/* The boot was quiet; from here on the console has to show everything. */
	klogctl(8, NULL, CONSOLE_LOGLEVEL + 1);
	uname(&name);
	/* A line of its own: OVMF has cleared the screen on this port too. */
	dprintf(host, "\n%s %s %ld\n", greeting(), name.release, sysconf(_SC_NPROCESSORS_ONLN));

	while ((line = host_line()) != NULL)
		dprintf(host, "\n= %d\n", run(line));
	for (;;)
		pause();
}
