// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cuts a stream of bytes into JSON tokens, and the tokens into messages: a message ends when its
 * braces and brackets balance. After bytes that are no token, reading starts again at the next
 * structural or control character, so that one bad message doesn't cost the connection
 * (QEMU's docs/interop/qmp-spec, "2.6 Unterminated or garbage input").
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

enum state {
	START,
	STRING,
	ESCAPE,
	SIGN,
	ZERO,
	DIGITS,
	POINT,
	FRACTION,
	EXPONENT,
	EXPONENT_SIGN,
	EXPONENT_DIGITS,
	KEYWORD,
	RECOVERY,
};

/* What a character comes to in a state: the next state, or the token that ends here. */
struct step {
	enum state next;
	enum json_token_type token;
	bool again; /* the character belongs to what follows */
};

static const struct step error = { .next = RECOVERY, .token = TOKEN_ERROR };

static struct step go(enum state next)
{
	return (struct step){ .next = next };
}

static struct step done(enum json_token_type token)
{
	return (struct step){ .next = START, .token = token };
}

static struct step done_before(enum json_token_type token)
{
	return (struct step){ .next = START, .token = token, .again = true };
}

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* A byte that can stand in a string: no control character, none that UTF-8 never has. */
static bool is_text(unsigned char c)
{
	return c >= 0x20 && c <= 0xfd;
}

static struct step step_start(struct json_reader *r, unsigned char c)
{
	switch (c) {
	case '"':
	case '\'':
		r->quote = c;
		return go(STRING);
	case '0':
		return go(ZERO);
	case '-':
		return go(SIGN);
	case '{':
		return done(TOKEN_BRACE_OPEN);
	case '}':
		return done(TOKEN_BRACE_CLOSE);
	case '[':
		return done(TOKEN_BRACKET_OPEN);
	case ']':
		return done(TOKEN_BRACKET_CLOSE);
	case ',':
		return done(TOKEN_COMMA);
	case ':':
		return done(TOKEN_COLON);
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		return go(START);
	}
	if (is_digit(c))
		return go(DIGITS);
	if (c >= 'a' && c <= 'z')
		return go(KEYWORD);
	return error;
}

static struct step step_number(enum state state, unsigned char c)
{
	switch (state) {
	case SIGN:
		if (c == '0')
			return go(ZERO);
		return is_digit(c) ? go(DIGITS) : error;
	case ZERO:
		if (is_digit(c))
			return error;
		return c == '.' ? go(POINT) : done_before(TOKEN_INTEGER);
	case DIGITS:
		if (is_digit(c))
			return go(DIGITS);
		if (c == '.')
			return go(POINT);
		return c == 'e' || c == 'E' ? go(EXPONENT) : done_before(TOKEN_INTEGER);
	case POINT:
		return is_digit(c) ? go(FRACTION) : error;
	case FRACTION:
		if (is_digit(c))
			return go(FRACTION);
		return c == 'e' || c == 'E' ? go(EXPONENT) : done_before(TOKEN_FLOAT);
	case EXPONENT:
		if (c == '-' || c == '+')
			return go(EXPONENT_SIGN);
		return is_digit(c) ? go(EXPONENT_DIGITS) : error;
	case EXPONENT_SIGN:
		return is_digit(c) ? go(EXPONENT_DIGITS) : error;
	default:
		return is_digit(c) ? go(EXPONENT_DIGITS) : done_before(TOKEN_FLOAT);
	}
}

static struct step step_recovery(unsigned char c)
{
	bool resync = (c < 0x20 && c != '\t') || c > 0xfd || (c && strchr("[]{}:,", c));

	return resync ? done_before(TOKEN_NONE) : go(RECOVERY);
}

static struct step next_step(struct json_reader *r, unsigned char c)
{
	switch ((enum state)r->state) {
	case START:
		return step_start(r, c);
	case STRING:
		if (c == (unsigned char)r->quote)
			return done(TOKEN_STRING);
		if (c == '\\')
			return go(ESCAPE);
		return is_text(c) ? go(STRING) : error;
	case ESCAPE:
		return is_text(c) ? go(STRING) : error;
	case KEYWORD:
		return c >= 'a' && c <= 'z' ? go(KEYWORD) : done_before(TOKEN_KEYWORD);
	case RECOVERY:
		return step_recovery(c);
	default:
		return step_number(r->state, c);
	}
}

static void forget_message(struct json_reader *r)
{
	text_free(&r->text);
	free(r->tokens);
	r->tokens = NULL;
	r->n_tokens = 0;
	r->size_tokens = 0;
	r->token_start = 0;
	r->braces = 0;
	r->brackets = 0;
}

/* Hand over a message or what is wrong; the reader is clean before, for it may be fed again. */
static void deliver(struct json_reader *r, json_t *value, struct text *why)
{
	forget_message(r);
	r->message(r->opaque, value, value ? NULL : why->s);
	json_decref(value);
	text_free(why);
}

static void deliver_error(struct json_reader *r, const char *prefix, const char *what)
{
	struct text why = { 0 };

	text_printf(&why, "%s%s", prefix, what);
	deliver(r, NULL, &why);
}

static void deliver_stray(struct json_reader *r)
{
	struct text why = { 0 };

	text_printf(&why, "JSON parse error, stray '%s'", r->text.s + r->token_start);
	deliver(r, NULL, &why);
}

static void add_token(struct json_reader *r, enum json_token_type type)
{
	if (r->n_tokens == r->size_tokens) {
		r->size_tokens = r->size_tokens ? r->size_tokens * 2 : 16;
		r->tokens = reallocarray(r->tokens, r->size_tokens, sizeof(*r->tokens));
		if (!r->tokens)
			abort();
	}
	r->tokens[r->n_tokens++] = (struct json_token){ .type = type, .start = r->token_start };
	text_add_char(&r->text, 0);
	r->token_start = r->text.len;
}

static void take_token(struct json_reader *r, enum json_token_type type)
{
	struct text why = { 0 };
	json_t *value;

	switch (type) {
	case TOKEN_ERROR:
		deliver_stray(r);
		return;
	case TOKEN_BRACE_OPEN:
		r->braces++;
		break;
	case TOKEN_BRACE_CLOSE:
		r->braces--;
		break;
	case TOKEN_BRACKET_OPEN:
		r->brackets++;
		break;
	case TOKEN_BRACKET_CLOSE:
		r->brackets--;
		break;
	default:
		break;
	}
	if (r->braces + r->brackets > JSON_MAX_NESTING) {
		deliver_error(r, "JSON nesting depth limit", " exceeded");
		return;
	}
	add_token(r, type);
	if ((r->braces > 0 || r->brackets > 0) && r->braces >= 0 && r->brackets >= 0)
		return;
	value = json_parse_tokens(r->text.s, r->tokens, r->n_tokens, &why);
	deliver(r, value, &why);
}

static void forget_token(struct json_reader *r)
{
	if (r->n_tokens || r->braces || r->brackets)
		r->text.len = r->token_start;
	else
		forget_message(r);
}

static void feed_char(struct json_reader *r, char c)
{
	struct step step;

	do {
		step = next_step(r, c);
		if (!step.again)
			text_add_char(&r->text, c);
		r->state = step.next;
		if (step.token != TOKEN_NONE)
			take_token(r, step.token);
		if (step.next == START || step.next == RECOVERY)
			forget_token(r);
	} while (step.again);
	if (r->text.len > JSON_MAX_MESSAGE) {
		r->state = START;
		deliver_error(r, "JSON token size limit", " exceeded");
	}
}

/**
 * json_reader_init() - start reading a stream
 * @r: the reader
 * @message: called for each message and each error, from json_reader_feed()
 * @opaque: handed to @message
 */
void json_reader_init(struct json_reader *r, json_message_fn message, void *opaque)
{
	*r = (struct json_reader){ .state = START, .message = message, .opaque = opaque };
}

/** json_reader_feed() - the next @len bytes of the stream */
void json_reader_feed(struct json_reader *r, const char *bytes, size_t len)
{
	while (len--)
		feed_char(r, *bytes++);
}

/** json_reader_free() - give memory back; the reader may be fed again, as if new */
void json_reader_free(struct json_reader *r)
{
	forget_message(r);
	r->state = START;
}
