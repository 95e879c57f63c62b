// SPDX-License-Identifier: GPL-2.0-or-later
#include "damage/damage.h"

#include <stdlib.h>
#include <string.h>

#include "damage/bitflip.h"
#include "util/bytes.h"
#include "util/hash.h"
#include "util/util.h"

#define SECTOR_SIZE 512u

const char *damage_name(enum damage_kind kind)
{
	switch (kind) {
	case DAMAGE_CHANGED:
		return "changed";
	case DAMAGE_ZEROED:
		return "zeroed";
	case DAMAGE_ONES:
		return "ones";
	case DAMAGE_ZERO_SECTORS:
		return "zero-sectors";
	case DAMAGE_MISPLACED:
		return "misplaced";
	case DAMAGE_BIT_FLIP:
		return "bit-flip";
	case DAMAGE_TRUNCATED:
		return "truncated";
	case DAMAGE_UNREADABLE:
		return "unreadable";
	case DAMAGE_UNSTABLE:
		return "unstable";
	}
	return "unknown";
}

struct block_entry {
	uint64_t hash, number;
};

struct block_index {
	size_t count;
	struct block_entry entries[]; /* sorted by hash, then number */
};

static int entry_order(const void *a, const void *b)
{
	const struct block_entry *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

struct block_index *block_index_new(const uint64_t *blocks, size_t count)
{
	struct block_index *index;
	size_t size;

	if (__builtin_mul_overflow(count, sizeof(index->entries[0]), &size) ||
	    __builtin_add_overflow(size, sizeof(*index), &size))
		return NULL;
	index = malloc(size);
	if (!index)
		return NULL;
	index->count = count;
	for (size_t i = 0; i < count; i++)
		index->entries[i] = (struct block_entry){ .hash = blocks[i], .number = i };
	qsort(index->entries, count, sizeof(index->entries[0]), entry_order);
	return index;
}

void block_index_free(struct block_index *index)
{
	free(index);
}

/* The first block that is sealed with this hash. */
static bool index_find(const struct block_index *index, uint64_t hash, uint64_t *number)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->entries[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == index->count || index->entries[low].hash != hash)
		return false;
	*number = index->entries[low].number;
	return true;
}

static unsigned int count_zero_sectors(const unsigned char *data, size_t len)
{
	unsigned int count = 0;

	for (size_t at = 0; at < len; at += SECTOR_SIZE) {
		size_t n = len - at < SECTOR_SIZE ? len - at : SECTOR_SIZE;

		count += bytes_are(data + at, n, 0);
	}
	return count;
}

static enum damage_kind classify(unsigned char *data, size_t len, uint64_t expected_hash,
				 uint64_t number, const struct block_index *index, bool dense,
				 bool search_bit, struct damage *damage)
{
	uint64_t origin;

	if (bytes_are(data, len, 0))
		return DAMAGE_ZEROED;
	if (bytes_are(data, len, 0xff))
		return DAMAGE_ONES;
	if (index && index_find(index, hash64(data, len), &origin) && origin != number) {
		damage->origin = origin * BLOCK_SIZE;
		return DAMAGE_MISPLACED;
	}
	if (search_bit && bitflip_find(data, len, expected_hash, &damage->byte, &damage->bit))
		return DAMAGE_BIT_FLIP;
	damage->zero_sectors = dense ? count_zero_sectors(data, len) : 0;
	damage->ends_in_zero = !damage->zero_sectors && !data[len - 1];
	return damage->zero_sectors ? DAMAGE_ZERO_SECTORS : DAMAGE_CHANGED;
}

void damage_classify(unsigned char *data, size_t len, size_t expected_len, uint64_t expected_hash,
		     uint64_t number, const struct block_index *index, bool dense, bool search_bit,
		     struct damage *damage)
{
	memset(damage, 0, sizeof(*damage));
	if (len == 0 || len < expected_len)
		damage->kind = DAMAGE_TRUNCATED;
	else
		damage->kind = classify(data, len, expected_hash, number, index, dense, search_bit,
					damage);
}
