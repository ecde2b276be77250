// SPDX-License-Identifier: GPL-2.0-only
/*
 * A jansson value as QEMU prints it: a space behind each colon and comma, members in the order of
 * QEMU's hash table, strings in ASCII, numbers as short as they come.
 */
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define QEMU_BUCKETS 512

static const int min_codepoint[] = { 0, 0, 0x80, 0x800, 0x10000 };

static int is_character(int cp)
{
	if (cp < 0 || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	return !(cp >= 0xfdd0 && cp <= 0xfdef) && (cp & 0xfffe) != 0xfffe;
}

/**
 * mod_utf8_decode() - one character of modified UTF-8
 * @s: NUL-terminated text, not at its end
 * @end: set behind the character
 *
 * Return: its code point, or -1 for a sequence that is invalid, overlong or no character.
 */
int mod_utf8_decode(const char *s, const char **end)
{
	unsigned char c = *s;
	int i, len, cp;

	*end = s + 1;
	if (c < 0x80)
		return c ? c : -1;
	if (c < 0xc0 || c > 0xf7)
		return -1;
	len = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	cp = c & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -1;
		cp = cp << 6 | (s[i] & 0x3f);
		*end = s + i + 1;
	}
	if (cp == 0 && len == 2)
		return 0;
	return cp >= min_codepoint[len] && is_character(cp) ? cp : -1;
}

/**
 * mod_utf8_encode() - a character as modified UTF-8
 * @buf: where to
 * @cp: code point
 *
 * Return: bytes written, or -1 when @cp is no character.
 */
int mod_utf8_encode(char buf[4], int cp)
{
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	int i, len;

	if (!is_character(cp))
		return -1;
	if (cp > 0 && cp < 0x80) {
		buf[0] = cp;
		return 1;
	}
	len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	for (i = len - 1; i > 0; i--, cp >>= 6)
		buf[i] = 0x80 | (cp & 0x3f);
	buf[0] = lead[len] | cp;
	return len;
}

/* The bucket of QEMU's dictionary that a key is in: the hash of gdbm, which QEMU uses too. */
static unsigned int bucket(const char *key)
{
	unsigned int i, hash = 0x238f13afu * (unsigned int)strlen(key);

	for (i = 0; key[i]; i++)
		hash += (unsigned int)(unsigned char)key[i] << (i * 5 % 24);
	return (1103515243u * hash + 12345u) % QEMU_BUCKETS;
}

struct ordered {
	struct json_member member;
	unsigned int bucket;
	size_t age;
};

static int compare(const void *left, const void *right)
{
	const struct ordered *a = left, *b = right;

	if (a->bucket != b->bucket)
		return a->bucket < b->bucket ? -1 : 1;
	return a->age > b->age ? -1 : 1; /* a bucket's newest member comes first */
}

/**
 * json_members() - an object's members in QEMU's order
 * @object: a JSON object
 * @n: set to their number
 *
 * Return: the members, to be freed; keys and values are borrowed from @object.
 */
struct json_member *json_members(const json_t *object, size_t *n)
{
	json_t *o = (json_t *)object;
	size_t i = 0, size = json_object_size(object);
	struct ordered *ordered = xcalloc(size + 1, sizeof(*ordered));
	struct json_member *members = xcalloc(size + 1, sizeof(*members));
	const char *key;
	json_t *value;

	json_object_foreach(o, key, value) {
		ordered[i] = (struct ordered){ { key, value }, bucket(key), i };
		i++;
	}
	qsort(ordered, size, sizeof(*ordered), compare);
	for (i = 0; i < size; i++)
		members[i] = ordered[i].member;
	free(ordered);
	*n = size;
	return members;
}

static void write_character(struct text *out, int cp)
{
	static const char special[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *found = cp > 0 && cp < 0x80 ? strchr(special, cp) : NULL;

	if (found)
		text_printf(out, "\\%c", letters[found - special]);
	else if (cp >= 0x20 && cp < 0x7f)
		text_add_char(out, cp);
	else if (cp <= 0xffff)
		text_printf(out, "\\u%04X", cp);
	else
		text_printf(out, "\\u%04X\\u%04X", 0xd800 + ((cp - 0x10000) >> 10),
			    0xdc00 + ((cp - 0x10000) & 0x3ff));
}

static void write_string(struct text *out, const char *s)
{
	int cp;

	text_add_char(out, '"');
	while (*s) {
		cp = mod_utf8_decode(s, &s);
		write_character(out, cp < 0 ? 0xfffd : cp);
	}
	text_add_char(out, '"');
}

static void write_object(struct text *out, const json_t *object)
{
	struct json_member *members;
	size_t i, n;

	members = json_members(object, &n);
	text_add_char(out, '{');
	for (i = 0; i < n; i++) {
		if (i)
			text_add(out, ", ", 2);
		write_string(out, members[i].key);
		text_add(out, ": ", 2);
		json_write(out, members[i].value);
	}
	text_add_char(out, '}');
	free(members);
}

static void write_array(struct text *out, const json_t *array)
{
	size_t i;

	text_add_char(out, '[');
	for (i = 0; i < json_array_size(array); i++) {
		if (i)
			text_add(out, ", ", 2);
		json_write(out, json_array_get(array, i));
	}
	text_add_char(out, ']');
}

/**
 * json_write() - append a value as QEMU would print it
 * @out: where to
 * @value: the value
 *
 * The one difference: an integer from 2^63 to 2^64 - 1 is printed as a float, for jansson has
 * no such integer.
 */
void json_write(struct text *out, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		write_object(out, value);
		break;
	case JSON_ARRAY:
		write_array(out, value);
		break;
	case JSON_STRING:
		write_string(out, json_string_value(value));
		break;
	case JSON_INTEGER:
		text_printf(out, "%lld", (long long)json_integer_value(value));
		break;
	case JSON_REAL:
		text_printf(out, "%.17g", json_real_value(value));
		break;
	case JSON_TRUE:
		text_add(out, "true", 4);
		break;
	case JSON_FALSE:
		text_add(out, "false", 5);
		break;
	case JSON_NULL:
		text_add(out, "null", 4);
		break;
	}
}
