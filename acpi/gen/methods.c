// SPDX-License-Identifier: GPL-2.0-only
/*
 * RDPT and WRPT: what they may be, how likely, and what comes of it. Each kind
 * writes its ASL and notes what evaluation has to give.
 */
#include <stdio.h>
#include <string.h>

#include "gen.h"

#define SLEEP_MS	20
#define STALL_MS	300	/* the driver's limit is 100; emulated clocks err by half */
#define LOOP_MS		30000	/* ACPICA's limit for a loop */

/* RDPT */

enum rdpt {
	RDPT_FIELD, RDPT_CONST, RDPT_NAME, RDPT_ZERO, RDPT_WIDE, RDPT_STRING, RDPT_PACKAGE,
	RDPT_BUFFER, RDPT_ABSENT, RDPT_FAILS, RDPT_NO_RETURN, RDPT_SLEEPS, RDPT_STALLS, RDPT_ARG,
	RDPT_COUNT
};

static const struct {
	const char *word;
	unsigned char weight;
} rdpts[RDPT_COUNT] = {
	[RDPT_FIELD] = { "field", 40 },
	[RDPT_CONST] = { "const", 10 },
	[RDPT_NAME] = { "name", 4 },
	[RDPT_ZERO] = { "zero", 3 },
	[RDPT_WIDE] = { "wide", 4 },
	[RDPT_STRING] = { "string", 4 },
	[RDPT_PACKAGE] = { "package", 3 },
	[RDPT_BUFFER] = { "buffer", 3 },
	[RDPT_ABSENT] = { "absent", 5 },
	[RDPT_FAILS] = { "fails", 5 },
	[RDPT_NO_RETURN] = { "no-return", 3 },
	[RDPT_SLEEPS] = { "sleeps", 3 },
	[RDPT_STALLS] = { "stalls", 2 },
	[RDPT_ARG] = { "arg", 2 },
};

static void write_stall(struct text *t, unsigned int ms)
{
	text_line(t, "Local6 = %u", ms * 10);
	text_open(t, "While (Local6)");
	text_line(t, "Stall (100)");
	text_line(t, "Local6--");
	text_close(t);
}

static void rdpt_begin(struct text *t, struct dice *d, struct device *dev)
{
	text_open(t, "Method (RDPT, %d, %s)", !strcmp(dev->rdpt, "arg"),
		  dice_chance(d, 30) ? "Serialized" : "NotSerialized");
	body_begin(t, d);
	body_write(t, d, dev, 3);
	body_end(t);
}

