/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bench of real guests: what its files share.
 *
 * A *scenario* is data from an INI file. A *job* is one scenario on one kernel,
 * machine and CPU count. A *guest* is one QEMU process that runs a job; its
 * *story* is all that the host saw of it, in order. The judge reads the story
 * alone, so that what is judged is also what is shown when a job fails.
 */
#ifndef PVPANIC_VM_BENCH_H
#define PVPANIC_VM_BENCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#define REASON_BYTES 512

/* scenario.c: scenarios as data */

enum field {
	F_WHY,
	F_LIKE,
	F_DEVICE,
	F_QEMU_ARGS,
	F_GUESTS,
	F_KERNELS,
	F_DRIVERS,
	F_CMDLINE,
	F_IMAGE,
	F_BEFORE_LOAD,
	F_PARAMS,
	F_ALSO_PARAMS,
	F_BEFORE,
	F_TRIGGER,
	F_PANIC_ACTION,
	F_EXPECT_LOAD,
	F_EXPECT_PORT,
	F_EXPECT_REGION,
	F_EXPECT_EITHER,
	F_EXPECT_EVENTS,
	F_EXPECT_FATE,
	F_EXPECT_MEMORY,
	F_EXPECT_LOG,
	F_REFUSE_LOG,
	F_ALLOW_LOG,
	F_EXPECT_SAY,
	F_PARALLEL,
	F_IN_TURN,
	F_WAY,
	F_CPUS,
	F_CONSOLE,
	F_KDUMP,
	F_CRASH_RUN,
	F_TIMEOUT,
	F_BOOTS,
	F_MUST_FAIL,
	FIELDS,
};

struct scenario {
	char *name;
	char *field[FIELDS];	/* NULL where the file says nothing */
	struct scenario *next;
};

struct scenarios {
	struct scenario *first, **last;
};

int scenarios_load(struct scenarios *all, const char *path);
int scenarios_list_ways(const struct scenarios *all);
const char *scenario_get(const struct scenario *s, enum field f);
bool scenario_is(const struct scenario *s, enum field f, const char *word);
bool scenario_has_device(const struct scenario *s);
bool scenario_has_ports(const struct scenario *s);
bool scenario_has_kdump(const struct scenario *s);

/* words.c: lists of words, and sequences matched against them */

struct words {
	char **v;
	size_t n;
};

void words_split(struct words *w, const char *text, const char *separators);
void words_add(struct words *w, const char *text);
char *words_join(const struct words *w, const char *separator);
void words_free(struct words *w);
bool words_match(const struct words *seen, const char *pattern);
char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* story.c: what the host saw of one guest */

enum source {
	FROM_BENCH,	/* what the bench did */
	FROM_QEMU,	/* QEMU's own stderr */
	FROM_MONITOR,	/* QMP, from QEMU */
	TO_MONITOR,	/* QMP, to QEMU */
	FROM_CONSOLE,	/* the guest's kernel log */
	FROM_GUEST,	/* the guest's words on its second serial port */
	TO_GUEST,
	FROM_PORT,	/* a byte written to port 0x505 */
	FROM_REGION,	/* a byte written to port 0x606 */
	SOURCES,
};

struct entry {
	enum source source;
	double ms;	/* since the guest was started */
	char *text;
};

struct story {
	struct entry *v;
	size_t n, room;
	uint64_t start;
};

/* Hears of every entry as it is added; NULL for nobody. */
extern void (*story_listener)(const struct story *story, const struct entry *entry);

