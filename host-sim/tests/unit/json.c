// SPDX-License-Identifier: GPL-2.0-only
/*
 * The JSON reader: how its input is cut into pieces must not matter, it must hold no memory
 * between messages, and what it writes it must read as the same.
 */
#include "kselftest_harness.h"

#include "json.h"

static void note(void *opaque, json_t *value, const char *error)
{
	struct text *seen = opaque;

	if (value)
		json_write(seen, value);
	else
		text_printf(seen, "<%s>", error);
	text_add_char(seen, '\n');
}

static const char stream[] = "{\"execute\": 'stop', \"id\": [1, -2.5e3, true, null, {}]}\n"
			     "{\"a\": }\n[1,\n\t2]3 nonsense \"\\u00e9\\ud83d\\ude00\" \"\\q\"\n"
			     "01 {\"never\n closed\xff {\"b\": \"\xc3\xa9\"}]";

FIXTURE(reader)
{
	struct json_reader reader;
	struct text seen;
};

FIXTURE_SETUP(reader)
{
	json_reader_init(&self->reader, note, &self->seen);
}

FIXTURE_TEARDOWN(reader)
{
	json_reader_free(&self->reader);
	text_free(&self->seen);
}

TEST_F(reader, cuts_do_not_matter)
{
	struct text whole;
	size_t cut;

	json_reader_feed(&self->reader, stream, sizeof(stream) - 1);
	whole = self->seen;
	self->seen = (struct text){ 0 };
	ASSERT_LT(0, whole.len);

	for (cut = 0; cut < sizeof(stream); cut++) {
		json_reader_free(&self->reader);
		json_reader_feed(&self->reader, stream, cut);
		json_reader_feed(&self->reader, stream + cut, sizeof(stream) - 1 - cut);
		ASSERT_STREQ(whole.s, self->seen.s);
		text_free(&self->seen);
	}
	text_free(&whole);
}

TEST_F(reader, holds_no_memory_between_messages)
{
	json_reader_feed(&self->reader, "{\"a\": [1, 2]}\n \t", 16);
	EXPECT_EQ(NULL, self->reader.text.s);
	EXPECT_EQ(NULL, self->reader.tokens);
	json_reader_feed(&self->reader, "nonsense \x01", 10);
	EXPECT_EQ(NULL, self->reader.tokens);
}

TEST_F(reader, a_message_is_bounded)
{
	size_t i;

	json_reader_feed(&self->reader, "[\"", 2);
	for (i = 0; i < 2 * JSON_MAX_MESSAGE && !self->seen.len; i++)
		json_reader_feed(&self->reader, "x", 1);
	EXPECT_STREQ("<JSON token size limit exceeded>\n", self->seen.s);
	EXPECT_LT(i, JSON_MAX_MESSAGE + 16);
	EXPECT_EQ(NULL, self->reader.text.s);
}

TEST_F(reader, many_small_tokens_are_bounded_too)
{
	size_t i;

	json_reader_feed(&self->reader, "[1", 2);
	for (i = 0; i < JSON_MAX_MESSAGE && !self->seen.len; i++)
		json_reader_feed(&self->reader, ",1", 2);
	EXPECT_STREQ("<JSON token size limit exceeded>\n", self->seen.s);
}

TEST_F(reader, reads_what_it_writes)
{
	static const char text[] = "{\"x\": [1, -1, 1.5, \"\\u00E9\\u0000\", {\"y\": null}]}\n";

	json_reader_feed(&self->reader, text, sizeof(text) - 1);
	EXPECT_STREQ(text, self->seen.s);
}

TEST(modified_utf8)
{
	const char *end;
	char buf[4];
	int cp, len;

	for (cp = 0; cp <= 0x110000; cp++) {
		len = mod_utf8_encode(buf, cp);
		if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff) || (cp & 0xfffe) == 0xfffe ||
		    (cp >= 0xfdd0 && cp <= 0xfdef)) {
			ASSERT_EQ(-1, len);
			continue;
		}
		ASSERT_EQ(cp, mod_utf8_decode(buf, &end));
		ASSERT_EQ(len, end - buf);
	}
}

TEST_HARNESS_MAIN
