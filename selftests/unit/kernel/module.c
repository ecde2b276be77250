// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading the driver: as it was compiled for one kernel or another, each time with its variables
 * as the compiler made them; its parameters; and the kernel's log.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "world.h"

#define MAX_MODULES 8
#define MAX_PARAMS  8

static struct module {
	const char *variant;
	const struct kernel_config *config;
	kernel_init_t init;
	kernel_exit_t exit;
	char *data, *data_end, *pristine;
	struct {
		const char *name;
		char **value;
		bool hardware;
	} params[MAX_PARAMS];
	unsigned int nr_params;
} modules[MAX_MODULES];

static struct module *module;
static bool loaded;

/* Called by constructors, in an order that is nobody's business. */
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

void kernel_module_param_charp(const char *variant, const char *name, char **value, bool hardware)
{
	struct module *m = find(variant);

	if (m->nr_params == MAX_PARAMS)
		abort();
	m->params[m->nr_params].name = name;
	m->params[m->nr_params].hardware = hardware;
	m->params[m->nr_params++].value = value;
}

const struct kernel_config *world_config(const char *variant)
{
	return find(variant)->config;
}

/** world_choose() - which build of the driver is loaded from now on */
void world_choose(const char *variant)
{
	module = find(variant);
	loaded = false;
	if (module->pristine)
		return;
	module->pristine = calloc(1, module->data_end - module->data);
	if (!module->pristine)
		abort();
	world_copy(module->pristine, module->data, module->data_end - module->data);
}

/**
 * world_load() - insmod
 * @params: names and values, up to a name that is NULL; or NULL for none
 *
 * Return: 0 or what its init function says; -ENOENT for a parameter that it has not, -EPERM for one
 * that lockdown forbids.
 */
int world_load(const char *const params[][2])
{
	unsigned int i;
	int err;

	world_copy(module->data, module->pristine, module->data_end - module->data);
	for (; params && (*params)[0]; params++) {
		for (i = 0; i < module->nr_params; i++)
			if (!strcmp(module->params[i].name, (*params)[0]))
				break;
		if (i == module->nr_params)
			return -ENOENT;
		if (module->params[i].hardware && world.locked_down)
			return -EPERM;
		*module->params[i].value = (char *)(*params)[1];
	}
	err = module->init();
	loaded = !err;

	return err;
}

/** world_unload() - rmmod, if it is loaded */
void world_unload(void)
{
	if (loaded)
		module->exit();
	loaded = false;
}

void *kzalloc(size_t size, unsigned int gfp)
{
	(void)gfp;
	world_slow_call(__func__);

	return world_alloc(size, __func__);
}

void kfree(const void *memory)
{
	world_slow_call(__func__);
	world_free((void *)memory);
}

/* As lib/kstrtox.c: a sign +, a prefix, digits, a newline, and nothing else. */
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

void kernel_log(const char *level, const char *fmt, ...)
{
	size_t room = WORLD_LOG - world.log_len;
	va_list args;
	int len;

	world_slow_call("printing");
	len = snprintf(world.log + world.log_len, room, "<%s>", level);
	va_start(args, fmt);
	len += vsnprintf(world.log + world.log_len + len, room - len, fmt, args);
	va_end(args);
	if ((size_t)len < room)
		world.log_len += len;
}
