// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scanner: it must not matter how its input is cut into pieces, and it must hold no memory
 * between messages.
 */
#include "kselftest_harness.h"

#include "json-scan.h"

static void note(void *opaque, json_t *message, const char *why)
{
	struct text *seen = opaque;
	char *line = message ? json_dumps(message, JSON_ENCODE_ANY) : NULL;

	text_printf(seen, "%s\n", line ? line : *why ? "error" : "an error without words");
	free(line);
}

static const char stream[] = "{\"execute\": 'st\"o\\'p', \"id\": [1, -2.5e3, true, null, {}]}\n"
			     "{\"a\": }\n[1,\n\t2]3 nonsense \"\\u00e9\\ud83d\\ude00\" \"\\q\"\n"
			     "01\n9223372036854775808 {\"never\n closed\xff {\"b\": \"\xc3\xa9\"}]";
static const char found[] =
	"{\"execute\": \"st\\\"o'p\", \"id\": [1, -2500.0, true, null, {}]}\n"
	"error\n[1, 2]\n3\nerror\n\"\xc3\xa9\xf0\x9f\x98\x80\"\nerror\n"
	"error\n9.2233720368547758e18\nerror\nerror\n{\"b\": \"\xc3\xa9\"}\nerror\n";

FIXTURE(scanner)
{
	struct json_scanner scanner;
	struct text seen;
};

FIXTURE_SETUP(scanner)
{
	json_scan_init(&self->scanner, note, &self->seen);
}

FIXTURE_TEARDOWN(scanner)
{
	json_scan_free(&self->scanner);
	text_free(&self->seen);
}

TEST_F(scanner, cuts_do_not_matter)
{
	size_t cut;

	for (cut = 0; cut < sizeof(stream); cut++) {
		json_scan_free(&self->scanner);
		json_scan_init(&self->scanner, note, &self->seen);
		json_scan_feed(&self->scanner, stream, cut);
		json_scan_feed(&self->scanner, stream + cut, sizeof(stream) - 1 - cut);
		ASSERT_STREQ(found, self->seen.s);
		text_free(&self->seen);
	}
}

TEST_F(scanner, holds_no_memory_between_messages)
{
	json_scan_feed(&self->scanner, "{\"a\": [1, 2]}\n \t", 16);
	EXPECT_EQ(NULL, self->scanner.text.s);
	json_scan_feed(&self->scanner, "nonsense \x01", 10);
	EXPECT_EQ(NULL, self->scanner.text.s);
}

/* QEMU's limit: 1024 levels are a message, and one more is an error as soon as it is seen. */
TEST_F(scanner, nesting_is_bounded)
{
	int i;

	for (i = 0; i < JSON_MAX_NESTING; i++)
		json_scan_feed(&self->scanner, "[", 1);
	for (i = 0; i < JSON_MAX_NESTING; i++)
		json_scan_feed(&self->scanner, "]", 1);
	EXPECT_EQ('[', self->seen.s[0]);
	text_free(&self->seen);
	for (i = 0; i < JSON_MAX_NESTING; i++)
		json_scan_feed(&self->scanner, "[", 1);
	EXPECT_EQ(NULL, self->seen.s);
	json_scan_feed(&self->scanner, "[", 1);
	EXPECT_STREQ("error\n", self->seen.s);
}

TEST_F(scanner, a_message_is_bounded)
{
	size_t i;

	json_scan_feed(&self->scanner, "[\"", 2);
	for (i = 0; i < 2 * JSON_MAX_MESSAGE && !self->seen.len; i++)
		json_scan_feed(&self->scanner, "x", 1);
	EXPECT_STREQ("error\n", self->seen.s);
	EXPECT_LT(i, JSON_MAX_MESSAGE + 16);
	EXPECT_EQ(NULL, self->scanner.text.s);
}

TEST_F(scanner, many_small_tokens_are_bounded_too)
{
	size_t i;

	json_scan_feed(&self->scanner, "[1", 2);
	for (i = 0; i < JSON_MAX_MESSAGE && !self->seen.len; i++)
		json_scan_feed(&self->scanner, ",1", 2);
	EXPECT_STREQ("error\n", self->seen.s);
}

TEST_HARNESS_MAIN
