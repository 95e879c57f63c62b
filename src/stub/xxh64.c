// SPDX-License-Identifier: GPL-2.0-or-later
#include "xxh64.h"

#define PRIME_1 0x9E3779B185EBCA87u
#define PRIME_2 0xC2B2AE3D27D4EB4Fu
#define PRIME_3 0x165667B19E3779F9u
#define PRIME_4 0x85EBCA77C2B2AE63u
#define PRIME_5 0x27D4EB2F165667C5u

static uint64_t rotate(uint64_t v, unsigned int bits)
{
	return (v << bits) | (v >> (64 - bits));
}

static uint64_t little_endian(const unsigned char *p, unsigned int bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = (v << 8) | p[bytes];
	return v;
}

static uint64_t round_lane(uint64_t lane, uint64_t input)
{
	return rotate(lane + input * PRIME_2, 31) * PRIME_1;
}

void xxh64_begin(struct xxh64 *x)
{
	x->lane[0] = PRIME_1 + PRIME_2;
	x->lane[1] = PRIME_2;
	x->lane[2] = 0;
	x->lane[3] = -PRIME_1;
	x->total = 0;
}

void xxh64_stripes(struct xxh64 *x, const unsigned char *p, size_t len)
{
	const unsigned char *end = p + len;

	x->total += len;
	while (p < end) {
		for (unsigned int i = 0; i < 4; i++, p += 8)
			x->lane[i] = round_lane(x->lane[i], little_endian(p, 8));
	}
}

static uint64_t converge(const struct xxh64 *x)
{
	uint64_t h;

	if (!x->total) /* shorter than a stripe: the lanes were never used */
		return PRIME_5;
	h = rotate(x->lane[0], 1) + rotate(x->lane[1], 7) + rotate(x->lane[2], 12) +
	    rotate(x->lane[3], 18);
	for (unsigned int i = 0; i < 4; i++)
		h = (h ^ round_lane(0, x->lane[i])) * PRIME_1 + PRIME_4;
	return h;
}

uint64_t xxh64_end(struct xxh64 *x, const unsigned char *p, size_t len)
{
	size_t whole = len - len % XXH64_STRIPE;
	uint64_t h;

	xxh64_stripes(x, p, whole);
	p += whole;
	len -= whole;
	h = converge(x) + x->total + len;
	for (; len >= 8; p += 8, len -= 8)
		h = rotate(h ^ round_lane(0, little_endian(p, 8)), 27) * PRIME_1 + PRIME_4;
	if (len >= 4) {
		h = rotate(h ^ little_endian(p, 4) * PRIME_1, 23) * PRIME_2 + PRIME_3;
		p += 4;
		len -= 4;
	}
	for (; len; p++, len--)
		h = rotate(h ^ *p * PRIME_5, 11) * PRIME_1;
	h = (h ^ (h >> 33)) * PRIME_2;
	h = (h ^ (h >> 29)) * PRIME_3;
	return h ^ (h >> 32);
}
