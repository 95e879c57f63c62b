// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/noise.h"

#include <string.h>

#include "luks/compare.h"
#include "luks/luks2_binary.h"
#include "luks/randomness.h"
#include "util/bytes.h"
#include "util/hash.h"
#include "util/util.h"

static bool read_block(const struct source *source, unsigned char block[BLOCK_SIZE], uint64_t at)
{
	return source_read(source, block, BLOCK_SIZE, at) == (ssize_t)BLOCK_SIZE;
}

/* Sealed key material is random as well, and is none where it was not sealed. */
static bool is_noise(const struct luks_view *v, const struct source *source, uint64_t at)
{
	unsigned char block[BLOCK_SIZE];

	return luks_implausible_blocks(source, at, BLOCK_SIZE) == 0 &&
	       read_block(source, block, at) &&
	       !(v->sealed && sealed_luks_has_block(v->sealed, hash64(block, sizeof(block))));
}

/* Of a JSON area: text, and zeros behind it; it begins with a brace. */
static bool may_be_json(const unsigned char block[BLOCK_SIZE], bool first)
{
	size_t text = 0;

	while (text < BLOCK_SIZE && block[text] >= ' ' && block[text] <= '~')
		text++;
	return (!first || block[0] == '{') && bytes_are_zero(block + text, BLOCK_SIZE - text);
}

/* A block of each copy's JSON area; what is there of one, and is no noise, is right as far as is seen. */
static bool add_json(const struct luks_view *v, const struct source *source, uint64_t at,
		     uint64_t size, uint64_t *noise)
{
	unsigned char one[BLOCK_SIZE], two[BLOCK_SIZE];
	bool first, second;

	if (!read_block(source, one, at) || !read_block(source, two, size + at))
		return false;
	if (memcmp(one, two, sizeof(one)) == 0 &&
	    (v->luks.chosen == 1 || may_be_json(one, at == BLOCK_SIZE)))
		return true;
	first = is_noise(v, source, at);
	second = v->luks.chosen < 0 && is_noise(v, source, size + at);
	*noise += ((uint64_t)first + second) * BLOCK_SIZE;
	if (first && second)
		return true;
	if (v->luks.chosen == 1)
		return first;
	return (first && may_be_json(two, at == BLOCK_SIZE)) ||
	       (second && may_be_json(one, at == BLOCK_SIZE));
}

/* Of LUKS2, behind the first block. Of what a copy says of itself alone its checksum tells, where one is good. */
static bool add_copies(const struct luks_view *v, const struct source *source, uint64_t *noise)
{
	const struct luks *l = &v->luks;
	uint64_t size = l->copies[1].length ? l->copies[1].length
			: v->sealed	    ? v->sealed->copies[1].offset
					    : 0;
	unsigned char block[BLOCK_SIZE];
	uint64_t first = 0, both = 0;

	if (!luks2_is_size(size))
		return false;
	for (uint64_t at = BLOCK_SIZE; at < size; at += BLOCK_SIZE) {
		if (!add_json(v, source, at, size, &both))
			return false;
		first += is_noise(v, source, at) ? BLOCK_SIZE : 0;
	}
	*noise += both;
	if (l->chosen == 1)
		return true;
	if (is_noise(v, source, size)) {
		*noise += BLOCK_SIZE;
		return true;
	}
	/* Noise must be what it is not good for, and with all of the other's text it is good again. */
	return read_block(source, block, size) &&
	       memcmp(block, luks2_magic_second, LUKS_MAGIC_BYTES) == 0 && both > first &&
	       (first || l->rebuilt == LUKS_REBUILT_PROVEN);
}

static bool add_header(const struct luks_view *v, const struct source *source, uint64_t *noise)
{
	const struct luks *l = &v->luks;

	if (l->chosen == 1)
		return add_copies(v, source, noise);
	if (l->inside.version || *l->left)
		return false;
	if (l->version == 2 || (v->sealed && v->sealed->version == 2))
		return add_copies(v, source, noise);
	return v->sealed && !l->version && !l->rebuilt;
}

/* Of one bit no program writes noise. */
static bool add_ranges(const struct bad_ranges *bad, const struct source *source, uint64_t *noise)
{
	for (size_t i = 0; i < bad->count; i++) {
		const struct bad_range *r = &bad->ranges[i];

		if (r->damage.kind != DAMAGE_CHANGED ||
		    luks_implausible_blocks(source, r->offset, r->length) != 0)
			return false;
		*noise += r->length;
	}
	return true;
}

static bool add_slot(const struct luks_view *v, const struct source *source,
		     const struct sealed_keyslot *k, uint64_t *noise)
{
	uint64_t used = k->used ? k->used : k->length;

	if (v->comparison.restored_in_part[k->number] || v->comparison.slot_fields_bad[k->number])
		return false;
	if (v->comparison.slots[k->number] != SLOT_WIPED)
		return add_ranges(&v->bad[k->number], source, noise);
	*noise += used;
	return luks_implausible_blocks(source, k->offset, used) == 0;
}

uint64_t luks_noise_bytes(const struct luks_view *v, const struct source *source)
{
	uint64_t noise = BLOCK_SIZE;

	if (v->luks.copies[0].state != LUKS_COPY_ABSENT || v->other || v->comparison.shift ||
	    !is_noise(v, source, 0) || !add_header(v, source, &noise))
		return 0;
	for (size_t i = 0; v->sealed && i < v->sealed->slot_count; i++) {
		if (!add_slot(v, source, &v->sealed->slots[i], &noise))
			return 0;
	}
	return noise;
}
