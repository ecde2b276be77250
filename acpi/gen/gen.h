/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of acpi-gen share: the dice, the text that is being written,
 * and what is known of a device once it is thrown.
 */
#ifndef ACPI_GEN_H
#define ACPI_GEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define MAX_DEVICES	1024

/* dice.c */
struct dice {
	uint64_t state;
};

void dice_seed(struct dice *d, uint64_t seed, uint64_t stream);
unsigned int dice_below(struct dice *d, unsigned int limit);
unsigned int dice_between(struct dice *d, unsigned int min, unsigned int max);
bool dice_chance(struct dice *d, unsigned int percent);
unsigned int dice_weighted(struct dice *d, const unsigned char *weights, unsigned int count);

/* text.c */
struct text {
	FILE *out;
	int depth;
};

void text_line(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_open(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_close(struct text *t);

/**
 * enum expect - what the host must see when the guest panics
 * @EXPECT_BYTE: the byte, at the port or where AML writes
 * @EXPECT_NONE: nothing, for the device says that it takes no event, or is not there
 * @EXPECT_MAYBE: either; the firmware does with an event what it does not do in the
 *	rehearsal, says that it sent what it did not, or hides its port
 */
enum expect { EXPECT_BYTE, EXPECT_NONE, EXPECT_MAYBE };

enum place_kind { PLACE_NONE, PLACE_DEFAULT, PLACE_IO, PLACE_MEMORY };

struct place {
	enum place_kind kind;
	uint64_t addr;
};

/* How a field reaches the register. */
enum shape { SHAPE_BYTE, SHAPE_BITS, SHAPE_OFFSET, SHAPE_LOCKED, SHAPE_INDEX, SHAPE_MEMORY,
	     SHAPE_WIDE, SHAPE_COUNT };

enum update { UPDATE_PRESERVE, UPDATE_ONES, UPDATE_ZEROS };

/**
 * struct device - one thrown device, and what is known of it
 * @nr: its number; ports and memory follow from it
 * @name: its AML name, which is its file's name too (in lower case)
 * @id: what the driver finds it by: "hid" or "cid"
 * @io: the first of its two I/O ports: the driver's; the second is AML's
 * @memory: its 16 bytes of memory
 * @port: where the driver writes when not by AML
 * @aml: where AML writes
 * @shape: of the field that AML writes through
 * @update: that field's update rule
 * @bits: its width
 * @helpers: how many methods HLP0.. there are
 * @rdpt: what RDPT is, in a word
 * @wrpt: what is odd about WRPT, in a word
 * @crs: what _CRS is, in a word
 * @branch: WRPT does something else for an event than for 0
 * @rdpt_number: RDPT gives a number, @capability
 * @absent: _STA says that the device is not there
 * @expect: what the host must see
 * @ms: how long WRPT(0) takes at least, in milliseconds
 * @exec: what evaluating the table must give, as comments for acpi-check
 */
struct device {
	unsigned int nr;
	char name[5];
	const char *id;
	unsigned int io;
	uint64_t memory;
	struct place port, aml;
	enum shape shape;
	enum update update;
	unsigned int bits;
	unsigned int helpers;
	const char *rdpt, *wrpt, *crs;
	bool branch;
	bool rdpt_number;
	bool absent;
	unsigned int capability;
	enum expect expect;
	unsigned int ms;
	char exec[1024];
};

void device_expect(struct device *dev, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* register.c */
void register_throw(struct dice *d, struct device *dev);
void register_write(struct text *t, const struct device *dev);
unsigned int register_value(const struct device *dev, unsigned int value);
void register_store(char *buf, size_t size, const struct device *dev, unsigned int value);
unsigned int register_load(char *buf, size_t size, const struct device *dev);

/* crs.c */
void crs_write(struct text *t, struct dice *d, struct device *dev);

/* body.c */
void body_declare(struct text *t, struct dice *d, struct device *dev);
void body_begin(struct text *t, struct dice *d);
void body_write(struct text *t, struct dice *d, const struct device *dev, int budget);
void body_end(struct text *t);

/* methods.c */
void rdpt_write(struct text *t, struct dice *d, struct device *dev);
void wrpt_write(struct text *t, struct dice *d, struct device *dev);

/* device.c */
void device_write(FILE *out, uint64_t seed, struct device *dev);
void device_record_header(FILE *out);
void device_record(FILE *out, const struct device *dev);

#endif
