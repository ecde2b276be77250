// SPDX-License-Identifier: GPL-2.0-only
/*
 * One guest: a QEMU process and the streams between it and the bench.
 *
 * Every stream is a socket pair that QEMU inherits, so there are no paths to
 * clean up and none to collide. The process dies with the bench (PDEATHSIG),
 * by its deadline, or when its fate is known, and always by its own pid.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

enum { LINE_BYTES_MAX = 8192, FIRST_FD = 3 };

/* Quiet until init speaks; small tables and no waiting for hardware that isn't there. */
static const char cmdline[] =
	"console=ttyS0 quiet panic=-1 oops=panic sysrq_always_enabled=1 tsc=reliable "
	"no_timer_check mitigations=off audit=0 lsm= 8250.nr_uarts=2 nokaslr "
	GUEST_BOOTS_FASTER;

/*
 * The guest's TSC is the host's. A guest that calibrates it for itself while the
 * host is busy gets it wrong by a multiple, and all its times with it, so it is
 * told. Return: kHz, 0 for unknown.
 */
static unsigned long tsc_khz(void)
{
	static unsigned long khz;
#ifdef __x86_64__
	const struct timespec wait = { .tv_nsec = 20000000 };
	uint64_t ns, ticks;

	if (khz)
		return khz;
	ns = uv_hrtime();
	ticks = __builtin_ia32_rdtsc();
	nanosleep(&wait, NULL);
	ticks = __builtin_ia32_rdtsc() - ticks;
	khz = ticks * 1000000 / (uv_hrtime() - ns);
#endif
	return khz;
}

void guest_trouble(struct guest *guest, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	va_end(ap);
	story_add(&guest->story, FROM_BENCH, "%s", text);
	/* The first trouble is the cause; what follows is its consequence. */
	if (!guest->trouble[0])
		snprintf(guest->trouble, sizeof(guest->trouble), "%s", text);
	free(text);
	guest_end(guest);
}

static void closed(uv_handle_t *handle)
{
	struct guest *guest = handle->data;

	if (--guest->handles == 0)
		guest->over(guest);
}

static void close_handle(struct guest *guest, uv_handle_t *handle)
{
	handle->data = guest;
	if (!uv_is_closing(handle))
		uv_close(handle, closed);
}

/* End the guest. What it wrote before is still in the sockets, and is read to the end. */
void guest_end(struct guest *guest)
{
	guest->phase = ENDING;
	if (guest->ended || !guest->process.pid)
		return;
	guest->ended = true;
	uv_process_kill(&guest->process, SIGKILL);
}

static const char *last_words(const struct guest *guest)
{
	switch (guest->phase) {
	case BOOTING:
		return "the guest did not come up";
	case PREPARING:
		return guest->begun ? "hung before the trigger" : "the guest did not come up";
	default:
		if (story_time_of(&guest->story, FROM_CONSOLE, "Kernel panic") >= 0)
			return "hung in the panic path";
		return "nothing came of the trigger";
	}
}

static void too_late(uv_timer_t *timer)
{
	struct guest *guest = timer->data;
	const char *at = guest->phase == PREPARING ? guest->step[guest->at].line : "";

	guest_trouble(guest, "%s (by its deadline of %d s)%s%s", last_words(guest),
		      guest->seconds, *at ? ", at: " : "", at);
}

static void read_all(struct guest *guest);

static void exited(uv_process_t *process, int64_t status, int signal)
{
	struct guest *guest = process->data;

	guest->ended = true;
	read_all(guest);
	if (guest->phase != ENDING && !guest->fates.n)
		guest_trouble(guest, "%s: QEMU ended by itself, status %d, signal %d",
			      guest->phase < TRIGGERED ? last_words(guest) : "the guest vanished",
			      (int)status, signal);
	uv_timer_stop(&guest->deadline);
	close_handle(guest, (uv_handle_t *)&guest->deadline);
	close_handle(guest, (uv_handle_t *)&guest->process);
}

