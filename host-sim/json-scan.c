// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a JSON message ends, by QEMU's rules: when its braces and its brackets balance. After a
 * byte that cannot be JSON, the scanner reports the error at once and skips to the next structural
 * or control character, so that one bad message does not cost the connection (QEMU's
 * docs/interop/qmp-spec, "2.6 Unterminated or garbage input").
 *
 * QEMU accepts two things that jansson refuses, and the scanner rewrites both: strings in single
 * quotes, and integers that need more than 64 bits.
 */
#include <stdbool.h>
#include <string.h>

#include "json-scan.h"

enum state { START, STRING, ESCAPE, NUMBER, KEYWORD, RECOVERY };

static void report(struct json_scanner *s, json_t *message, const char *why)
{
	text_free(&s->text);
	s->braces = 0;
	s->brackets = 0;
	s->found(s->opaque, message, why);
	json_decref(message);
}

static void lexical_error(struct json_scanner *s, const char *why)
{
	s->state = RECOVERY;
	report(s, NULL, why);
}

/* After each token: is the message complete? QEMU gives up on one that closes too much. */
static void end_token(struct json_scanner *s)
{
	json_error_t error;
	json_t *message;

	s->state = START;
	if (s->braces + s->brackets > JSON_MAX_NESTING) {
		report(s, NULL, "JSON is nested too deeply");
		return;
	}
	if ((s->braces > 0 || s->brackets > 0) && s->braces >= 0 && s->brackets >= 0)
		return;
	message = json_loadb(s->text.s, s->text.len,
			     JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	report(s, message, error.text);
}

/* jansson judges the number. An integer that needs more than 64 bits becomes a float. */
static bool is_number(struct json_scanner *s)
{
	json_error_t error;
	json_t *number = json_loads(s->text.s + s->scalar, JSON_DECODE_ANY, &error);

	json_decref(number);
	if (number || json_error_code(&error) != json_error_numeric_overflow)
		return number;
	text_add(&s->text, ".0", 2);
	return true;
}

/* The space keeps the scalar apart from one that follows it. */
static void end_scalar(struct json_scanner *s)
{
	if (s->state == NUMBER && !is_number(s)) {
		lexical_error(s, "invalid number");
		return;
	}
	text_add_char(&s->text, ' ');
	end_token(s);
}

static bool is_in_scalar(const struct json_scanner *s, unsigned char c)
{
	if (s->state == NUMBER)
		return c && strchr("0123456789+-.eE", c);
	return c >= 'a' && c <= 'z';
}

/* UTF-8 never has the bytes 0xfe and 0xff. jansson checks the rest of UTF-8. */
static void feed_string(struct json_scanner *s, unsigned char c)
{
	if (c < 0x20 || c > 0xfd) {
		lexical_error(s, "control character or invalid byte in string");
	} else if (s->state == ESCAPE) {
		if (c != '\'')
			text_add_char(&s->text, '\\');
		text_add_char(&s->text, c);
		s->state = STRING;
	} else if (c == '\\') {
		s->state = ESCAPE;
	} else if (c == s->quote) {
		text_add_char(&s->text, '"');
		end_token(s);
	} else {
		if (c == '"')
			text_add_char(&s->text, '\\');
		text_add_char(&s->text, c);
	}
}

static void begin_token(struct json_scanner *s, unsigned char c, enum state state)
{
	s->state = state;
	s->quote = c;
	s->scalar = s->text.len;
	text_add_char(&s->text, state == STRING ? '"' : c);
}

static void feed_start(struct json_scanner *s, unsigned char c)
{
	if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
		return;
	if (c == '"' || c == '\'') {
		begin_token(s, c, STRING);
	} else if (c == '-' || (c >= '0' && c <= '9')) {
		begin_token(s, c, NUMBER);
	} else if (c >= 'a' && c <= 'z') {
		begin_token(s, c, KEYWORD);
	} else if (c && strchr("{}[]:,", c)) {
		s->braces += (c == '{') - (c == '}');
		s->brackets += (c == '[') - (c == ']');
		text_add_char(&s->text, c);
		end_token(s);
	} else {
		lexical_error(s, "invalid byte");
	}
}

static bool ends_recovery(unsigned char c)
{
	return (c < 0x20 && c != '\t') || c > 0xfd || (c && strchr("{}[]:,", c));
}

static void feed(struct json_scanner *s, unsigned char c)
{
	if (s->state == STRING || s->state == ESCAPE) {
		feed_string(s, c);
		return;
	}
	if (s->state == NUMBER || s->state == KEYWORD) {
		if (is_in_scalar(s, c)) {
			text_add_char(&s->text, c);
			return;
		}
		end_scalar(s);
	}
	if (s->state == RECOVERY && ends_recovery(c))
		s->state = START;
	if (s->state == START)
		feed_start(s, c);
}

/**
 * json_scan_init() - begin a stream
 * @scanner: the scanner
 * @found: called for each message and each error, from json_scan_feed()
 * @opaque: handed to @found
 */
void json_scan_init(struct json_scanner *scanner, json_message_fn found, void *opaque)
{
	*scanner = (struct json_scanner){ .state = START, .found = found, .opaque = opaque };
}

/** json_scan_feed() - the next @len bytes of the stream, cut anywhere */
void json_scan_feed(struct json_scanner *scanner, const char *bytes, size_t len)
{
	for (; len; len--) {
		feed(scanner, *bytes++);
		if (scanner->text.len > JSON_MAX_MESSAGE)
			lexical_error(scanner, "message too long");
	}
}

/** json_scan_free() - give back memory */
void json_scan_free(struct json_scanner *scanner)
{
	text_free(&scanner->text);
}
