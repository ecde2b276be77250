// SPDX-License-Identifier: GPL-2.0-only
/*
 * random-devices: random but valid firmware that the driver has to survive. One seed always
 * gives the same devices, however many are made.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "random.h"

#define MAX_COUNT	0x1000	/* device names have three digits */

int main(int argc, char **argv)
{
	unsigned long long seed;
	unsigned long count, i;
	char *end, *count_end;

	if (argc != 4) {
		fprintf(stderr, "usage: random-devices SEED COUNT DIR\n");
		return 2;
	}
	seed = strtoull(argv[1], &end, 0);
	count = strtoul(argv[2], &count_end, 0);
	if (*end || *count_end || !count || count > MAX_COUNT) {
		fprintf(stderr, "random-devices: SEED is a number, COUNT is from 1 to %d\n",
			MAX_COUNT);
		return 2;
	}
	if ((mkdir(argv[3], 0777) && errno != EEXIST) || guests_open(argv[3])) {
		perror(argv[3]);
		return 1;
	}
	for (i = 0; i < count; i++) {
		struct device dev = { .number = i };
		struct text text = { 0 };

		text_seed(&text, seed, i);
		device_choose(&text, &dev);
		dev.slot = guests_slot(dev.wrpt->hangs);
		if (device_write(&text, &dev, argv[3]))
			return 1;
		guests_add(&dev);
	}
	return guests_close() ? 1 : 0;
}