static void heard(struct stream *stream)
{
	struct guest *guest = stream->guest;
	char *c;

	stream->line[stream->used] = '\0';
	stream->used = 0;
	for (c = stream->line; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
			*c = '?';
	if (!stream->line[0])
		return;
	story_add(&guest->story, stream->source, "%s", stream->line);
	if (stream->source == FROM_MONITOR)
		monitor_heard(guest, stream->line);
	else if (stream->source == FROM_GUEST)
		steps_heard(guest, stream->line);
	else if (stream->source == FROM_CONSOLE)
		steps_console(guest, stream->line);
}

static void take(struct stream *stream, const char *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (stream->source == FROM_PORT || stream->source == FROM_REGION) {
			story_add(&stream->guest->story, stream->source, "%02x",
				  (unsigned char)bytes[i]);
			continue;
		}
		if (bytes[i] == '\r')
			continue;
		if (bytes[i] == '\n' || stream->used == LINE_BYTES_MAX)
			heard(stream);
		if (bytes[i] != '\n')
			stream->line[stream->used++] = bytes[i];
	}
}

static void room(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	static char bytes[65536];

	(void)handle;
	(void)hint;
	*buf = uv_buf_init(bytes, sizeof(bytes));
}

static void readable(uv_stream_t *pipe, ssize_t n, const uv_buf_t *buf)
{
	struct stream *stream = pipe->data;

	if (n > 0) {
		take(stream, buf->base, n);
	} else if (n < 0) {
		if (stream->used)
			heard(stream);
		stream->open = false;
		close_handle(stream->guest, (uv_handle_t *)pipe);
	}
}

/**
 * guest_console_unread() - from now on nobody reads the serial console: its host end fills up
 */
void guest_console_unread(struct guest *guest)
{
	int i;

	for (i = 0; i < guest->streams; i++)
		if (guest->stream[i].source == FROM_CONSOLE)
			uv_read_stop((uv_stream_t *)&guest->stream[i].pipe);
}

/* What is in the sockets is read to the end, by which they are closed. */
static void read_all(struct guest *guest)
{
	int i;

	for (i = 0; i < guest->streams; i++)
		if (guest->stream[i].open)
			uv_read_start((uv_stream_t *)&guest->stream[i].pipe, room, readable);
}

static void sent(uv_write_t *write, int status)
{
	(void)status;	/* a guest that has gone is noticed by its exit */
	free(write->data);
	free(write);
}

/**
 * guest_send() - a line to the guest or to its monitor
 * @to: TO_GUEST or TO_MONITOR
 */
void guest_send(struct guest *guest, enum source to, const char *line)
{
	enum source from = to == TO_GUEST ? FROM_GUEST : FROM_MONITOR;
	uv_write_t *write;
	uv_buf_t buf;
	int i;

	for (i = 0; i < guest->streams; i++)
		if (guest->stream[i].source == from && guest->stream[i].open)
			break;
	if (i == guest->streams)
		return;
	story_add(&guest->story, to, "%s", line);
	write = calloc(1, sizeof(*write));
	if (!write)
		abort();
	write->data = format("%s\n", line);
	buf = uv_buf_init(write->data, strlen(write->data));
	if (uv_write(write, (uv_stream_t *)&guest->stream[i].pipe, &buf, 1, sent))
		sent(write, -1);
}

static void arg(struct words *argv, const char *option, char *value)
{
	words_add(argv, option);
	words_add(argv, value);
	free(value);
}

static void arg_word(struct words *argv, char *word)
{
	words_add(argv, word);
	free(word);
}

static void serial(struct words *argv, const char *id, int fd)
{
	arg(argv, "-chardev", format("socket,id=%s,fd=%d", id, fd));
	arg(argv, "-serial", format("chardev:%s", id));
}

static void port(struct words *argv, const char *id, int fd, const char *address)
{
	arg(argv, "-chardev", format("socket,id=%s,fd=%d", id, fd));
	arg(argv, "-device", format("isa-debugcon,iobase=%s,readback=7,chardev=%s", address, id));
}

static void add_stream(struct guest *guest, enum source source)
{
	struct stream *stream = &guest->stream[guest->streams++];

	stream->guest = guest;
	stream->source = source;
	stream->line = malloc(LINE_BYTES_MAX + 1);
	if (!stream->line)
		abort();
}

/* A scenario's own arguments; @disk@ stands for how a disk of this kernel's alone begins. */
static void more_args(const struct job *job, const char *text, struct words *argv)
{
	struct words own = { 0 };
	char *at;
	size_t i;

	words_split(&own, text, " \t\n");
	for (i = 0; i < own.n; i++) {
		at = strstr(own.v[i], "@disk@");
		if (at)
			arg_word(argv, format("%.*s%s/selftests/vm/disk-%s%s",
					      (int)(at - own.v[i]), own.v[i], job->opt->build,
					      job->kernel->key, at + strlen("@disk@")));
		else
			words_add(argv, own.v[i]);
	}
	words_free(&own);
}

