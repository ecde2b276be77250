/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds JSON messages in a stream of bytes. A QMP stream has no frames, so only the JSON itself
 * shows where a message ends. jansson parses the messages.
 */
#ifndef HOST_SIM_JSON_SCAN_H
#define HOST_SIM_JSON_SCAN_H

#include <jansson.h>

#include "text.h"

#define JSON_MAX_NESTING 1024      /* as in QEMU */
#define JSON_MAX_MESSAGE (1 << 20) /* bytes; QEMU allows 64 MiB, many times a real message */

/**
 * typedef json_message_fn - a message or an error was found
 * @opaque: json_scan_init()'s
 * @message: the message, borrowed; NULL if the bytes are no JSON
 * @why: what is wrong with the bytes, if @message is NULL
 */
typedef void (*json_message_fn)(void *opaque, json_t *message, const char *why);

/**
 * struct json_scanner - the state between two bytes
 * @state: what the next byte belongs to
 * @quote: the character that ends the current string
 * @braces: open braces, negative after one too many was closed
 * @brackets: likewise
 * @text: the message so far, rewritten to what jansson accepts; no memory between messages
 * @scalar: where the current number begins in @text
 * @found: called for each message and each error
 * @opaque: handed to @found
 */
struct json_scanner {
	unsigned char state;
	unsigned char quote;
	int braces;
	int brackets;
	struct text text;
	size_t scalar;
	json_message_fn found;
	void *opaque;
};

void json_scan_init(struct json_scanner *scanner, json_message_fn found, void *opaque);
void json_scan_feed(struct json_scanner *scanner, const char *bytes, size_t len);
void json_scan_free(struct json_scanner *scanner);

#endif
