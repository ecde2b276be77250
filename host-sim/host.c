// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole simulated host: how many descriptors it needs, signals, threads.
 *
 * Ten thousand guests with a client each are twenty thousand descriptors and more, and many a
 * hard limit lies just there. The limit counts per table of descriptors, and a thread can have
 * one of its own (unshare(CLONE_FILES)): so guests are spread over as many threads as their
 * descriptors need, mostly one. Loops and the log are opened before the tables part, and have
 * the same numbers in each.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "host.h"
#include "log.h"

struct host {
	const struct options *options;
	struct shard shards[HOST_MAX_SHARDS];
	unsigned int n;
	uv_signal_t signals[4];
	uv_async_t shard_done;
	atomic_uint running;
	pthread_barrier_t barrier;
};

static struct host host;

static const int signal_numbers[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };

/* One for each socket, and for the client of a socket that listens. */
static unsigned long descriptors_per_guest(const struct options *options)
{
	unsigned long n = 0;
	unsigned int i;

	for (i = 0; i < options->n_endpoints; i++)
		n += options->endpoints[i].server ? 2 : 1;
	return n;
}

/* Raise the limit to @need, or as near as we may. Returns what it is then. */
static unsigned long raise_limit(unsigned long need)
{
	struct rlimit limit, wanted;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 1024;
	if (limit.rlim_cur >= need)
		return limit.rlim_cur;
	wanted = (struct rlimit){ need, limit.rlim_max < need ? need : limit.rlim_max };
	if (!setrlimit(RLIMIT_NOFILE, &wanted))
		return need;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur;
}

/* How many shards the guests need, or 0 with @error filled in. */
static unsigned int count_shards(const struct options *options, struct text *error)
{
	unsigned long per_guest = descriptors_per_guest(options);
	unsigned long need = options->guests * per_guest + HOST_SPARE_DESCRIPTORS;
	unsigned long limit = raise_limit(need), guests_per_shard, n;

	guests_per_shard =
		limit > HOST_SPARE_DESCRIPTORS ? (limit - HOST_SPARE_DESCRIPTORS) / per_guest : 0;
	n = guests_per_shard ? (options->guests + guests_per_shard - 1) / guests_per_shard : 0;
	if (n && n <= HOST_MAX_SHARDS)
		return n;
	text_printf(error,
		    "%u guest(s) need %lu file descriptors and the limit is %lu: raise it "
		    "(ulimit -Hn %lu as root, or LimitNOFILE= in the service's unit)",
		    options->guests, need, limit, need);
	return 0;
}

static void ask_all(bool storm, bool end)
{
	unsigned int i;

	for (i = 0; i < host.n; i++) {
		if (storm)
			atomic_fetch_add(&host.shards[i].storms, 1);
		if (end)
			atomic_store(&host.shards[i].end, true);
		uv_async_send(&host.shards[i].wake);
	}
}

static void signalled(uv_signal_t *handle, int number)
{
	(void)handle;
	if (number == SIGUSR1)
		log_process("storm", host.options->guests);
	ask_all(number == SIGUSR1, number != SIGUSR1);
}

/* A signal that comes while we end by ourselves must not change how: libuv restores defaults. */
static void close_main_handles(void)
{
	sigset_t all;
	unsigned int i;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	for (i = 0; i < 4; i++)
		uv_close((uv_handle_t *)&host.signals[i], NULL);
	uv_close((uv_handle_t *)&host.shard_done, NULL);
}

static void shard_done(uv_async_t *handle)
{
	if (!atomic_load(&host.running))
		uv_unref((uv_handle_t *)handle);
}

/* Open the shard's sockets and serve; where one shard cannot start, none does. */
static void serve(struct shard *shard)
{
	bool failed = false;
	unsigned int i;

	shard_start(shard);
	if (host.n > 1)
		pthread_barrier_wait(&host.barrier);
	for (i = 0; i < host.n; i++)
		failed |= host.shards[i].error.len > 0;
	if (failed) {
		atomic_store(&shard->end, true);
		uv_async_send(&shard->wake);
	} else if (shard == host.shards) {
		log_process("ready", host.options->guests);
	}
	shard_run(shard);
}

static void *shard_thread(void *arg)
{
	struct shard *shard = arg;

	if (unshare(CLONE_FILES))
		text_printf(&shard->error, "unshare: %s", strerror(errno));
	pthread_barrier_wait(&host.barrier);
	serve(shard);
	atomic_fetch_sub(&host.running, 1);
	uv_async_send(&host.shard_done);
	return NULL;
}

/* Signals are main()'s: their pipe is in its table of descriptors alone. */
static int start_threads(struct text *error)
{
	sigset_t all, before;
	unsigned int i;
	int err = 0;

	if (host.n == 1)
		return 0;
	pthread_barrier_init(&host.barrier, NULL, host.n);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (i = 1; i < host.n && !err; i++)
		err = pthread_create(&host.shards[i].thread, NULL, shard_thread, &host.shards[i]);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		text_printf(error, "cannot start a thread: %s", strerror(err));
	else
		pthread_barrier_wait(&host.barrier);
	return err;
}

static void start_main_handles(void)
{
	uv_loop_t *loop = &host.shards[0].loop;
	unsigned int i;

	uv_async_init(loop, &host.shard_done, shard_done);
	for (i = 0; i < 4; i++) {
		uv_signal_init(loop, &host.signals[i]);
		uv_signal_start(&host.signals[i], signalled, signal_numbers[i]);
		uv_unref((uv_handle_t *)&host.signals[i]);
	}
}

/* The loop of shard 0 goes on until all are done, for the signals arrive there. */
static void run_main_shard(void)
{
	if (host.n == 1)
		uv_unref((uv_handle_t *)&host.shard_done);
	serve(&host.shards[0]);
	close_main_handles();
	uv_run(&host.shards[0].loop, UV_RUN_DEFAULT);
}

static int collect(struct text *error)
{
	unsigned int i;
	int status = 0;

	for (i = 1; i < host.n; i++)
		pthread_join(host.shards[i].thread, NULL);
	for (i = 0; i < host.n; i++) {
		struct shard *shard = &host.shards[i];

		if (shard->error.len && !error->len)
			text_add(error, shard->error.s, shard->error.len);
		status |= shard->status;
		shard_free(shard);
	}
	return status;
}

/**
 * host_run() - simulate until all guests ended
 * @options: what to simulate
 * @error: why it couldn't start; nothing is left behind then
 *
 * Return: the exit status that QEMU would have; of no meaning if @error isn't empty.
 */
int host_run(const struct options *options, struct text *error)
{
	unsigned int i, first = 0, n;

	host.options = options;
	host.n = count_shards(options, error);
	if (!host.n)
		return EXIT_FAILURE;
	umask(0177);
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < host.n; i++, first += n) {
		n = (options->guests - first) / (host.n - i);
		shard_init(&host.shards[i], options, first, n);
	}
	atomic_store(&host.running, host.n - 1);
	start_main_handles();
	if (start_threads(error))
		return EXIT_FAILURE;
	run_main_shard();
	return collect(error);
}
