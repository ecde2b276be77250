// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line of a job's QEMU and of its kernel, and how long the guest may take.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "boot.h"
#include "disk.h"
#include "trace.h"

/*
 * Each character that the guest prints is a packet of its own, and with the default
 * buffer a socket holds 278 of them (Linux 6.18). If the socket is full, the guest's
 * driver waits for 10 ms and then overwrites characters: a bench that reads late would lose
 * parts of lines. With this buffer the socket holds 43 691. A console that is to fill up
 * holds 2730, because a guest takes 10 s to write the rest.
 */
enum { BUFFER = 16 << 20, BUFFER_UNREAD = 1 << 20 };

/*
 * The guest's TSC is the host's. A guest that calibrates it itself on a busy host gets it
 * wrong by a multiple, and all its times with it. Return: kHz, 0 for unknown.
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

/* --cmdline is not for guests that have to report something. */
static const char *cmdline_for_all(const struct job *job)
{
	bool reports = job->scenario->allow_log.text || job->must_fail;

	return job->opt->cmdline && !reports ? job->opt->cmdline : "";
}

static void add_command_line(struct qemu *q, const struct job *job)
{
	const struct scenario *s = job->scenario;
	const char *crash = s->kdump ? " crashkernel=256M" : "";

	if (job->kernel->arch == ARCH_ARM64)
		qemu_arg(q, ARM64_CMDLINE "%s %s %s", crash, cmdline_for_all(job), s->cmdline);
	else
		qemu_arg(q, X86_CMDLINE " tsc_early_khz=%lu%s %s %s", tsc_khz(), crash,
			 cmdline_for_all(job), s->cmdline);
}

static void add_kernel(struct qemu *q, const struct job *job)
{
	const struct scenario *s = job->scenario;
	const struct kernel *k = job->kernel;
	/* Not every firmware follows the PVH note. */
	const char *firmware = job->opt->firmware[k->arch];
	bool packed = firmware || s->image == IMAGE_VMLINUZ;

	if (firmware)
		qemu_args(q, "-bios %s", firmware);
	qemu_args(q, "-kernel %s -initrd %s -append", packed ? k->packed : k->image,
		  s->kdump ? k->kdump_initramfs : k->initramfs);
	add_command_line(q, job);
}

/*
 * With a thread each, a guest's CPUs spin for each other on the host's: a guest of four
 * boots in 3.5 s of CPU time, and in 1.6 s if they share one thread.
 */
static void add_machine(struct qemu *q, const struct job *job)
{
	const struct scenario *s = job->scenario;
	const struct place *place = job->place;
	bool one_thread = place->cpus > 1 && !s->parallel && !strcmp(job->opt->accel, "tcg");

	qemu_args(q, "-no-reboot -accel %s%s -machine %s -smp %d -m %d -action panic=%s",
		  job->opt->accel, one_thread ? ",thread=single" : "", place->machine, place->cpus,
		  s->kdump ? 768 : 256, s->panic_action);
	/*
	 * The default CPU has 32 bits. kexec-tools refuses a device tree with a seed for KASLR, which
	 * the kernel has not wiped because of nokaslr.
	 */
	if (job->kernel->arch == ARCH_ARM64)
		qemu_args(q, "-machine dtb-randomness=off -cpu cortex-a57");
}

static void add_lines(struct qemu *q, const char *id, int stream, int buffer)
{
	qemu_args(q, "-chardev socket,id=%s,fd=%d", id,
		  qemu_stream(q, stream, QEMU_LINES, buffer));
}

static void add_port(struct qemu *q, const char *id, int stream, const char *address)
{
	qemu_args(q, "-chardev socket,id=%s,fd=%d "
		  "-device isa-debugcon,iobase=%s,readback=7,chardev=%s", id,
		  qemu_stream(q, stream, QEMU_BYTES, BUFFER), address, id);
}

static void add_devices(struct qemu *q, const struct job *job)
{
	const struct scenario *s = job->scenario;

	add_lines(q, "console", FROM_CONSOLE,
		  s->console == CONSOLE_UNREAD ? BUFFER_UNREAD : BUFFER);
	add_lines(q, "guest", FROM_GUEST, BUFFER);
	qemu_args(q, "-serial chardev:console");
	qemu_args(q, job->kernel->arch == ARCH_ARM64 ? "-device pci-serial,chardev=guest" :
						       "-serial chardev:guest");
	if (s->device.platform == DEVICE_QEMU)
		qemu_args(q, "-device pvpanic");
	if (s->device.platform == DEVICE_VARIANT) {
		add_port(q, "port", FROM_PORT, "0x505");
		add_port(q, "region", FROM_REGION, "0x606");
		qemu_args(q, "-acpitable file=%s/acpi/%s.aml", job->opt->build, s->device.variant);
	}
	if (s->device.platform == DEVICE_MMIO)
		qemu_args(q, "-dtb %s/selftests/vm/pvpanic-mmio.dtb "
			  "-device loader,addr=0x4ff00000,data=7,data-len=1", job->opt->build);
	if (s->device.pci)
		qemu_args(q, "-device pvpanic-pci,id=pci");
	if (job->disk)
		qemu_args(q, "-drive file=%s,if=virtio,format=raw", job->disk->path);
	qemu_args(q, "%s", s->qemu_args);
}

/** boot_qemu() - a job's QEMU, not started yet */
struct qemu *boot_qemu(const struct job *job, const struct qemu_ops *ops, void *user)
{
	struct qemu *q = qemu_new(ops, user, job->opt->qemu[job->kernel->arch]);

	add_machine(q, job);
	add_kernel(q, job);
	add_devices(q, job);
	return q;
}

/** boot_command_line() - of a job's QEMU, to be freed */
char *boot_command_line(const struct job *job)
{
	struct qemu *q = boot_qemu(job, NULL, NULL);
	char *line = qemu_command_line(q);

	qemu_free(q);
	return line;
}

/**
 * boot_seconds() - the deadline of a guest that is started now
 *
 * The field timeout is meant for a host that has a core for each guest. A busy one gets
 * up to five times as long.
 */
unsigned int boot_seconds(const struct job *job)
{
	double load[3], busy;

	uv_loadavg(load);
	busy = load[0] / sysconf(_SC_NPROCESSORS_ONLN);
	busy = busy < 1 ? 1 : busy > 5 ? 5 : busy;
	return job->scenario->timeout * job->kernel->patience * busy;
}
