// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the tokens of one message to a jansson value, or to QEMU's words for what is wrong. The
 * first error counts. Strings are kept in modified UTF-8.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

struct parser {
	const char *text;
	const struct json_token *next;
	const struct json_token *end;
	struct text *error;
};

static json_t *parse_value(struct parser *p);

static json_t *fail(struct parser *p, const char *fmt, ...)
{
	char message[1024];
	va_list args;

	if (p->error->len)
		return NULL;
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	text_printf(p->error, "JSON parse error, %s", message);
	return NULL;
}

static enum json_token_type peek(struct parser *p)
{
	return p->next < p->end ? p->next->type : TOKEN_NONE;
}

static const char *take(struct parser *p)
{
	return p->text + p->next++->start;
}

static int hex4(const char *s)
{
	int i, value = 0;

	for (i = 0; i < 4; i++) {
		if (!s[i] || !strchr("0123456789abcdefABCDEF", s[i]))
			return -1;
		value = value * 16 + (s[i] <= '9' ? s[i] - '0' : (s[i] | 0x20) - 'a' + 10);
	}
	return value;
}

/* \uXXXX, or two of them that make a surrogate pair; *s stands behind the u. */
static int parse_unicode(const char **s)
{
	int high = hex4(*s), low;

	/* A string may end inside these four characters, never behind its closing quote. */
	*s += strnlen(*s, 4);
	if (high < 0xd800 || high > 0xdbff || (*s)[0] != '\\' || (*s)[1] != 'u')
		return high;
	low = hex4(*s + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return -1;
	*s += 6;
	return 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
}

static int parse_escape(struct parser *p, const char **s, struct text *out)
{
	static const char plain[] = "\"'\\/", from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *begin = *s - 1;
	char c = *(*s)++, buf[4];
	int len;

	if (c == 'u') {
		len = mod_utf8_encode(buf, parse_unicode(s));
		if (len < 0) {
			fail(p, "%.*s is not a valid Unicode character", (int)(*s - begin), begin);
			return -1;
		}
		text_add(out, buf, len);
		return 0;
	}
	if (strchr(plain, c)) {
		text_add_char(out, c);
		return 0;
	}
	if (strchr(from, c)) {
		text_add_char(out, to[strchr(from, c) - from]);
		return 0;
	}
	fail(p, "invalid escape sequence in string");
	return -1;
}

static json_t *parse_string(struct parser *p)
{
	const char *s = take(p), *end;
	struct text out = { 0 };
	json_t *value = NULL;
	char quote = *s++;

	text_add(&out, "", 0);
	while (*s != quote) {
		if (*s == '\\') {
			s++;
			if (parse_escape(p, &s, &out))
				goto out;
			continue;
		}
		if (mod_utf8_decode(s, &end) < 0) {
			fail(p, "invalid UTF-8 sequence in string");
			goto out;
		}
		text_add(&out, s, end - s);
		s = end;
	}
	value = json_stringn_nocheck(out.s, out.len);
out:
	text_free(&out);
	return value;
}

static json_t *parse_number(struct parser *p)
{
	enum json_token_type type = peek(p);
	const char *s = take(p);
	long long integer;

	if (type == TOKEN_INTEGER) {
		errno = 0;
		integer = strtoll(s, NULL, 10);
		if (!errno)
			return json_integer(integer);
	}
	/* jansson has no number that isn't finite; QEMU prints "inf" here, which isn't JSON. */
	return json_real(strtod(s, NULL)) ?: json_null();
}

static json_t *parse_keyword(struct parser *p)
{
	const char *s = take(p);

	if (!strcmp(s, "true"))
		return json_true();
	if (!strcmp(s, "false"))
		return json_false();
	if (!strcmp(s, "null"))
		return json_null();
	return fail(p, "invalid keyword '%s'", s);
}

/* One "key": value into @object. 0, or -1 with the error noted. */
static int parse_pair(struct parser *p, json_t *object)
{
	json_t *key, *value;
	int err = -1;

	key = parse_value(p);
	if (!json_is_string(key)) {
		fail(p, "key is not a string in object");
		goto out;
	}
	if (peek(p) == TOKEN_NONE) {
		fail(p, "premature EOI");
		goto out;
	}
	if (peek(p) != TOKEN_COLON) {
		fail(p, "missing : in object pair");
		goto out;
	}
	take(p);
	value = parse_value(p);
	if (!value) {
		fail(p, "Missing value in dict");
		goto out;
	}
	if (json_object_get(object, json_string_value(key))) {
		json_decref(value);
		fail(p, "duplicate key");
		goto out;
	}
	err = json_object_set_new_nocheck(object, json_string_value(key), value);
out:
	json_decref(key);
	return err;
}

static int parse_element(struct parser *p, json_t *array)
{
	json_t *value = parse_value(p);

	if (!value) {
		fail(p, "expecting value");
		return -1;
	}
	return json_array_append_new(array, value);
}

static json_t *parse_container(struct parser *p, json_t *container, enum json_token_type close,
			       int (*parse_member)(struct parser *, json_t *), const char *kind)
{
	take(p);
	if (peek(p) == close)
		goto close;
	for (;;) {
		if (parse_member(p, container))
			goto fail;
		if (peek(p) == close)
			goto close;
		if (peek(p) == TOKEN_NONE) {
			fail(p, "premature EOI");
			goto fail;
		}
		if (peek(p) != TOKEN_COMMA) {
			fail(p, "expected separator in %s", kind);
			goto fail;
		}
		take(p);
	}
close:
	take(p);
	return container;
fail:
	json_decref(container);
	return NULL;
}

static json_t *parse_value(struct parser *p)
{
	switch (peek(p)) {
	case TOKEN_NONE:
		return fail(p, "premature EOI");
	case TOKEN_BRACE_OPEN:
		return parse_container(p, json_object(), TOKEN_BRACE_CLOSE, parse_pair, "dict");
	case TOKEN_BRACKET_OPEN:
		return parse_container(p, json_array(), TOKEN_BRACKET_CLOSE, parse_element, "list");
	case TOKEN_INTEGER:
	case TOKEN_FLOAT:
		return parse_number(p);
	case TOKEN_STRING:
		return parse_string(p);
	case TOKEN_KEYWORD:
		return parse_keyword(p);
	default:
		return fail(p, "expecting value");
	}
}

/**
 * json_parse_tokens() - the value of one message
 * @text: what the tokens' starts count from
 * @tokens: the tokens, balanced or not
 * @n: their number
 * @error: what is wrong is appended here
 *
 * Return: the value, to be released, or NULL with @error filled in.
 */
json_t *json_parse_tokens(const char *text, const struct json_token *tokens, size_t n,
			  struct text *error)
{
	struct parser p = { .text = text, .next = tokens, .end = tokens + n, .error = error };

	return parse_value(&p);
}
