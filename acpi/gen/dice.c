// SPDX-License-Identifier: GPL-2.0-only
/*
 * Repeatable chance: SplitMix64 (Steele, Lea, Flood 2014). Each device has a
 * stream of its own, so that device N of a seed stays what it is however many
 * are asked for.
 */
#include "gen.h"

#define GAMMA	0x9e3779b97f4a7c15ull

static uint64_t next(struct dice *d)
{
	uint64_t z = d->state += GAMMA;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

void dice_seed(struct dice *d, uint64_t seed, uint64_t stream)
{
	d->state = seed;
	d->state = next(d) ^ (stream * GAMMA);
	next(d);
}

unsigned int dice_below(struct dice *d, unsigned int limit)
{
	return (next(d) >> 32) % limit;
}

unsigned int dice_between(struct dice *d, unsigned int min, unsigned int max)
{
	return min + dice_below(d, max - min + 1);
}

bool dice_chance(struct dice *d, unsigned int percent)
{
	return dice_below(d, 100) < percent;
}

/** dice_weighted() - one of @count choices, each as likely as its weight says */
unsigned int dice_weighted(struct dice *d, const unsigned char *weights, unsigned int count)
{
	unsigned int sum = 0, i, at;

	for (i = 0; i < count; i++)
		sum += weights[i];
	at = dice_below(d, sum);
	for (i = 0; at >= weights[i]; i++)
		at -= weights[i];
	return i;
}
