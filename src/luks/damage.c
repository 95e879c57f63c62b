// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/damage.h"

#include <string.h>

#include "damage/ranges.h"
#include "luks/copy.h"
#include "luks/luks2_binary.h"
#include "luks/randomness.h"
#include "util/hash.h"
#include "util/util.h"

/* Blocks of a header of which every bit is tried. */
#define BITS_SEARCHED_MAX 4u

/* The magic. */
#define LUKS_ERASED_BYTES 6u

/* LUKS1's whole header: its specification, figure 1. */
#define LUKS1_BYTES 592u

/* Adds one block; expected: its hash when that is known, else NULL. */
static int add_block(struct bad_ranges *bad, const struct source *source, uint64_t offset,
		     size_t len, const uint64_t *expected)
{
	struct damage damage = { .kind = DAMAGE_UNREADABLE };
	unsigned char data[BLOCK_SIZE];
	ssize_t n = offset < source->size ? source_read(source, data, len, offset) : 0;
	bool search = expected && bad->blocks < BITS_SEARCHED_MAX;

	if (n >= 0)
		damage_classify(data, (size_t)n, len, expected ? *expected : 0, 0, NULL, false,
				search, &damage);
	return bad_ranges_add(bad, offset, len, &damage);
}

/* The blocks of the JSON area that are not as in the good copy. */
static int compare_json(struct bad_ranges *bad, const struct source *source, uint64_t copy,
			uint64_t good, uint64_t length)
{
	unsigned char data[BLOCK_SIZE];
	int err = 0;

	for (uint64_t at = BLOCK_SIZE; !err && at < length; at += BLOCK_SIZE) {
		uint64_t expected, found = 0;
		bool readable;

		if (source_read(source, data, BLOCK_SIZE, good + at) != (ssize_t)BLOCK_SIZE)
			continue;
		expected = hash64(data, BLOCK_SIZE);
		readable = copy + at < source->size &&
			   source_read(source, data, BLOCK_SIZE, copy + at) == (ssize_t)BLOCK_SIZE;
		if (readable)
			found = hash64(data, BLOCK_SIZE);
		if (!readable || found != expected)
			err = add_block(bad, source, copy + at, BLOCK_SIZE, &expected);
	}
	return err;
}

/* One range, as its first block is. */
static int add_whole(struct bad_ranges *bad, const struct source *source, uint64_t offset,
		     uint64_t length)
{
	int err = add_block(bad, source, offset, length < BLOCK_SIZE ? (size_t)length : BLOCK_SIZE,
			    NULL);

	if (!err) {
		bad->ranges[0].length = length;
		bad->bytes = length;
	}
	return err;
}

static int damage_of_copy(struct luks_view *v, const struct source *source, unsigned int copy)
{
	const struct luks_copy *c = &v->luks.copies[copy], *other = &v->luks.copies[!copy];
	struct bad_ranges *bad = &v->bad_copies[copy], json = { 0 };
	uint64_t offset = c->offset, length = c->length;
	int err;

	if (!length && v->sealed) {
		offset = v->sealed->copies[copy].offset;
		length = v->sealed->copies[copy].length;
	}
	if (c->state == LUKS_COPY_ERASED)
		return add_whole(bad, source, offset, LUKS_ERASED_BYTES);
	if (other->state != LUKS_COPY_GOOD || v->luks.version != 2)
		return add_whole(bad, source, offset, length ? length : BLOCK_SIZE);
	err = compare_json(&json, source, c->offset, other->offset, other->length);
	/* The binary header is of each copy alone; it is bad when nothing else is, or says so. */
	if (!err && (c->state != LUKS_COPY_BAD_CHECKSUM || !json.count))
		err = add_block(bad, source, c->offset, BLOCK_SIZE, NULL);
	for (size_t i = 0; !err && i < json.count; i++)
		err = bad_ranges_add(bad, json.ranges[i].offset, json.ranges[i].length,
				     &json.ranges[i].damage);
	bad_ranges_clear(&json);
	return err;
}

int luks_damage_of_copies(struct luks_view *v, const struct source *source)
{
	const struct luks *l = &v->luks;
	int version = l->version ? l->version : v->sealed ? v->sealed->version : 0;
	int err = 0;

	if (v->comparison.fields_bad || v->comparison.unused_bad)
		return add_whole(&v->bad_copies[0], source, 0, LUKS1_BYTES);
	for (unsigned int i = 0; !err && i < LUKS_HEADERS; i++) {
		bool owed = version == 2 || (version == 1 && i == 0);

		if (owed && !luks_copy_is_as_written(&l->copies[i]))
			err = damage_of_copy(v, source, i);
		else if (owed && l->copies[i].unused_bad)
			err = add_whole(&v->bad_copies[i], source, l->copies[i].unused_bad,
					l->copies[i].offset + LUKS2_UNUSED_END -
						l->copies[i].unused_bad);
	}
	return err;
}

int luks_damage_by_statistics(struct luks_view *v, const struct source *source, unsigned int slot)
{
	const struct luks_keyslot *s = &v->luks.slots[slot];
	uint64_t length = s->used ? s->used : s->length;
	int err = 0;

	for (uint64_t at = 0; !err && at < length; at += BLOCK_SIZE) {
		size_t len = length - at < BLOCK_SIZE ? (size_t)(length - at) : BLOCK_SIZE;

		if (luks_implausible_blocks(source, s->offset + at, len) != 0)
			err = add_block(&v->bad[slot], source, s->offset + at, len, NULL);
	}
	return err;
}