/** rdpt_write() - throw a device's RDPT, write it, and note its answer */
void rdpt_write(struct text *t, struct dice *d, struct device *dev)
{
	unsigned char weights[RDPT_COUNT];
	unsigned int value, ms = 0;
	char writes[64] = "";
	enum rdpt kind;

	for (kind = 0; kind < RDPT_COUNT; kind++)
		weights[kind] = rdpts[kind].weight;
	kind = dice_weighted(d, weights, RDPT_COUNT);
	dev->rdpt = rdpts[kind].word;
	value = dice_between(d, 1, 7);
	if (dice_chance(d, 30))
		value |= dice_below(d, 32) << 3;
	if (kind == RDPT_ZERO)
		value = dice_chance(d, 50) ? 0 : 0xf8;
	dev->rdpt_number = true;

	switch (kind) {
	case RDPT_ABSENT:
		dev->rdpt_number = false;
		device_expect(dev, "RDPT = AE_NOT_FOUND");
		return;
	case RDPT_NAME:
		text_line(t, "Name (RDPT, 0x%02X)", value);
		goto number;
	default:
		break;
	}

	rdpt_begin(t, d, dev);
	switch (kind) {
	case RDPT_SLEEPS:
		ms = dice_between(d, 1, SLEEP_MS);
		text_line(t, "Sleep (%u)", ms);
		goto field;
	case RDPT_STALLS:
		ms = STALL_MS;
		write_stall(t, ms);
		goto field;
	case RDPT_FIELD:
field:
		/* Memory is zero at first, and would say that there is no capability. */
		value = register_load(writes, sizeof(writes), dev) | 7;
		text_line(t, dev->aml.kind == PLACE_MEMORY ? "Return ((PEPT | 0x07))" :
			  "Return (PEPT)");
		break;
	case RDPT_WIDE:
		text_line(t, "Return (0x%08X000000%02X)", dice_below(d, 0xffffffff) | 1, value);
		break;
	case RDPT_STRING:
		text_line(t, "Return (\"%u\")", value & 7);
		dev->rdpt_number = false;
		device_expect(dev, "RDPT = \"%u\"", value & 7);
		break;
	case RDPT_PACKAGE:
		text_line(t, "Return (Package (0x01) {0x%02X})", value);
		dev->rdpt_number = false;
		device_expect(dev, "RDPT = package");
		break;
	case RDPT_BUFFER:
		text_line(t, "Return (Buffer (0x02) {0x%02X, 0x00})", value);
		dev->rdpt_number = false;
		device_expect(dev, "RDPT = done");
		break;
	case RDPT_FAILS:
		text_line(t, "Local4 = Zero");
		text_line(t, "Local5 = (0x%02X %% Local4)", value);
		text_line(t, "Return (Local5)");
		dev->rdpt_number = false;
		device_expect(dev, "RDPT = AE_AML_DIVIDE_BY_ZERO");
		break;
	case RDPT_NO_RETURN:
		/* The last value is what ACPICA, lax as under Linux, returns. */
		text_line(t, "VAR1 = 0x%02X", value);
		break;
	case RDPT_ARG:
		/* An argument that is not given reads as zero under Linux. */
		text_line(t, "Return ((Arg0 | 0x%02X))", value);
		break;
	default:
		text_line(t, "Return (0x%02X)", value);
	}
	text_close(t);
number:
	dev->capability = value & 7;
	if (!dev->rdpt_number || kind == RDPT_WIDE)
		return;
	if (ms)
		device_expect(dev, "RDPT = 0x%02X%s, %u ms", value, writes, ms);
	else
		device_expect(dev, "RDPT = 0x%02X%s", value, writes);
}

/* WRPT */

enum wrpt {
	WRPT_PLAIN, WRPT_TWICE, WRPT_HELPER, WRPT_MUTEX, WRPT_RETURNS, WRPT_DEEP, WRPT_RECURSES,
	WRPT_NOTIFIES, WRPT_BIG, WRPT_SIGNALS, WRPT_LEAKS, WRPT_ABSENT, WRPT_NAME, WRPT_ARGS0,
	WRPT_ARGS2, WRPT_ARGS7, WRPT_FAILS_FIRST, WRPT_FAILS_LAST, WRPT_MUTEX_ORDER,
	WRPT_NOT_OWNER, WRPT_ENDLESS_RECURSION, WRPT_LOOPS, WRPT_SLEEPS, WRPT_STALLS, WRPT_WAITS,
	WRPT_LOCAL_MUTEX, WRPT_LOCAL_EVENT, WRPT_LOCAL_REGION, WRPT_LOCAL_NAME, WRPT_SILENT,
	WRPT_EVENT_FAILS, WRPT_EVENT_LOOPS, WRPT_EVENT_SLEEPS, WRPT_EVENT_WAITS,
	WRPT_EVENT_MUTEX, WRPT_EVENT_LOCAL_MUTEX, WRPT_EVENT_LOCAL_REGION, WRPT_EVENT_SILENT,
	WRPT_COUNT
};

/*
 * @before, @after: what surrounds the store to PEPT; @fails: the status that
 * evaluation ends with, and whether before or after the store; @branch: all this
 * for an event only; @declares: objects that it needs in the device.
 */
