/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of random-devices share: text that is made from a grammar, and the
 * device that the text describes.
 */
#ifndef ACPI_RANDOM_H
#define ACPI_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* text.c */

#define MAX_VALUES	20

/**
 * struct text - text that is being made
 * @out: where it goes
 * @random: the state of nrand48(3)
 * @values: what $NAME stands for
 * @count: how many values there are
 */
struct text {
	FILE *out;
	unsigned short random[3];
	struct {
		const char *name;
		char text[40];
	} values[MAX_VALUES];
	size_t count;
};

void text_seed(struct text *t, unsigned long long seed, unsigned int stream);
unsigned int text_random(struct text *t, unsigned int limit);
void text_set(struct text *t, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void text_expand(struct text *t, const char *text);
void text_indent(FILE *out, const char *text);

/* grammar.c */

#define MAX_ALTERNATIVES	12

/**
 * struct rule - what <NAME> may stand for
 * @name: the rule's name
 * @alternatives: texts of equal chance. One that begins with "N*" has N times the chance.
 */
struct rule {
	const char *name;
	const char *alternatives[MAX_ALTERNATIVES];
};

extern const struct rule grammar[];

/* kinds.c */

/* Where a register is. */
enum place {
	NOWHERE,	/* the kernel makes no platform device, or the driver finds no port */
	AT_0505,	/* the driver's last resort */
	IN_IO,
	IN_MEMORY,
};

/**
 * struct kind - one way to write a field, _CRS, RDPT or WRPT
 * @word: its name in test results
 * @weight: its chance, relative to the other kinds
 * @text: ASL, as text_expand() reads it
 * @expect: what evaluation gives, for acpi/check.sh
 * @place: where a field or _CRS has the register
 * @bits: width of a field in bits, or 0 for a random width from 3 to 7
 * @no_number: RDPT returns no number
 * @lies: WRPT reports success for an event that it may not have written
 * @hangs: WRPT behaves in the rehearsal but sleeps, loops or maps memory for an event.
 *	The driver cannot know this, so such devices get transport=port.
 */
struct kind {
	const char *word;
	unsigned int weight;
	const char *text;
	const char *expect[2];
	enum place place;
	unsigned int bits;
	bool no_number;
	bool lies;
	bool hangs;
};

extern const struct kind fields[], crss[], rdpts[], wrpts[];	/* each ends with a zero */

/* device.c */

/**
 * struct device - a random device
 * @number: its number, from 0
 * @slot: its place in its guest, which gives its ports and its memory
 * @name: its AML name, and the name of its table
 * @field: the field that AML reaches the register by
 * @crs: its _CRS
 * @rdpt: its RDPT
 * @wrpt: its WRPT
 * @absent: _STA says that the device is not there
 * @has_capability: the device announces that it takes the event
 */
struct device {
	unsigned int number;
	unsigned int slot;
	char name[5];
	const struct kind *field;
	const struct kind *crs;
	const struct kind *rdpt;
	const struct kind *wrpt;
	bool absent;
	bool has_capability;
};

#define SLOT_MEMORY	0xff000100u	/* in the page of QEMU's pc-testdev */
#define SLOT_BYTES	8
#define SLOT_PORT	0x1000u
#define SLOT_PORTS	2

void device_choose(struct text *t, struct device *dev);
int device_write(struct text *t, struct device *dev, const char *dir);

/* guests.c */

int guests_open(const char *dir);
unsigned int guests_slot(bool port_only);
void guests_add(const struct device *dev);
int guests_close(void);

#endif
