// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whole files, in and out.
 */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"

/**
 * file_read() - read a file whole
 * @path: the file
 * @len: where its length goes; may be NULL
 *
 * Return: its bytes and a NUL behind them, to be freed by the caller; NULL with
 * errno set when it cannot be read.
 */
uint8_t *file_read(const char *path, size_t *len)
{
	uint8_t *data = NULL;
	size_t used = 0, size = 0, got;
	FILE *f = fopen(path, "rb");

	if (!f)
		return NULL;
	do {
		if (size - used < 4096) {
			size = size * 2 + 8192;
			data = realloc(data, size);
			if (!data)
				abort();
		}
		got = fread(data + used, 1, size - used - 1, f);
		used += got;
	} while (got);
	fclose(f);
	data[used] = '\0';
	if (len)
		*len = used;
	return data;
}

/**
 * file_write() - make a file of some bytes
 *
 * Return: 0, or -1 with errno set.
 */
int file_write(const char *path, const void *data, size_t len)
{
	FILE *f = fopen(path, "wb");
	int ret = 0;

	if (!f)
		return -1;
	if (fwrite(data, 1, len, f) != len)
		ret = -1;
	if (fclose(f))
		ret = -1;
	return ret;
}