void story_begin(struct story *story);
void story_add(struct story *story, enum source source, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void story_free(struct story *story);
void story_words(const struct story *story, enum source source, struct words *out);
double story_time_of(const struct story *story, enum source source, const char *start);
const char *source_name(enum source source);

/* narrate.c: the story told to a person as it happens */

void narrate(const struct story *story, const struct entry *entry);
void narrate_verdict(const struct story *story, bool good, const char *reason);
int narrate_end(void);

/* plan.c: from scenarios to jobs, and the jobs run */

struct kernel {
	bool port_only;		/* AML is never evaluated in a panic there */
	int patience;		/* how many times as long things may take as on Debian's */
	char *dir, *key, *release, *image, *initramfs, *kdump_initramfs;
};

struct options {
	struct words kernels, params, files;
	const char *qemu, *firmware, *accel, *driver, *machine, *only, *build, *logs, *cmdline, *guests;
	const char *module, *must_fail;
	int jobs, repeat, turn, firmware_of;
	bool list, list_ways, narrate, in_turn, each, one_thread, copies, ways;
};

struct copy;

struct job {
	const struct scenario *scenario;
	const struct kernel *kernel;
	const struct options *opt;
	char *name, *machine, *params;
	const char *firmware;	/* or NULL: QEMU's own */
	int cpus, boot;
	bool in_tree;
	bool port_only;		/* for a reason outside the scenario: driver, kernel, --param */
	struct copy *copy;	/* that its guest is planned to be or to have, or NULL */
	struct job *next;
};

int plan_run(struct options *opt, const struct scenarios *all);
void plan_stop(int signal);

/* replace.c: another build of the driver */

char *initramfs_with_module(const char *initramfs, const char *module, const char *dir);

/* trial.c: is an accelerator to be believed? */

bool trial_boots(const struct options *opt, const struct kernel *kernel);

/* guest.c: one QEMU process */

enum phase {
	BOOTING,	/* nothing heard yet */
	PREPARING,	/* up; the driver is loaded, the scenario's lines run */
	TRIGGERED,
	ENDING,		/* the verdict's facts are all there, or never will be */
};

/*
 * The kernel's own tests of ciphers that no guest uses, and the rewriting of its lock
 * prefixes for one CPU, which has TCG translate all those places again: measured, 0.5 s
 * of the 3 that a guest boots.
 */
#define GUEST_BOOTS_FASTER \
	"cryptomgr.notests initcall_blacklist=jent_mod_init,crypto_kdf108_init noreplace-smp"

enum { MAX_STREAMS = 8, MAX_STEPS = 32 };

struct guest;

struct stream {
	struct guest *guest;
	enum source source;
	uv_pipe_t pipe;
	char *line;
	size_t used, room;
	bool open;
};

struct step {
	char *line;
	enum { MUST_WORK, MUST_FAIL, MAY_FAIL, NEW_KERNEL } how;
};

struct guest {
	struct job *job;
	struct story story;
	uv_process_t process;
	uv_timer_t deadline;
	struct stream stream[MAX_STREAMS];
	int streams, handles;
	int seconds;		/* until its deadline */
	enum phase phase;
	struct step step[MAX_STEPS];
	int steps, at;
	struct words events, fates, expected_fates, says, memory;
	char trouble[REASON_BYTES];	/* why the job can't be judged as it was meant to be */
	bool came_up;		/* its init has spoken */
	bool begun;		/* the driver's loading was asked for */
	bool triggered;
	bool crash_running;	/* in the crash kernel, the scenario's line */
	bool asked;		/* a step is waiting for the monitor's answer */
	bool reading;		/* the memory that the scenario names was asked for */
	bool answered;		/* the trigger's shell line returned */
	bool halted;		/* the console says so; the monitor is asked */
	struct copy *copy;	/* of which it is or can be one, or NULL */
	bool copying;		/* its state is being written down or taken over */
	bool ended;
	void (*over)(struct guest *guest);
	struct guest *next;
};

int guest_start(struct guest *guest, struct job *job, void (*over)(struct guest *guest));
void guest_plan(struct job *job);
void guest_send(struct guest *guest, enum source to, const char *line);
void guest_end(struct guest *guest);
void guest_console_unread(struct guest *guest);
void guest_free(struct guest *guest);
void guest_trouble(struct guest *guest, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* steps.c: what a guest is told, and what it answers */

void steps_prepare(struct guest *guest);
void steps_trigger(struct guest *guest);
void steps_up(struct guest *guest);
void steps_heard(struct guest *guest, const char *line);
void steps_monitor(struct guest *guest);
void steps_console(struct guest *guest, const char *line);
void steps_fate(struct guest *guest, const char *fate);

/* copy.c: guests that begin alike are booted once */

void copy_plan(struct job *job, const char *line);
bool copy_expected(const struct job *job);
bool copy_begin(struct guest *guest);
void copy_over(const struct guest *guest);
void copy_load(struct guest *guest);
bool copy_make(struct guest *guest, const char *up);
void copy_event(struct guest *guest, const json_t *message, const char *name);
void copy_status(struct guest *guest, const char *state);

/* monitor.c: QMP */

void monitor_heard(struct guest *guest, const char *line);
void monitor_do(struct guest *guest, const char *command);
void monitor_read_memory(struct guest *guest, const char *address, size_t bytes);

/* judge.c */

bool judge(const struct guest *guest, char reason[REASON_BYTES]);
bool judge_came_up(const struct guest *guest);
const char *job_must_fail(const struct job *job);
bool judge_disturbed(const struct guest *guest);

/* ktap.c */

void ktap_plan(int n);
void ktap_result(bool ok, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void ktap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void ktap_story(const struct story *story);
int ktap_end(void);

#endif
