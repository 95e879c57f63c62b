// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash64(const void *data, size_t len)
{
	return XXH3_64bits(data, len);
}

uint64_t hash_xxh64(const void *data, size_t len)
{
	return XXH64(data, len, 0);
}

/* The library's state must be aligned to 64 bytes, which its own allocation sees to. */
struct hasher {
	XXH3_state_t state;
};

struct hasher *hasher_new(void)
{
	struct hasher *h = (struct hasher *)XXH3_createState();

	if (h)
		hasher_reset(h);
	return h;
}

void hasher_reset(struct hasher *h)
{
	XXH3_64bits_reset(&h->state);
}

void hasher_update(struct hasher *h, const void *data, size_t len)
{
	XXH3_64bits_update(&h->state, data, len);
}

uint64_t hasher_digest(const struct hasher *h)
{
	return XXH3_64bits_digest(&h->state);
}

void hasher_free(struct hasher *h)
{
	XXH3_freeState((XXH3_state_t *)h);
}