/* For all guests, but not where the scenario wants a report and the guest to go on. */
static const char *cmdline_for_all(const struct job *job)
{
	const struct scenario *s = job->scenario;
	bool reports = scenario_get(s, F_ALLOW_LOG) || job_must_fail(job);

	return job->opt->cmdline && !reports ? job->opt->cmdline : "";
}

/*
 * With a thread each, a guest's CPUs spin for each other on the host's: measured, a
 * guest of four boots in 3.5 s of CPU time, and in 1.6 s where they share one thread.
 */
static bool one_thread(const struct job *job)
{
	return job->opt->one_thread && job->cpus > 1 && !strcmp(job->opt->accel, "tcg") &&
	       !scenario_is(job->scenario, F_PARALLEL, "yes");
}

/* The streams' order here is that of the descriptors which QEMU inherits. */
static void command(struct guest *guest, struct words *argv)
{
	const struct job *job = guest->job;
	const struct scenario *s = job->scenario;
	bool kdump = scenario_has_kdump(s);
	/* Its timers cost emulated time, and can only be had from the boot on. */
	bool watched = strstr(scenario_get(s, F_CMDLINE), "watchdog_thresh=");
	int fd = FIRST_FD;

	words_split(argv, "setpriv --pdeathsig KILL --", " ");
	words_add(argv, job->opt->qemu);
	words_split(argv, "-nodefaults -no-user-config -display none -no-reboot", " ");
	arg(argv, "-accel", format("%s%s", job->opt->accel, one_thread(job) ? ",thread=single" : ""));
	arg(argv, "-machine", format("%s", job->machine));
	arg(argv, "-smp", format("%d", job->cpus));
	arg(argv, "-m", format(kdump ? "768" : "256"));
	arg(argv, "-action", format("panic=%s", scenario_get(s, F_PANIC_ACTION)));
	if (job->firmware)
		arg(argv, "-bios", format("%s", job->firmware));
	if (job->firmware || scenario_is(s, F_IMAGE, "vmlinuz"))
		arg(argv, "-kernel", format("%s/vmlinuz", job->kernel->dir));
	else
		arg(argv, "-kernel", format("%s", job->kernel->image));
	arg(argv, "-initrd", format("%s", kdump ? job->kernel->kdump_initramfs :
						  job->kernel->initramfs));
	arg(argv, "-append", format("%s%s tsc_early_khz=%lu%s %s %s", cmdline,
				    watched ? "" : " nowatchdog", tsc_khz(),
				    kdump ? " crashkernel=256M" : "", cmdline_for_all(job),
				    scenario_get(s, F_CMDLINE)));

	add_stream(guest, FROM_MONITOR);
	arg(argv, "-chardev", format("socket,id=monitor,fd=%d", fd++));
	arg(argv, "-mon", format("chardev=monitor,mode=control"));
	add_stream(guest, FROM_CONSOLE);
	serial(argv, "console", fd++);
	add_stream(guest, FROM_GUEST);
	serial(argv, "guest", fd++);
	if (scenario_has_ports(s)) {
		add_stream(guest, FROM_PORT);
		port(argv, "port", fd++, "0x505");
		add_stream(guest, FROM_REGION);
		port(argv, "region", fd++, "0x606");
		arg(argv, "-acpitable",
		    format("file=%s/acpi/%s.aml", job->opt->build, scenario_get(s, F_DEVICE)));
	} else if (scenario_has_device(s)) {
		arg(argv, "-device", format("pvpanic"));
	}
	more_args(job, scenario_get(s, F_QEMU_ARGS), argv);
}

/*
 * QEMU sends a serial line's characters one by one, each a packet of its own, of which
 * a socket by default holds 278 (Linux 6.18), and so set 43 691. With it full the guest's
 * driver waits for 10 ms and then writes over what the line has not taken: a bench that
 * is late to read would lose parts of lines. A line that is to be full has 2730, for a
 * guest takes 10 s to write the rest. Returns QEMU's end.
 */
