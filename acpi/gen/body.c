// SPDX-License-Identifier: GPL-2.0-only
/*
 * What methods do when they do nothing in particular: random statements that
 * always end, never fail, and leave the register alone. They use Local0..Local3
 * as numbers, Local4 and Local5 for other objects, Local6 and Local7 to count.
 */
#include "gen.h"

#define NUMBERS		4
#define MAX_NESTING	2

static void number(char *buf, size_t size, struct dice *d, int depth)
{
	static const char * const ops[] = { "+", "-", "*", "^", "&", "|" };
	char left[128], right[128];

	switch (dice_below(d, depth ? 8 : 3)) {
	case 0:
		snprintf(buf, size, "0x%X", dice_below(d, 0x10000));
		break;
	case 1:
		snprintf(buf, size, "Local%u", dice_below(d, NUMBERS));
		break;
	case 2:
		snprintf(buf, size, "VAR%u", dice_below(d, 2));
		break;
	case 3:
		number(left, sizeof(left), d, depth - 1);
		snprintf(buf, size, "(%s %s 0x%X)", left, dice_chance(d, 50) ? "<<" : ">>",
			 dice_below(d, 24));
		break;
	case 4:
		snprintf(buf, size, "(Local%u %s 0x%X)", dice_below(d, NUMBERS),
			 dice_chance(d, 50) ? "/" : "%", dice_between(d, 1, 255));
		break;
	case 5:
		number(left, sizeof(left), d, depth - 1);
		snprintf(buf, size, "~%s", left);
		break;
	default:
		number(left, sizeof(left), d, depth - 1);
		number(right, sizeof(right), d, depth - 1);
		snprintf(buf, size, "(%s %s %s)", left, ops[dice_below(d, ARRAY_SIZE(ops))], right);
	}
}

static void write_buffer(struct text *t, struct dice *d)
{
	unsigned int i, len = dice_between(d, 2, 8);

	text_open(t, "Local4 = Buffer (0x%02X)", len);
	for (i = 0; i < len; i++)
		text_line(t, "0x%02X%s", dice_below(d, 256), i + 1 < len ? "," : "");
	text_close(t);
	if (dice_chance(d, 50))
		text_line(t, "Local4 [0x%02X] = Local%u", dice_below(d, len),
			  dice_below(d, NUMBERS));
	text_line(t, "Local%u = DerefOf (Local4 [0x%02X])", dice_below(d, NUMBERS),
		  dice_below(d, len));
}

static void write_package(struct text *t, struct dice *d)
{
	unsigned int i, len = dice_between(d, 1, 4);

	text_open(t, "Local5 = Package (0x%02X)", len);
	for (i = 0; i < len; i++)
		text_line(t, "0x%04X%s", dice_below(d, 0x10000), i + 1 < len ? "," : "");
	text_close(t);
	text_line(t, "Local%u = DerefOf (Local5 [0x%02X])", dice_below(d, NUMBERS),
		  dice_below(d, len));
}

static void write_string(struct text *t, struct dice *d)
{
	static const char * const to_string[] = { "ToHexString", "ToDecimalString" };

	text_line(t, "Local4 = %s (Local%u)", to_string[dice_below(d, 2)],
		  dice_below(d, NUMBERS));
	if (dice_chance(d, 50))
		text_line(t, "Local4 = Concatenate (Local4, \"%u\")", dice_below(d, 100));
	text_line(t, "Local%u = SizeOf (Local4)", dice_below(d, NUMBERS));
}

static void write_assignment(struct text *t, struct dice *d)
{
	unsigned int target;
	char value[512];

	number(value, sizeof(value), d, 2);
	switch (dice_below(d, 6)) {
	case 0:
		text_line(t, "VAR%u = %s", dice_below(d, 2), value);
		break;
	case 1:
		text_line(t, "Local%u += %s", dice_below(d, NUMBERS), value);
		break;
	case 2:
		/* From another one: the compiler frowns on the same. */
		target = dice_below(d, NUMBERS);
		text_line(t, "Local%u = FindSetLeftBit (Local%u)", target,
			  (target + dice_between(d, 1, NUMBERS - 1)) % NUMBERS);
		break;
	case 3:
		text_line(t, "Local%u = ObjectType (PEPT)", dice_below(d, NUMBERS));
		break;
	default:
		text_line(t, "Local%u = %s", dice_below(d, NUMBERS), value);
	}
}

static void write_statement(struct text *t, struct dice *d, const struct device *dev, int nesting);

