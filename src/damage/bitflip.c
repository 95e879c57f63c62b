// SPDX-License-Identifier: GPL-2.0-or-later
#include "damage/bitflip.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "util/hash.h"
#include "util/util.h"

/*
 * A full block is searched without hashing it anew for each bit. XXH3 (its specification:
 * doc/xxhash_spec.md, "XXH3 Algorithm Overview", for inputs of more than 240 bytes) keeps eight
 * lanes. Each 64-byte stripe adds to every lane something that depends on the stripe alone, and
 * after each kilobyte every lane is scrambled by itself. So what a kilobyte adds to a lane is
 * a constant, one bit changes two neighbouring lanes by amounts that are known at once, and only
 * these two have to be followed to the end, where they are mixed as a pair.
 */
#define LANES		8u
#define STRIPE		64u
#define PART		1024u /* after which the lanes are scrambled */
#define PARTS		(BLOCK_SIZE / PART)
#define SECRET_BYTES	192u
#define SCRAMBLE_SECRET (SECRET_BYTES - STRIPE)
#define LAST_SECRET	(SECRET_BYTES - STRIPE - 7) /* of the last stripe */
#define MERGE_SECRET	11u

struct lanes {
	uint64_t added[PARTS][LANES];  /* by all stripes of a part */
	uint64_t before[PARTS][LANES]; /* the lanes when a part begins */
	uint64_t mixed[LANES / 2];     /* what each pair gives in the end */
	uint64_t mixed_sum;
};

static uint64_t secret(size_t offset)
{
	return XXH_readLE64(XXH3_kSecret + offset);
}

/* Where the secret of the stripe at this offset of the block begins. */
static size_t stripe_secret(size_t offset)
{
	return offset == BLOCK_SIZE - STRIPE ? LAST_SECRET : offset % PART / STRIPE * 8;
}

static uint64_t product(uint64_t word, uint64_t key)
{
	return ((word ^ key) & UINT32_MAX) * ((word ^ key) >> 32);
}

static uint64_t scramble(uint64_t value, size_t lane)
{
	value ^= value >> 47;
	value ^= secret(SCRAMBLE_SECRET + 8 * lane);
	return value * 0x9e3779b1u; /* the specification's PRIME32_1 */
}

/* A lane's value at the block's end, from its value at the end of a part. */
static uint64_t follow(const struct lanes *l, uint64_t value, size_t part, size_t lane)
{
	while (++part < PARTS)
		value = scramble(value, lane) + l->added[part][lane];
	return value;
}

static uint64_t mix(uint64_t even, uint64_t odd, size_t pair)
{
	return XXH3_mul128_fold64(even ^ secret(MERGE_SECRET + 16 * pair),
				  odd ^ secret(MERGE_SECRET + 16 * pair + 8));
}

static uint64_t finish(uint64_t sum)
{
	return XXH3_avalanche(BLOCK_SIZE * XXH_PRIME64_1 + sum);
}

static void prepare(struct lanes *l, const unsigned char *block)
{
	static const uint64_t start[LANES] = XXH3_INIT_ACC;
	uint64_t end[LANES];

	*l = (struct lanes){ 0 };
	for (size_t at = 0; at < BLOCK_SIZE; at += 8) {
		size_t lane = at % STRIPE / 8;
		uint64_t word = XXH_readLE64(block + at);

		l->added[at / PART][lane ^ 1] += word;
		l->added[at / PART][lane] +=
			product(word, secret(stripe_secret(at / STRIPE * STRIPE) + 8 * lane));
	}
	for (size_t lane = 0; lane < LANES; lane++) {
		l->before[0][lane] = start[lane];
		for (size_t part = 1; part < PARTS; part++)
			l->before[part][lane] = scramble(
				l->before[part - 1][lane] + l->added[part - 1][lane], lane);
		end[lane] = l->before[PARTS - 1][lane] + l->added[PARTS - 1][lane];
	}
	for (size_t pair = 0; pair < LANES / 2; pair++) {
		l->mixed[pair] = mix(end[2 * pair], end[2 * pair + 1], pair);
		l->mixed_sum += l->mixed[pair];
	}
}

/* The block's hash if the word at this offset were another one. */
static uint64_t hash_with(const struct lanes *l, size_t at, uint64_t old, uint64_t new)
{
	size_t part = at / PART, lane = at % STRIPE / 8, other = lane ^ 1, pair = lane / 2;
	uint64_t key = secret(stripe_secret(at / STRIPE * STRIPE) + 8 * lane);
	uint64_t own = l->before[part][lane] + l->added[part][lane];
	uint64_t neighbour = l->before[part][other] + l->added[part][other] + (new - old);

	own = follow(l, own + product(new, key) - product(old, key), part, lane);
	neighbour = follow(l, neighbour, part, other);
	return finish(l->mixed_sum - l->mixed[pair] +
		      (lane & 1 ? mix(neighbour, own, pair) : mix(own, neighbour, pair)));
}

static bool search_block(const unsigned char *block, const struct lanes *l, uint64_t expected_hash,
			 size_t *byte, unsigned int *bit)
{
	for (size_t at = 0; at < BLOCK_SIZE; at += 8) {
		uint64_t word = XXH_readLE64(block + at);

		for (unsigned int b = 0; b < 64; b++) {
			if (hash_with(l, at, word, word ^ 1ull << b) != expected_hash)
				continue;
			*byte = at + b / 8;
			*bit = b % 8;
			return true;
		}
	}
	return false;
}

/* Of any length: hashes all of it for each bit. */
static bool search_bytes(unsigned char *data, size_t len, uint64_t expected_hash, size_t *byte,
			 unsigned int *bit)
{
	for (size_t i = 0; i < len; i++) {
		for (unsigned int b = 0; b < 8; b++) {
			uint64_t hash;

			data[i] ^= (unsigned char)(1u << b);
			hash = hash64(data, len);
			data[i] ^= (unsigned char)(1u << b);
			if (hash == expected_hash) {
				*byte = i;
				*bit = b;
				return true;
			}
		}
	}
	return false;
}

bool bitflip_find(unsigned char *data, size_t len, uint64_t expected_hash, size_t *byte,
		  unsigned int *bit)
{
	struct lanes l;

	if (len == BLOCK_SIZE) {
		prepare(&l, data);
		/* Should this and the library ever disagree, the slow way is still right. */
		if (finish(l.mixed_sum) == hash64(data, len))
			return search_block(data, &l, expected_hash, byte, bit);
	}
	return search_bytes(data, len, expected_hash, byte, bit);
}