static int open_stream(struct stream *stream)
{
	bool unread = stream->source == FROM_CONSOLE &&
		      scenario_is(stream->guest->job->scenario, F_CONSOLE, "unread");
	uv_os_sock_t fds[2];
	int bytes = unread ? 1 << 20 : 16 << 20;

	if (uv_socketpair(SOCK_STREAM, 0, fds, UV_NONBLOCK_PIPE, 0))
		return -1;
	if (setsockopt(fds[1], SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	uv_pipe_init(uv_default_loop(), &stream->pipe, 0);
	uv_pipe_open(&stream->pipe, fds[0]);
	stream->pipe.data = stream;
	return fds[1];
}

static int spawn(struct guest *guest, char **argv)
{
	uv_stdio_container_t stdio[FIRST_FD + MAX_STREAMS] = {
		{ .flags = UV_IGNORE },
		{ .flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO },
	};
	uv_process_options_t options = {
		.exit_cb = exited,
		.file = argv[0],
		.args = argv,
		.stdio = stdio,
	};
	int i, fd, error, ends[MAX_STREAMS];

	/* QEMU's own complaints come by its stderr, and are a stream like the others. */
	add_stream(guest, FROM_QEMU);
	for (i = 0; i < guest->streams; i++) {
		struct stream *stream = &guest->stream[i];

		fd = stream->source == FROM_QEMU ? STDERR_FILENO : FIRST_FD + i;
		stdio[fd].flags = UV_INHERIT_FD;
		ends[i] = stdio[fd].data.fd = open_stream(stream);
		if (ends[i] < 0) {
			fprintf(stderr, "vm-bench: no socket for a guest; see: ulimit -n\n");
			return -1;
		}
	}
	options.stdio_count = FIRST_FD + guest->streams - 1;
	uv_timer_init(uv_default_loop(), &guest->deadline);
	guest->deadline.data = guest;
	guest->process.data = guest;
	guest->handles = guest->streams + 2;
	error = uv_spawn(uv_default_loop(), &guest->process, &options);
	for (i = 0; i < guest->streams; i++)
		close(ends[i]);
	if (error) {
		fprintf(stderr, "vm-bench: %s: %s\n", argv[0], uv_strerror(error));
		return -1;
	}
	for (i = 0; i < guest->streams; i++)
		guest->stream[i].open = true;
	read_all(guest);
	return 0;
}

/* A deadline is meant for a host that has a core for each guest: a busy one gets more. */
static double patience(void)
{
	double load[3], busy;

	uv_loadavg(load);
	busy = load[0] / sysconf(_SC_NPROCESSORS_ONLN);
	return busy < 1 ? 1 : busy > 5 ? 5 : busy;
}

/**
 * guest_plan() - a guest for a job will be started
 */
void guest_plan(struct job *job)
{
	struct guest *guest = calloc(1, sizeof(*guest));
	struct words argv = { 0 };
	char *line;

	if (!guest)
		abort();
	guest->job = job;
	command(guest, &argv);
	line = words_join(&argv, " ");
	copy_plan(job, line);
	free(line);
	words_free(&argv);
	guest_free(guest);
}

/**
 * guest_start() - boot a guest for a job
 * @over: called once, when the process has ended and all its streams were read to their end
 *
 * Return: 0, or -1 when no process could be made.
 */
int guest_start(struct guest *guest, struct job *job, void (*over)(struct guest *guest))
{
	struct words argv = { 0 };
	char *line;
	int error;

	guest->job = job;
	guest->over = over;
	story_begin(&guest->story);
	words_split(&guest->expected_fates, scenario_get(job->scenario, F_EXPECT_FATE), " \t\n");
	steps_prepare(guest);
	command(guest, &argv);
	line = words_join(&argv, " ");
	if (copy_begin(guest))
		words_split(&argv, "-incoming defer", " ");
	story_add(&guest->story, FROM_BENCH, "%s%s", line, guest->copying ? " -incoming defer" : "");
	free(line);
	argv.v = realloc(argv.v, (argv.n + 1) * sizeof(*argv.v));
	if (!argv.v)
		abort();
	argv.v[argv.n] = NULL;
	error = spawn(guest, argv.v);
	if (scenario_is(job->scenario, F_TRIGGER, "boot"))
		steps_trigger(guest);
	words_free(&argv);
	guest->seconds = atoi(scenario_get(job->scenario, F_TIMEOUT)) * job->kernel->patience *
			 patience();
	if (!error)
		uv_timer_start(&guest->deadline, too_late, 1000 * guest->seconds, 0);
	return error;
}

void guest_free(struct guest *guest)
{
	int i;

	for (i = 0; i < guest->streams; i++)
		free(guest->stream[i].line);
	for (i = 0; i < guest->steps; i++)
		free(guest->step[i].line);
	words_free(&guest->events);
	words_free(&guest->fates);
	words_free(&guest->expected_fates);
	words_free(&guest->says);
	words_free(&guest->memory);
	story_free(&guest->story);
	free(guest);
}
