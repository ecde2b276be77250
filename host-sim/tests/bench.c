// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cost of many guests in one simulator, each with a client on its monitor; and the cost of one
 * real QEMU per guest, in the same run on the same machine. A missed target is exit status 1.
 *
 * usage: bench -s SIMULATOR -q QEMU [-n GUESTS]
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"

#define NEGOTIATE      "{\"execute\": \"qmp_capabilities\"}\n"
#define QEMU_STARTS    5
#define LATENCY_ROUNDS 10
#define LATENCY_WRITES 500 /* each round, each host: rounds alternate between the hosts */

static unsigned int guests = 9500;
static bool missed;

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(double *values, size_t n, double q)
{
	qsort(values, n, sizeof(*values), compare);
	return values[(size_t)(q * (n - 1))];
}

static const char *verdict(double value, double target)
{
	missed |= value > target;
	return value <= target ? "reached" : "MISSED";
}

/* Events arrive only after the negotiation. */
static void negotiate(struct conn *conn)
{
	conn_line(conn);
	if (conn_say(conn, NEGOTIATE))
		die("negotiate");
	conn_line(conn);
}

static void start_simulator(struct peer *peer, const char *simulator)
{
	if (peer_init(peer, simulator, NULL, 0))
		die("temporary directory");
	peer_args(peer, "--panic pause --guests %u --qmp @/%%d", guests);
	if (peer_start(peer))
		die(simulator);
}

static void connect_one(struct peer *peer, struct conn *conns, unsigned int i)
{
	char name[16];

	snprintf(name, sizeof(name), "%u", i);
	if (conn_open(&conns[i], peer, name))
		die("connect to a guest");
}

/* The simulator opens the sockets in order, so the start is over when the last guest serves. */
static void connect_all(struct peer *peer, struct conn *conns, double *start_ms)
{
	double begin = now_ms();
	unsigned int i;

	connect_one(peer, conns, guests - 1);
	*start_ms = now_ms() - begin;
	for (i = 0; i < guests - 1; i++)
		connect_one(peer, conns, i);
	for (i = 0; i < guests; i++)
		negotiate(&conns[i]);
}

/* All guests panic at once. Measure when each client hears it. */
static void storm(struct peer *peer, struct conn *conns, double *times)
{
	struct epoll_event event = { .events = EPOLLIN }, ready[256];
	int epoll = epoll_create1(EPOLL_CLOEXEC), n, i;
	unsigned int heard = 0;
	char buf[4096];
	double begin;
	ssize_t len;

	for (heard = 0; heard < guests; heard++) {
		event.data.u32 = heard;
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, fileno(conns[heard].in), &event))
			die("epoll");
	}
	begin = now_ms();
	peer_kill(peer, SIGUSR1);
	for (heard = 0; heard < guests;) {
		n = epoll_wait(epoll, ready, 256, PEER_TIMEOUT_S * 1000);
		if (n <= 0)
			die("a client never heard of its guest's panic");
		for (i = 0; i < n; i++) {
			len = recv(fileno(conns[ready[i].data.u32].in), buf, sizeof(buf) - 1,
				   MSG_DONTWAIT);
			buf[len > 0 ? len : 0] = 0;
			if (strstr(buf, "GUEST_PANICKED"))
				times[heard++] = now_ms() - begin;
		}
	}
	close(epoll);
}

static void bench_scale(const char *simulator, double *kib_per_guest)
{
	struct conn *conns = calloc(guests, sizeof(*conns));
	double *times = calloc(guests, sizeof(*times)), start_ms = 0, end_ms;
	struct peer peer;
	unsigned int i;
	long kib;

	start_simulator(&peer, simulator);
	connect_all(&peer, conns, &start_ms);
	kib = peer_memory_kib(&peer, "Rss:");
	storm(&peer, conns, times);
	*kib_per_guest = (double)kib / guests;

	printf("%u guests in one process, a QMP client on each\n", guests);
	printf("  resident             %8.1f MiB   target 150 MiB: %s\n", kib / 1024.0,
	       verdict(kib / 1024.0, 150));
	printf("  start to last socket %8.0f ms    target 2000 ms: %s\n", start_ms,
	       verdict(start_ms, 2000));
	printf("  storm, last client   %8.0f ms    target 1000 ms: %s\n", times[guests - 1],
	       verdict(times[guests - 1], 1000));
	printf("  storm, median client %8.0f ms\n", quantile(times, guests, 0.5));
	end_ms = now_ms();
	if (peer_end(&peer))
		die("exit status of the simulator");
	printf("  SIGTERM to the end   %8.0f ms\n", now_ms() - end_ms);
	for (i = 0; i < guests; i++)
		conn_close(&conns[i]);
	peer_free(&peer);
	free(conns);
	free(times);
}

struct host {
	struct peer peer;
	struct conn qmp;
	struct conn qtest;
};