static const struct wrpt_kind {
	const char *word;
	unsigned char weight;
	bool branch, serialized;
	const char *before, *after;
	const char *fails;
	bool writes;
	unsigned int ms;
	const char *declares;
	enum expect expect;
} wrpts[WRPT_COUNT] = {
	[WRPT_PLAIN] = { "plain", 30, .writes = true },
	[WRPT_TWICE] = { "twice", 4, .writes = true, .after = "PEPT = Arg0" },
	[WRPT_HELPER] = { "helper", 5, .writes = true },
	[WRPT_MUTEX] = { "mutex", 6, .writes = true,
		.before = "Acquire (MTX0, 0xFFFF)", .after = "Release (MTX0)" },
	[WRPT_RETURNS] = { "returns", 3, .writes = true,
		.after = "Return (Package (0x01) {\"done\"})" },
	[WRPT_DEEP] = { "deep", 3, .writes = true },
	[WRPT_RECURSES] = { "recurses", 3, .writes = true },
	[WRPT_NOTIFIES] = { "notifies", 3, .writes = true, .before = "Notify (^, 0x80)" },
	[WRPT_BIG] = { "big", 3, .writes = true, .before = "Local4 = Buffer (0x8000) {}",
		.after = "Local0 = SizeOf (Local4)" },
	[WRPT_SIGNALS] = { "signals", 3, .writes = true, .declares = "Event (EVT0)",
		.before = "Signal (EVT0)", .after = "Local0 = Wait (EVT0, 0xFFFF)" },
	[WRPT_LEAKS] = { "leaks", 2, .writes = true, .before = "Acquire (MTX0, 0xFFFF)" },
	[WRPT_ABSENT] = { "absent", 4 },
	[WRPT_NAME] = { "name", 3 },
	[WRPT_ARGS0] = { "args0", 3 },
	[WRPT_ARGS2] = { "args2", 3 },
	[WRPT_ARGS7] = { "args7", 2 },
	[WRPT_FAILS_FIRST] = { "fails-first", 4, .fails = "AE_AML_DIVIDE_BY_ZERO",
		.before = "Local4 = Zero\nLocal0 = (One / Local4)" },
	[WRPT_FAILS_LAST] = { "fails-last", 3, .fails = "AE_AML_DIVIDE_BY_ZERO", .writes = true,
		.after = "Local4 = Zero\nLocal0 = (One / Local4)" },
	[WRPT_MUTEX_ORDER] = { "mutex-order", 3, .fails = "AE_AML_MUTEX_ORDER",
		.declares = "Mutex (MTX5, 0x05)\nMutex (MTX4, 0x04)",
		.before = "Acquire (MTX5, 0xFFFF)\nAcquire (MTX4, 0xFFFF)",
		.after = "Release (MTX4)\nRelease (MTX5)" },
	[WRPT_NOT_OWNER] = { "not-owner", 2, .fails = "AE_AML_MUTEX_NOT_ACQUIRED", .writes = true,
		.after = "Release (MTX0)" },
	[WRPT_ENDLESS_RECURSION] = { "endless-recursion", 1, .fails = "AE_AML_METHOD_LIMIT",
		.before = "WRPT (Arg0)" },
	[WRPT_LOOPS] = { "loops", 1, .fails = "AE_AML_LOOP_TIMEOUT", .ms = LOOP_MS,
		.before = "While (One) {}" },
	[WRPT_SLEEPS] = { "sleeps", 4, .writes = true, .ms = SLEEP_MS, .before = "Sleep (20)" },
	[WRPT_STALLS] = { "stalls", 3, .writes = true, .ms = STALL_MS },
	[WRPT_WAITS] = { "waits", 3, .writes = true, .ms = SLEEP_MS, .declares = "Event (EVT0)",
		.before = "Local0 = Wait (EVT0, 0x0014)" },
	[WRPT_LOCAL_MUTEX] = { "local-mutex", 4, .writes = true, .serialized = true,
		.before = "Mutex (LMTX, 0x00)\nAcquire (LMTX, 0xFFFF)",
		.after = "Release (LMTX)" },
	[WRPT_LOCAL_EVENT] = { "local-event", 2, .writes = true, .serialized = true,
		.before = "Event (LEVT)\nSignal (LEVT)",
		.after = "Local0 = Wait (LEVT, 0xFFFF)" },
	[WRPT_LOCAL_REGION] = { "local-region", 3, .writes = true, .serialized = true },
	[WRPT_LOCAL_NAME] = { "local-name", 3, .writes = true, .serialized = true,
		.before = "Name (LNAM, \"gone when the method ends\")",
		.after = "Local0 = SizeOf (LNAM)" },
	[WRPT_SILENT] = { "silent", 2, .expect = EXPECT_MAYBE },
	[WRPT_EVENT_FAILS] = { "event-fails", 4, true, .fails = "AE_AML_DIVIDE_BY_ZERO",
		.before = "Local4 = Zero\nLocal0 = (Arg0 / Local4)" },
	[WRPT_EVENT_LOOPS] = { "event-loops", 1, true, .fails = "AE_AML_LOOP_TIMEOUT",
		.before = "While (Arg0) {}", .expect = EXPECT_MAYBE },
	[WRPT_EVENT_SLEEPS] = { "event-sleeps", 2, true, .writes = true,
		.before = "Sleep (20)", .expect = EXPECT_MAYBE },
	[WRPT_EVENT_WAITS] = { "event-waits", 2, true, .writes = true,
		.declares = "Event (EVT0)", .before = "Local0 = Wait (EVT0, 0x0014)",
		.expect = EXPECT_MAYBE },
	[WRPT_EVENT_MUTEX] = { "event-mutex", 3, true, .writes = true,
		.before = "Acquire (MTX1, 0xFFFF)", .after = "Release (MTX1)" },
	[WRPT_EVENT_LOCAL_MUTEX] = { "event-local-mutex", 2, true, .writes = true,
		.serialized = true, .before = "Mutex (LMTX, 0x00)\nAcquire (LMTX, 0xFFFF)",
		.after = "Release (LMTX)", .expect = EXPECT_MAYBE },
	[WRPT_EVENT_LOCAL_REGION] = { "event-local-region", 2, true, .writes = true,
		.serialized = true, .expect = EXPECT_MAYBE },
	[WRPT_EVENT_SILENT] = { "event-silent", 2, true, .expect = EXPECT_MAYBE },
};

