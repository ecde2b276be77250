// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading the driver as it was compiled for one kernel, each time with fresh variables; module
 * parameters; the kernel's log.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "guest.h"

#define MAX_MODULES 9
#define MAX_PARAMS  8

static struct module {
	const char *variant;
	const struct kernel_config *config;
	kernel_init_t init;
	kernel_exit_t exit;
	char *data, *data_end, *pristine;
	char *kept;
	struct {
		const char *name;
		int (*set)(const char *text, void *value);
		void *value;
		bool hardware;
	} params[MAX_PARAMS];
	unsigned int nr_params;
} modules[MAX_MODULES];

static struct module *module;
static bool loaded;

/* Constructors call this in any order. */
static struct module *find(const char *variant)
{
	struct module *m;

	for (m = modules; m < modules + MAX_MODULES; m++) {
		if (!m->variant)
			m->variant = variant;
		if (!strcmp(m->variant, variant))
			return m;
	}
	abort();
}

void kernel_module_init(const char *variant, const struct kernel_config *config, kernel_init_t fn,
			char *data, char *data_end)
{
	struct module *m = find(variant);

	m->config = config;
	m->init = fn;
	m->data = data;
	m->data_end = data_end;
}

void kernel_module_exit(const char *variant, kernel_exit_t fn)
{
	find(variant)->exit = fn;
}

void kernel_module_param(const char *variant, const char *name,
			 int (*set)(const char *text, void *value), void *value, bool hardware)
{
	struct module *m = find(variant);

	if (m->nr_params == MAX_PARAMS)
		abort();
	m->params[m->nr_params].name = name;
	m->params[m->nr_params].hardware = hardware;
	m->params[m->nr_params].set = set;
	m->params[m->nr_params++].value = value;
}

const struct kernel_config *guest_config(const char *variant)
{
	return find(variant)->config;
}

/** guest_select_module() - the build of the driver that guest_load() loads from now on */
void guest_select_module(const char *variant)
{
	module = find(variant);
	loaded = false;
	if (module->pristine)
		return;
	module->pristine = calloc(1, module->data_end - module->data);
	module->kept = calloc(1, module->data_end - module->data);
	if (!module->pristine || !module->kept)
		abort();
	guest_copy(module->pristine, module->data, module->data_end - module->data);
}

/** guest_keep_variables() - save the driver's variables, which a panic changes */
void guest_keep_variables(void)
{
	guest_copy(module->kept, module->data, module->data_end - module->data);
}

/** guest_restore_variables() - restore the driver's variables */
void guest_restore_variables(void)
{
	guest_copy(module->data, module->kept, module->data_end - module->data);
}

/**
 * guest_load() - insmod
 * @params: names and values, up to a name that is NULL; or NULL for no parameters
 *
 * Like the kernel, it ignores a parameter that the driver does not have.
 *
 * Return: 0 or the error of its init function or of a parameter; -EPERM for a parameter that
 * lockdown forbids.
 */
int guest_load(const char *const params[][2])
{
	unsigned int i;
	int err;

	guest_copy(module->data, module->pristine, module->data_end - module->data);
	for (; params && (*params)[0]; params++) {
		for (i = 0; i < module->nr_params; i++)
			if (!strcmp(module->params[i].name, (*params)[0]))
				break;
		if (i == module->nr_params) {
			kernel_log("warn", "pvpanic-guest: unknown parameter '%s' ignored\n",
				   (*params)[0]);
			continue;
		}
		if (module->params[i].hardware && guest.locked_down)
			return -EPERM;
		err = module->params[i].set((*params)[1], module->params[i].value);
		if (err) {
			kernel_log("err", "pvpanic-guest: `%s' invalid for parameter `%s'",
				   (*params)[1], (*params)[0]);
			return err;
		}
	}
	err = module->init();
	loaded = !err;

	return err;
}

/** guest_unload() - rmmod, if the driver is loaded */
void guest_unload(void)
{
	if (loaded)
		module->exit();
	loaded = false;
}

void *kzalloc(size_t size, unsigned int gfp)
{
	(void)gfp;
	guest_slow_call(__func__);

	return guest_alloc(size, __func__);
}

void kfree(const void *memory)
{
	guest_slow_call(__func__);
	if (!memory)
		return;
	guest_check_readers("memory of a device is freed");
	guest_free((void *)memory);
}

/* Like lib/kstrtox.c, this accepts a plus sign, a prefix, digits and a newline. */
int kstrtouint(const char *text, unsigned int base, unsigned int *number)
{
	unsigned long long value = 0;
	const char *digits;
	unsigned int digit;

	text += *text == '+';
	if (text[0] == '0' && (text[1] | 0x20) == 'x' && (!base || base == 16)) {
		text += 2;
		base = 16;
	} else if (!base) {
		base = *text == '0' ? 8 : 10;
	}

	for (digits = text; *text && *text != '\n'; text++) {
		digit = *text <= '9' ? *text - '0' : (*text | 0x20) - 'a' + 10;
		if (*text < '0' || (*text > '9' && (*text | 0x20) < 'a') || digit >= base)
			return -EINVAL;
		value = value * base + digit;
		if (value > UINT_MAX)
			return -ERANGE;
	}
	if (text == digits || (*text == '\n' && text[1]))
		return -EINVAL;
	*number = value;

	return 0;
}

int kernel_param_charp(const char *text, void *value)
{
	*(const char **)value = text;

	return 0;
}

int kernel_param_uint(const char *text, void *value)
{
	return kstrtouint(text, 0, value);
}

/* Like kstrtobool(), this looks at the first characters only. */
int kernel_param_bool(const char *text, void *value)
{
	char first = text[0] | 0x20, second = first == 'o' ? text[1] | 0x20 : 0;

	if (first == 'y' || first == 't' || text[0] == '1' || second == 'n')
		*(bool *)value = true;
	else if (first == 'n' || first == 'f' || text[0] == '0' || second == 'f')
		*(bool *)value = false;
	else
		return -EINVAL;

	return 0;
}

void kernel_log(const char *level, const char *fmt, ...)
{
	size_t space = GUEST_LOG - guest.log_len;
	va_list args;
	int len;

	guest_slow_call("printing");
	len = snprintf(guest.log + guest.log_len, space, "<%s>", level);
	va_start(args, fmt);
	len += vsnprintf(guest.log + guest.log_len + len, space - len, fmt, args);
	va_end(args);
	if ((size_t)len < space)
		guest.log_len += len;
}