/* One guest that only reports its panics. Returns milliseconds to the monitor's greeting. */
static double start_host(struct host *host, const char *binary)
{
	double begin;

	if (peer_init(&host->peer, binary, NULL, 0))
		die("temporary directory");
	peer_args(&host->peer, "-accel tcg -display none -nodefaults -S -device pvpanic");
	peer_args(&host->peer, "-action panic=none -qtest-log none");
	peer_args(&host->peer,
		  "-qtest unix:@/t,server=on,wait=off -qmp unix:@/m,server=on,wait=off");
	begin = now_ms();
	if (peer_start(&host->peer) || conn_open(&host->qmp, &host->peer, "m"))
		die(binary);
	negotiate(&host->qmp);
	begin = now_ms() - begin;
	if (conn_open(&host->qtest, &host->peer, "t"))
		die(binary);
	return begin;
}

static void stop_host(struct host *host)
{
	conn_close(&host->qmp);
	conn_close(&host->qtest);
	peer_free(&host->peer);
}

/* From the qtest write to the event at the client, in microseconds. */
static void measure_latency(struct host *host, double *us)
{
	double begin;
	char *line;
	int i;

	for (i = 0; i < LATENCY_WRITES; i++) {
		begin = now_ms();
		if (conn_say(&host->qtest, "outb 0x505 1\n"))
			die("qtest");
		line = conn_line(&host->qmp);
		us[i] = (now_ms() - begin) * 1e3;
		if (!strstr(line, "GUEST_PANICKED"))
			die(line);
		conn_line(&host->qtest);
	}
}

static void bench_beside(const char *simulator, const char *qemu, double kib_per_guest)
{
	double start[2][QEMU_STARTS], us[2][LATENCY_ROUNDS * LATENCY_WRITES];
	const char *binaries[2] = { simulator, qemu };
	size_t n = LATENCY_ROUNDS * LATENCY_WRITES;
	struct host hosts[2];
	long rss[2], pss[2];
	int i, h;

	for (i = 0; i < QEMU_STARTS; i++) {
		for (h = 0; h < 2; h++) {
			start[h][i] = start_host(&hosts[h], binaries[h]);
			rss[h] = peer_memory_kib(&hosts[h].peer, "Rss:");
			pss[h] = peer_memory_kib(&hosts[h].peer, "Pss:");
			if (i < QEMU_STARTS - 1)
				stop_host(&hosts[h]);
		}
	}
	for (i = 0; i < LATENCY_ROUNDS; i++) {
		for (h = 0; h < 2; h++)
			measure_latency(&hosts[h], &us[h][i * LATENCY_WRITES]);
	}
	stop_host(&hosts[0]);
	stop_host(&hosts[1]);

	printf("side by side, one guest each     simulator       QEMU      ratio\n");
	printf("  start to greeting, median  %9.1f ms %7.1f ms %9.0f\n",
	       quantile(start[0], QEMU_STARTS, 0.5), quantile(start[1], QEMU_STARTS, 0.5),
	       quantile(start[1], QEMU_STARTS, 0.5) / quantile(start[0], QEMU_STARTS, 0.5));
	printf("  resident                   %9.1f MiB %6.1f MiB %8.0f\n", rss[0] / 1024.0,
	       rss[1] / 1024.0, (double)rss[1] / rss[0]);
	printf("  its own share (Pss)        %9.1f MiB %6.1f MiB %8.0f\n", pss[0] / 1024.0,
	       pss[1] / 1024.0, (double)pss[1] / pss[0]);
	printf("  one guest of %5u          %9.1f KiB %6.0f KiB %8.0f\n", guests, kib_per_guest,
	       (double)pss[1], pss[1] / kib_per_guest);
	printf("  write to event, median     %9.1f us %7.1f us %9.1f  target no worse: %s\n",
	       quantile(us[0], n, 0.5), quantile(us[1], n, 0.5),
	       quantile(us[1], n, 0.5) / quantile(us[0], n, 0.5),
	       verdict(quantile(us[0], n, 0.5), quantile(us[1], n, 0.5)));
	printf("  write to event, 99th of 100%9.1f us %7.1f us %9.1f\n", quantile(us[0], n, 0.99),
	       quantile(us[1], n, 0.99), quantile(us[1], n, 0.99) / quantile(us[0], n, 0.99));
}

int main(int argc, char **argv)
{
	const char *simulator = NULL, *qemu = "qemu-system-x86_64";
	double kib_per_guest;
	struct rlimit limit;
	int option;

	while ((option = getopt(argc, argv, "s:q:n:")) != -1) {
		if (option == 's')
			simulator = optarg;
		else if (option == 'q')
			qemu = optarg;
		else if (option == 'n')
			guests = atoi(optarg);
		else
			return 2;
	}
	if (!simulator || guests < 4) {
		fprintf(stderr, "usage: bench -s SIMULATOR [-q QEMU] [-n GUESTS]\n");
		return 2;
	}
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < guests + 64) {
		fprintf(stderr, "bench: %u clients need %u descriptors, the hard limit is %lu\n",
			guests, guests + 64, (unsigned long)limit.rlim_max);
		return 2;
	}
	printf("hard limit of file descriptors: %lu, sockets in %s\n",
	       (unsigned long)limit.rlim_max, getenv("TMPDIR") ?: "/tmp");
	bench_scale(simulator, &kib_per_guest);
	bench_beside(simulator, qemu, kib_per_guest);
	return missed;
}
