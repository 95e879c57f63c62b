// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/noise.h"

#include "luks/compare.h"
#include "luks/copy.h"
#include "luks/match.h"
#include "luks/randomness.h"
#include "util/hash.h"
#include "util/util.h"

/* bad: up to here all is bad, or noise; sound: from here on something is as it was. Bytes. */
struct reach {
	uint64_t bad, sound;
};

static void add_bad(struct reach *r, uint64_t end)
{
	r->bad = r->bad > end ? r->bad : end;
}

static void add_sound(struct reach *r, uint64_t at)
{
	r->sound = r->sound < at ? r->sound : at;
}

/* Where the blocks end that are bad from the place on, one behind the other. */
static uint64_t bad_from(const struct bad_ranges *bad, uint64_t at)
{
	for (size_t i = 0; i < bad->count && bad->ranges[i].offset <= at; i++)
		at = bad->ranges[i].offset + bad->ranges[i].length;
	return at;
}

static void reach_in_slot(struct reach *r, const struct luks_view *v,
			  const struct sealed_keyslot *k)
{
	enum slot_state state = v->comparison.slots[k->number];
	const struct bad_ranges *bad = &v->bad[k->number];
	uint64_t used = k->used ? k->used : k->length;
	uint64_t at = bad_from(bad, k->offset);

	if (state == SLOT_WIPED) {
		add_bad(r, k->offset + used);
		return;
	}
	if (bad->count)
		add_bad(r, bad->ranges[bad->count - 1].offset + bad->ranges[bad->count - 1].length);
	if (at < k->offset + used)
		add_sound(r, at);
}

/* Of LUKS2 a good second copy tells what else of the first one differs; without it a record is needed. */
static bool reach_in_header(struct reach *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	const struct bad_ranges *bad = &v->bad_copies[0];

	if (l->chosen == 1) {
		add_bad(r, bad_from(bad, 0));
		add_sound(r, l->copies[1].offset);
		return bad_from(bad, 0) == bad->bytes;
	}
	if (!v->sealed || l->inside.version || *l->left)
		return false;
	if (v->sealed->version == 1)
		return !l->version && !l->rebuilt;
	add_bad(r, v->sealed->copies[1].offset + BLOCK_SIZE);
	return luks_both_copies_are(l, LUKS_COPY_ABSENT);
}

/* Sealed key material is random as well, and is none of its own place here. */
static bool is_sealed_block(const struct luks_view *v, const struct source *source, uint64_t at)
{
	unsigned char block[BLOCK_SIZE];

	return source_read(source, block, sizeof(block), at) != (ssize_t)sizeof(block) ||
	       sealed_luks_has_block(v->sealed, hash64(block, sizeof(block)));
}

/* The rest of a second copy of which no block is told by itself. */
static uint64_t noise_in_copy(const struct luks_view *v, const struct source *source, uint64_t at)
{
	uint64_t end;

	if (!v->sealed || v->luks.chosen >= 0)
		return at;
	end = v->sealed->copies[1].offset + v->sealed->copies[1].length;
	while (at < end && luks_implausible_blocks(source, at, BLOCK_SIZE) == 0)
		at += BLOCK_SIZE;
	return at;
}

uint64_t luks_noise_bytes(const struct luks_view *v, const struct source *source)
{
	struct reach r = { BLOCK_SIZE, UINT64_MAX };

	if (v->luks.copies[0].state != LUKS_COPY_ABSENT || v->other || v->comparison.shift ||
	    !reach_in_header(&r, v))
		return 0;
	for (size_t i = 0; v->sealed && i < v->sealed->slot_count; i++)
		reach_in_slot(&r, v, &v->sealed->slots[i]);
	if (r.bad > r.sound || luks_implausible_blocks(source, 0, r.bad) != 0)
		return 0;
	for (uint64_t at = 0; v->sealed && at < r.bad; at += BLOCK_SIZE) {
		if (is_sealed_block(v, source, at))
			return 0;
	}
	return noise_in_copy(v, source, r.bad);
}
