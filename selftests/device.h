/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of this collection share: the device and its driver in the guest
 * that they run in. A test says what must hold; how it is found out lies here.
 *
 * Before the first test a program looks whether it can do its work at all, and is
 * skipped as a whole, with the reason, where not. What it changes (the module, its
 * parameters, the binding, the events) is put back as the program ends, also when a
 * test died.
 */
#ifndef PVPANIC_DEVICE_H
#define PVPANIC_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#define DRIVER		"pvpanic-guest"
#define MODULE		"pvpanic_guest"		/* as the kernel spells it in /sys/module */
#define TEXT_BYTES	256

enum { PANICKED = 1, CRASH_LOADED = 2, SHUTDOWN = 4 };

extern const char *const attributes[];	/* of the device, ends with NULL */
extern const char *const parameters[];	/* of the module, ends with NULL */
extern const char *const defaults[];	/* what these show then, in the same order */

const char *device_name(void);
bool device_bound(void);
bool device_has(const char *attribute);
int device_mode(const char *attribute);
int device_read(const char *attribute, char text[TEXT_BYTES]);
int device_write(const char *attribute, const char *text);
int device_events(const char *attribute);
int device_bind(void);
int device_unbind(void);

const char *module_path(void);
bool module_loaded(void);
int module_load(const char *params);
int module_unload(void);
int module_reload(const char *params);
int module_by_default(void);

int file_read(const char *path, char text[TEXT_BYTES]);

int log_now(void);
int log_line(int log, const char *start, char text[TEXT_BYTES]);

#endif
