// SPDX-License-Identifier: GPL-2.0-only
/*
 * As much of AML as it takes to find a device in a table and to tell its objects
 * apart (ACPI 6.3, chapter 20). The pvpanic device consists of named objects of
 * four kinds; an unknown one is an error here rather than a guess.
 */
#include <string.h>

#include "check.h"

#define HEADER_LEN	36	/* of a system description table, ACPI 6.3, 5.2.6 */
#define HEADER_CHECKSUM	9

#define AML_NAME	0x08
#define AML_BYTE	0x0a
#define AML_WORD	0x0b
#define AML_DWORD	0x0c
#define AML_STRING	0x0d
#define AML_QWORD	0x0e
#define AML_BUFFER	0x11
#define AML_PACKAGE	0x12
#define AML_METHOD	0x14
#define AML_EXT		0x5b
#define AML_EXT_REGION	0x80
#define AML_EXT_FIELD	0x81
#define AML_EXT_DEVICE	0x82
#define AML_ONES	0xff

#define SPACE_MEMORY	0
#define SPACE_IO	1

/* PkgLength (20.2.4): its own bytes count. Return 0 where it runs past the end. */
static size_t package_len(const uint8_t *p, size_t left, int *bytes)
{
	size_t len;
	int i;

	if (!left)
		return 0;
	*bytes = 1 + (p[0] >> 6);
	if (left < (size_t)*bytes)
		return 0;
	len = *bytes == 1 ? p[0] & 0x3f : p[0] & 0x0f;
	for (i = 1; i < *bytes; i++)
		len |= (size_t)p[i] << (8 * i - 4);
	return len <= left ? len : 0;
}

/* The length of a data object, or 0 for what no device of ours contains. */
static size_t data_len(const uint8_t *p, size_t left)
{
	size_t len = 0;
	int bytes;

	if (!left)
		return 0;
	switch (p[0]) {
	case 0:
	case 1:
	case AML_ONES:
		return 1;
	case AML_BYTE:
		len = 2;
		break;
	case AML_WORD:
		len = 3;
		break;
	case AML_DWORD:
		len = 5;
		break;
	case AML_QWORD:
		len = 9;
		break;
	case AML_STRING:
		len = strnlen((const char *)p, left) + 1;
		break;
	case AML_BUFFER:
	case AML_PACKAGE:
		len = package_len(p + 1, left - 1, &bytes);
		if (len)
			len++;
		break;
	}
	return len <= left ? len : 0;
}

static int node_parse(struct node *node, const uint8_t *p, size_t left)
{
	size_t len = 0, part;
	int bytes, name_at = 1;

	if (left < 7)
		return -1;
	if (p[0] == AML_NAME) {
		node->kind = "Name";
		len = data_len(p + 5, left - 5);
		if (len)
			len += 5;
	} else if (p[0] == AML_METHOD) {
		node->kind = "Method";
		len = package_len(p + 1, left - 1, &bytes);
		name_at = 1 + bytes;
		if (len)
			len++;
	} else if (p[0] == AML_EXT && p[1] == AML_EXT_REGION) {
		node->kind = "OperationRegion";
		name_at = 2;
		len = 7;		/* opcode, name, space */
		part = data_len(p + len, left - len);
		if (!part)
			return -1;
		len += part;
		part = data_len(p + len, left - len);
		if (!part)
			return -1;
		len += part;
	} else if (p[0] == AML_EXT && p[1] == AML_EXT_FIELD) {
		node->kind = "Field";
		len = package_len(p + 2, left - 2, &bytes);
		name_at = 2 + bytes;
		if (len)
			len += 2;
	}
	if (!len || len > left || name_at + 4u > len)
		return -1;
	memcpy(node->name, p + name_at, 4);
	node->name[4] = '\0';
	node->aml = p;
	node->len = len;
	return 0;
}

/**
 * aml_find_device() - find a device in AML and take it apart
 * @dev: where it goes; it points into @aml
 * @aml: a table, or any part of one
 * @len: its length in bytes
 * @name: the device's name, four characters
 *
 * Return: 0; -1 when the device is not there or is none that we understand.
 */
int aml_find_device(struct device *dev, const uint8_t *aml, size_t len, const char *name)
{
	const uint8_t *p, *end = aml + len;
	size_t pkg = 0;
	int bytes = 0;

	for (p = aml; p + 2 < end; p++) {
		if (p[0] != AML_EXT || p[1] != AML_EXT_DEVICE)
			continue;
		pkg = package_len(p + 2, end - p - 2, &bytes);
		if (pkg >= bytes + 4u && !memcmp(p + 2 + bytes, name, 4))
			break;
	}
	if (p + 2 >= end)
		return -1;

	*dev = (struct device){ .aml = p, .len = pkg + 2 };
	end = p + dev->len;
	for (p += 2 + bytes + 4; p < end; p += dev->nodes[dev->count++].len) {
		if (dev->count == MAX_NODES || node_parse(&dev->nodes[dev->count], p, end - p))
			return -1;
	}
	return 0;
}

/** aml_find_node() - a device's object with the kind and name of @like, or NULL */
const struct node *aml_find_node(const struct device *dev, const struct node *like)
{
	int i;

	for (i = 0; i < dev->count; i++)
		if (!strcmp(dev->nodes[i].kind, like->kind) &&
		    !strcmp(dev->nodes[i].name, like->name))
			return &dev->nodes[i];
	return NULL;
}

static uint8_t sum(const uint8_t *p, size_t len)
{
	uint8_t s = 0;

	while (len--)
		s += *p++;
	return s;
}

bool aml_checksum_good(const uint8_t *table, size_t len)
{
	return len > HEADER_LEN && !sum(table, len);
}

/**
 * aml_regions_to_memory() - turn a table's I/O regions into memory regions
 *
 * acpiexec shows what is written to a memory region, but not what to a port.
 *
 * Return: how many regions were changed.
 */
int aml_regions_to_memory(uint8_t *table, size_t len)
{
	int count = 0;
	size_t i;

	for (i = HEADER_LEN; i + 7 < len; i++) {
		if (table[i] != AML_EXT || table[i + 1] != AML_EXT_REGION ||
		    table[i + 6] != SPACE_IO)
			continue;
		table[i + 6] = SPACE_MEMORY;
		count++;
	}
	table[HEADER_CHECKSUM] -= sum(table, len);
	return count;
}
