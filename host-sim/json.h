/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON as QEMU speaks it, on jansson's values.
 *
 * jansson's own reader and writer are not used for QMP: a QMP stream has no frames, so where a
 * message ends is known only by reading it; QEMU accepts 'single quotes', names what is wrong in
 * words that its clients' logs know, and prints members and numbers in its own way.
 */
#ifndef HOST_SIM_JSON_H
#define HOST_SIM_JSON_H

#include <jansson.h>

#include "text.h"

#define JSON_MAX_NESTING 1024      /* as in QEMU */
#define JSON_MAX_MESSAGE (1 << 20) /* bytes; QEMU: 64 MiB, many times a real message */

/**
 * typedef json_message_fn - one message was read
 * @opaque: json_reader_init()'s
 * @value: the message, borrowed, or NULL
 * @error: if NULL is @value: what is wrong, in QEMU's words
 */
typedef void (*json_message_fn)(void *opaque, json_t *value, const char *error);

struct json_token {
	unsigned char type;
	unsigned int start; /* in json_reader.text, NUL-terminated there */
};

/**
 * struct json_reader - cuts a stream of bytes into messages
 *
 * Holds memory only while a message is incomplete.
 */
struct json_reader {
	unsigned char state;
	char quote;
	int braces;
	int brackets;
	struct text text;
	size_t token_start;
	struct json_token *tokens;
	size_t n_tokens;
	size_t size_tokens;
	json_message_fn message;
	void *opaque;
};

void json_reader_init(struct json_reader *r, json_message_fn message, void *opaque);
void json_reader_feed(struct json_reader *r, const char *bytes, size_t len);
void json_reader_free(struct json_reader *r);

/* json-parse.c: from tokens to a value */
enum json_token_type {
	TOKEN_NONE,
	TOKEN_ERROR,
	TOKEN_BRACE_OPEN,
	TOKEN_BRACE_CLOSE,
	TOKEN_BRACKET_OPEN,
	TOKEN_BRACKET_CLOSE,
	TOKEN_COLON,
	TOKEN_COMMA,
	TOKEN_INTEGER,
	TOKEN_FLOAT,
	TOKEN_KEYWORD,
	TOKEN_STRING,
};

json_t *json_parse_tokens(const char *text, const struct json_token *tokens, size_t n,
			  struct text *error);

/* json-write.c */
struct json_member {
	const char *key;
	json_t *value;
};

struct json_member *json_members(const json_t *object, size_t *n);
void json_write(struct text *out, const json_t *value);

/* Modified UTF-8: as UTF-8, but U+0000 is two bytes, so that it can stand in a C string. */
int mod_utf8_decode(const char *s, const char **end);
int mod_utf8_encode(char buf[4], int codepoint);

#endif
