/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the programs that drive the driver through sysfs from within a guest: there what
 * comes of a write is the result that is looked at, so it is an errno and no stream.
 */
#ifndef WRITE_FILE_H
#define WRITE_FILE_H

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Return: 0, or the errno of what went wrong. */
static inline int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		error = errno;
	close(fd);
	return error;
}

#endif
