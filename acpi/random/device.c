// SPDX-License-Identifier: GPL-2.0-only
/*
 * One random device: which kind of field, _CRS, RDPT and WRPT it has, its table, and what
 * evaluation of its methods gives.
 */
#include <stdlib.h>
#include <string.h>

#include "random.h"

/* acpiexec reads 7 from every byte, as the ports of the bench do. */
#define FILL	0x07070707u

static const struct kind *choose(struct text *t, const struct kind *kinds)
{
	unsigned int sum = 0, n;
	size_t i;

	for (i = 0; kinds[i].word; i++)
		sum += kinds[i].weight;
	n = text_random(t, sum);
	for (i = 0; n >= kinds[i].weight; i++)
		n -= kinds[i].weight;
	return &kinds[i];
}

/*
 * Sets $@value to the writes on the bus when AML stores @number in PEPT. The field's update
 * rule takes the bits beside the field from @fill.
 */
static void set_store(struct text *t, const struct device *dev, const char *value,
		      unsigned int number, unsigned int bits, unsigned char fill)
{
	unsigned int slot_memory = SLOT_MEMORY + SLOT_BYTES * dev->slot;
	const char *index = "";
	char index_write[16];

	if (bits < 8)
		number = (number & ((1u << bits) - 1)) | (fill & 0xff << bits);
	if (!strcmp(dev->field->word, "index")) {
		snprintf(index_write, sizeof(index_write), ", %08X:05", slot_memory + 1);
		index = index_write;
	}
	text_set(t, value, "%s, %04X:%0*X", index, dev->field->place == IN_MEMORY ?
		 slot_memory + 4 : SLOT_PORT + SLOT_PORTS * dev->slot + 1,
		 bits <= 8 ? 2 : bits / 4, number);
}

static void set_field(struct text *t, const struct device *dev)
{
	static const char * const names[] = { "Preserve", "WriteAsOnes", "WriteAsZeros" };
	static const unsigned char fills[] = { FILL & 0xff, 0xff, 0 };
	unsigned int bits = dev->field->bits ?: 3 + text_random(t, 5);
	unsigned int update = text_random(t, ARRAY_SIZE(names));

	text_set(t, "bits", "%u", bits);
	text_set(t, "update", "%s", names[update]);
	set_store(t, dev, "zero", 0, bits, fills[update]);
	set_store(t, dev, "one", 1, bits, fills[update]);
	set_store(t, dev, "two", 2, bits, fills[update]);

	/* Memory of a guest is zero at first, and would say that there is no capability. */
	text_set(t, "read", dev->field->place == IN_MEMORY ? "(PEPT | 0x07)" : "PEPT");
	text_set(t, "load", "0x%02X", bits == 32 ? FILL : FILL & ((1u << bits) - 1));
	if (!strcmp(dev->field->word, "index"))
		text_set(t, "load", "0x07, %08X:05", SLOT_MEMORY + SLOT_BYTES * dev->slot + 1);
}

static unsigned int random_capability(struct text *t)
{
	unsigned int reserved = text_random(t, 10) < 3 ? text_random(t, 32) << 3 : 0;

	/* One in 20 announces nothing. */
	return reserved | (text_random(t, 20) ? 1 + text_random(t, 7) : 0);
}

/**
 * device_choose() - choose the kinds of a device
 * @t: a new random sequence
 * @dev: the device, of which @number is set; the caller then sets @slot
 */
void device_choose(struct text *t, struct device *dev)
{
	unsigned int capability = random_capability(t);

	dev->field = choose(t, fields);
	dev->crs = choose(t, crss);
	dev->rdpt = choose(t, rdpts);
	dev->wrpt = choose(t, wrpts);
	dev->absent = !text_random(t, 20);
	snprintf(dev->name, sizeof(dev->name), "P%03X", dev->number);
	text_set(t, "capability", "%02X", capability);

	/* If RDPT returns no number the driver reads the port: 7, or 0 in memory. */
	if (dev->rdpt->no_number)
		dev->has_capability = dev->crs->place != IN_MEMORY;
	else if (strstr(dev->rdpt->text, "$read"))
		dev->has_capability = true;
	else
		dev->has_capability = capability & 1;
}

static void expect(struct text *t, const char *evaluation)
{
	if (!evaluation)
		return;
	text_expand(t, "// exec: $name.");
	text_expand(t, evaluation);
	fputc('\n', t->out);
}

static void write_table(struct text *t, const struct device *dev)
{
	text_expand(t, "DefinitionBlock (\"\", \"SSDT\", 2, \"PVPANI\", \"PEG$number\", 1)\n{\n"
		    "Scope (\\_SB)\n{\nDevice ($name)\n{\n<identity><uid><description>");
	text_expand(t, dev->absent ? "Name (_STA, Zero)\n" : "<status>");
	text_expand(t, dev->crs->text);
	text_expand(t, dev->field->text);
	text_expand(t, "<objects><extras>");
	text_expand(t, dev->rdpt->text);
	text_expand(t, dev->wrpt->text);
	text_expand(t, "}\n}\n}\n");
}

static void set_slot(struct text *t, const struct device *dev)
{
	unsigned int port = SLOT_PORT + SLOT_PORTS * dev->slot;
	unsigned int memory = SLOT_MEMORY + SLOT_BYTES * dev->slot;

	text_set(t, "name", "%s", dev->name);
	text_set(t, "number", "%u", dev->number);
	text_set(t, "port", "0x%04X", port);
	text_set(t, "amlport", "0x%04X", port + 1);
	text_set(t, "offset", "0x%04X", port - 2);
	text_set(t, "memory", "0x%08X", memory);
	text_set(t, "index", "0x%08X", memory + 1);
	text_set(t, "local", "0x%08X", memory + 2);
	text_set(t, "amlmemory", "0x%08X", memory + 4);
}

/**
 * device_write() - write the device's table as ASL
 * @t: the random sequence that chose the kinds
 * @dev: the device
 * @dir: the folder
 *
 * The comments in the table tell make which remarks of iasl are no errors, and acpi/check.sh
 * how the table evaluates.
 *
 * Return: 0, or -1 after a message.
 */
int device_write(struct text *t, struct device *dev, const char *dir)
{
	char path[512], *table = NULL;
	size_t size = 0;
	FILE *out;

	set_slot(t, dev);
	set_field(t, dev);
	snprintf(path, sizeof(path), "%s/%s.asl", dir, dev->name);
	out = fopen(path, "w");
	if (!out) {
		perror(path);
		return -1;
	}
	t->out = out;
	fprintf(out, "// Device %u: field %s, _CRS %s, RDPT %s, WRPT %s\n"
		"// iasl: 2098 recursion\n"
		"// iasl: 2173 objects that a method makes\n"
		"// iasl: 3023 a number that is stored in itself\n"
		"// iasl: 3150 no resources\n"
		"// iasl: 3175 a region that a method makes\n",
		dev->number, dev->field->word, dev->crs->word, dev->rdpt->word, dev->wrpt->word);
	expect(t, dev->crs->expect[0]);
	expect(t, dev->rdpt->expect[0]);
	expect(t, dev->wrpt->expect[0]);
	expect(t, dev->wrpt->expect[1]);

	t->out = open_memstream(&table, &size);
	if (!t->out)
		abort();
	write_table(t, dev);
	fclose(t->out);
	text_indent(out, table);
	free(table);
	if (fclose(out)) {
		perror(path);
		return -1;
	}
	return 0;
}