static void write_lines(struct text *t, const char *lines)
{
	int len;

	for (; lines && *lines; lines += len + !!lines[len]) {
		len = strcspn(lines, "\n");
		text_line(t, "%.*s", len, lines);
	}
}

static void write_local_region(struct text *t, const struct device *dev)
{
	text_line(t, "OperationRegion (LREG, SystemMemory, 0x%08llX, 0x01)",
		  (unsigned long long)dev->memory + 12);
	text_open(t, "Field (LREG, ByteAcc, NoLock, Preserve)");
	text_line(t, "LFLD, 8");
	text_close(t);
	text_line(t, "Local0 = LFLD");
}

/* The methods that WRPT reaches the register through, in place of a store. */
static const char *write_way(struct text *t, struct dice *d, enum wrpt kind)
{
	static char call[32];
	unsigned int i, depth;

	switch (kind) {
	case WRPT_HELPER:
		text_open(t, "Method (SEND, 1, Serialized)");
		text_line(t, "PEPT = Arg0");
		text_close(t);
		return "SEND (Arg0)";
	case WRPT_DEEP:
		depth = dice_between(d, 5, 40);
		for (i = 0; i <= depth; i++) {
			text_open(t, "Method (DP%02u, 1, NotSerialized)", i);
			if (i)
				text_line(t, "DP%02u (Arg0)", i - 1);
			else
				text_line(t, "PEPT = Arg0");
			text_close(t);
		}
		snprintf(call, sizeof(call), "DP%02u (Arg0)", depth);
		return call;
	case WRPT_RECURSES:
		text_open(t, "Method (RECU, 2, NotSerialized)");
		text_open(t, "If (Arg1)");
		text_line(t, "RECU (Arg0, (Arg1 - One))");
		text_close(t);
		text_open(t, "Else");
		text_line(t, "PEPT = Arg0");
		text_close(t);
		text_close(t);
		snprintf(call, sizeof(call), "RECU (Arg0, 0x%02X)", dice_between(d, 1, 60));
		return call;
	default:
		return "PEPT = Arg0";
	}
}

