/* SPDX-License-Identifier: GPL-2.0-only */
/* The log: one JSON object a line, in the file of --log. Without --log, nothing is written. */
#ifndef HOST_SIM_LOG_H
#define HOST_SIM_LOG_H

#include <stdint.h>

struct machine_event;

int log_open(const char *path);
void log_close(void);

void log_event(unsigned int guest, const struct machine_event *event);
void log_port_write(unsigned int guest, const char *source, uint8_t value, uint8_t ignored);
void log_client(unsigned int guest, const char *what, const char *protocol, const char *why);
void log_process(const char *what, unsigned int guests);

#endif