static void write_block(struct text *t, struct dice *d, const struct device *dev, int nesting)
{
	int n = dice_between(d, 1, 3);

	while (n--)
		write_statement(t, d, dev, nesting + 1);
}

static void write_if(struct text *t, struct dice *d, const struct device *dev, int nesting)
{
	static const char * const relations[] = { "==", "!=", "<", ">", "<=", ">=" };
	char value[512];

	number(value, sizeof(value), d, 1);
	text_open(t, "If ((Local%u %s %s))", dice_below(d, NUMBERS),
		  relations[dice_below(d, ARRAY_SIZE(relations))], value);
	write_block(t, d, dev, nesting);
	text_close(t);
	if (dice_chance(d, 40)) {
		text_open(t, "Else");
		write_block(t, d, dev, nesting);
		text_close(t);
	}
}

static void write_while(struct text *t, struct dice *d, const struct device *dev, int nesting)
{
	int counter = 7 - nesting;

	text_line(t, "Local%d = 0x%02X", counter, dice_between(d, 1, 6));
	text_open(t, "While (Local%d)", counter);
	write_block(t, d, dev, nesting);
	text_line(t, "Local%d--", counter);
	text_close(t);
}

static void write_locked(struct text *t, struct dice *d, const struct device *dev)
{
	unsigned int mutex = dice_below(d, 2);

	/* No others inside: mutexes may be taken in the order of their levels only. */
	text_line(t, "Acquire (MTX%u, 0xFFFF)", mutex);
	write_block(t, d, dev, MAX_NESTING - 1);
	text_line(t, "Release (MTX%u)", mutex);
}

static void write_statement(struct text *t, struct dice *d, const struct device *dev, int nesting)
{
	switch (dice_below(d, nesting < MAX_NESTING ? 13 : 6)) {
	case 0:
		write_buffer(t, d);
		break;
	case 1:
		write_package(t, d);
		break;
	case 2:
		write_string(t, d);
		break;
	case 6:
		write_if(t, d, dev, nesting);
		break;
	case 7:
		write_while(t, d, dev, nesting);
		break;
	case 8:
		if (!nesting) {
			write_locked(t, d, dev);
			break;
		}
		__attribute__((fallthrough));
	case 9:
		text_line(t, "Stall (0x%02X)", dice_between(d, 1, 50));
		break;
	case 10:
		if (dev->helpers && !nesting) {
			text_line(t, "Local%u = HLP%u (Local%u)", dice_below(d, NUMBERS),
				  dice_below(d, dev->helpers), dice_below(d, NUMBERS));
			break;
		}
		__attribute__((fallthrough));
	default:
		write_assignment(t, d);
	}
}

/** body_begin() - the start of a method with statements in it */
void body_begin(struct text *t, struct dice *d)
{
	int i;

	for (i = 0; i < NUMBERS; i++)
		text_line(t, "Local%d = 0x%X", i, dice_below(d, 0x100));
}

/** body_write() - statements, @budget of them at most on the outermost level */
void body_write(struct text *t, struct dice *d, const struct device *dev, int budget)
{
	int n = dice_below(d, budget + 1);

	while (n--)
		write_statement(t, d, dev, 0);
}

/** body_end() - uses every number, for the compiler warns of any that is not */
void body_end(struct text *t)
{
	text_line(t, "VAR0 = (((Local0 ^ Local1) ^ Local2) ^ Local3)");
}

/** body_declare() - the objects that statements use, and methods to call */
void body_declare(struct text *t, struct dice *d, struct device *dev)
{
	unsigned int count = dice_below(d, 4);

	text_line(t, "Name (VAR0, 0x%X)", dice_below(d, 0x10000));
	text_line(t, "Name (VAR1, 0x%X)", dice_below(d, 0x10000));
	/* Level 0 for the one that WRPT may keep: anything may follow it. */
	text_line(t, "Mutex (MTX0, 0x00)");
	text_line(t, "Mutex (MTX1, 0x%02X)", dice_below(d, 4));

	/* Each calls only those before it, so that none recurses. */
	for (dev->helpers = 0; dev->helpers < count; dev->helpers++) {
		text_line(t, "%s", "");
		text_open(t, "Method (HLP%u, 1, %s)", dev->helpers,
			  dice_chance(d, 40) ? "Serialized" : "NotSerialized");
		body_begin(t, d);
		text_line(t, "Local0 ^= Arg0");
		body_write(t, d, dev, 4);
		body_end(t);
		text_line(t, "Return (VAR0)");
		text_close(t);
	}
}