/* WRPTs that are no method of one argument; true when @kind is one of them. */
static bool write_misfit(struct text *t, struct dice *d, struct device *dev, enum wrpt kind)
{
	char one[64], two[64];

	register_store(one, sizeof(one), dev, 1);
	register_store(two, sizeof(two), dev, 2);
	switch (kind) {
	case WRPT_ABSENT:
		device_expect(dev, "WRPT 1 = AE_NOT_FOUND");
		return true;
	case WRPT_NAME:
		/* Evaluating it succeeds, and does nothing. */
		text_line(t, "Name (WRPT, 0x%02X)", dice_below(d, 256));
		device_expect(dev, "WRPT = done");
		return true;
	case WRPT_ARGS0:
		text_open(t, "Method (WRPT, 0, NotSerialized)");
		text_line(t, "PEPT = One");
		text_close(t);
		device_expect(dev, "WRPT = done%s", one);
		return true;
	case WRPT_ARGS2:
		text_open(t, "Method (WRPT, 2, NotSerialized)");
		text_line(t, "PEPT = (Arg1 + (Arg0 & Zero))");
		text_close(t);
		device_expect(dev, "WRPT 1 2 = done%s", two);
		return true;
	case WRPT_ARGS7:
		text_open(t, "Method (WRPT, 7, NotSerialized)");
		text_line(t, "Local0 = (((((Arg0 | Arg1) | Arg2) | Arg3) | Arg4) | Arg5)");
		text_line(t, "PEPT = (Arg6 + (Local0 & Zero))");
		text_close(t);
		device_expect(dev, "WRPT 1 1 1 1 1 1 2 = done%s", two);
		return true;
	default:
		return false;
	}
}

static void note_outcome(struct device *dev, const struct wrpt_kind *k, enum wrpt kind)
{
	char writes[2][128] = { "", "" };
	const char *fails[2] = { k->fails, k->fails };
	bool stores[2] = { k->writes, k->writes };
	size_t used;
	unsigned int i;

	if (k->branch) {
		fails[0] = NULL;
		stores[0] = true;
	}
	for (i = 0; i < 2; i++) {
		if (stores[i])
			register_store(writes[i], sizeof(writes[i]), dev, i);
		used = strlen(writes[i]);
		if (kind == WRPT_TWICE)
			register_store(writes[i] + used, sizeof(writes[i]) - used, dev, i);
	}
	for (i = 0; i < 2; i++) {
		if (k->ms && !k->fails)
			device_expect(dev, "WRPT %u = done%s, %u ms", i, writes[i], k->ms);
		else
			device_expect(dev, "WRPT %u = %s%s", i, fails[i] ?: "done", writes[i]);
	}
}

/** wrpt_write() - throw a device's WRPT, write it, and note what it does */
void wrpt_write(struct text *t, struct dice *d, struct device *dev)
{
	unsigned char weights[WRPT_COUNT];
	const struct wrpt_kind *k;
	const char *way;
	enum wrpt kind;

	for (kind = 0; kind < WRPT_COUNT; kind++)
		weights[kind] = wrpts[kind].weight;
	kind = dice_weighted(d, weights, WRPT_COUNT);
	k = &wrpts[kind];
	dev->wrpt = k->word;
	dev->branch = k->branch;
	dev->ms = k->ms;
	dev->expect = k->expect;
	if (write_misfit(t, d, dev, kind))
		return;

	write_lines(t, k->declares);
	way = write_way(t, d, kind);
	text_open(t, "Method (WRPT, 1, %s)",
		  k->serialized || dice_chance(d, 30) ? "Serialized" : "NotSerialized");
	body_begin(t, d);
	body_write(t, d, dev, 4);
	if (k->branch)
		text_open(t, "If (Arg0)");
	if (kind == WRPT_LOCAL_REGION || kind == WRPT_EVENT_LOCAL_REGION)
		write_local_region(t, dev);
	if (kind == WRPT_STALLS)
		write_stall(t, k->ms);
	write_lines(t, k->before);
	if (k->branch && k->after) {
		text_line(t, "PEPT = Arg0");
		write_lines(t, k->after);
		text_close(t);
		text_open(t, "Else");
	} else if (kind == WRPT_EVENT_SILENT) {
		text_line(t, "VAR1 = Arg0");
		text_close(t);
		text_open(t, "Else");
	} else if (k->branch) {
		text_close(t);
	}
	if (kind == WRPT_SILENT)
		text_line(t, "VAR1 = Arg0");
	else
		text_line(t, "%s", way);
	if (k->branch && (k->after || kind == WRPT_EVENT_SILENT))
		text_close(t);
	body_write(t, d, dev, 3);
	body_end(t);
	if (!k->branch)
		write_lines(t, k->after);
	text_close(t);
	note_outcome(dev, k, kind);
}
