// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/view_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "damage/ranges.h"
#include "luks/compare.h"
#include "luks/copy.h"
#include "luks/damage.h"
#include "luks/match.h"
#include "luks/mbr.h"
#include "luks/moved.h"
#include "luks/near.h"
#include "luks/noise.h"
#include "luks/randomness.h"
#include "storage/erased.h"
#include "storage/signature.h"
#include "util/hash.h"
#include "util/util.h"

/* Bad blocks of which every bit is tried; a keyslot of a volume has some 64 blocks, and among noise one tells. */
#define BITS_SEARCHED_MAX 64u

/* cryptsetup looks for signatures of other formats as soon as it cannot use both copies. */
static bool header_is_whole(const struct luks *l)
{
	if (l->version == 1)
		return l->chosen >= 0;
	return l->chosen >= 0 && luks_both_copies_are(l, LUKS_COPY_GOOD) &&
	       l->copies[0].seqid == l->copies[1].seqid;
}

static const char *recognise_wiped(struct luks_view *v, const struct source *source, uint64_t *at)
{
	const char *other = recognise_erased(source, at, &v->wiped_end);

	if (!other && (other = luks_what_mbr(v, source, &v->boot_code))) {
		*at = 0;
		v->wiped_end = SECTOR_BYTES;
	}
	v->wiped = other != NULL;
	return other;
}

/*
 * LUKS1 has one header alone, and key material from the next page on: what begins further in (ZFS, bcache)
 * leaves that header as it was.
 */
static void look_behind_header(struct luks_view *v, const struct source *source)
{
	const char *other = v->luks.version == 1 ? recognise_volume(source) : NULL;
	uint64_t at = other ? recognise_volume_at(source) : 0;

	if (!other && v->luks.version == 1)
		other = recognise_wiped(v, source, &at);

	for (unsigned int i = 0; other && i < LUKS_SLOTS_MAX; i++) {
		const struct luks_keyslot *s = &v->luks.slots[i];

		if (!s->present || !s->active || at < s->offset || at - s->offset >= s->length)
			continue;
		v->other = other;
		v->foreign = true;
		v->foreign_at = at;
	}
}

static void look_at_other(struct luks_view *v, const struct source *source)
{
	if (header_is_whole(&v->luks)) {
		look_behind_header(v, source);
		return;
	}
	v->other = recognise_format(source);
	if (!v->other && v->luks.chosen < 0)
		v->other = recognise_table(source);
	v->foreign_at = v->other ? recognise_volume_at(source) : 0;
	if (!v->other && v->luks.copies[0].state != LUKS_COPY_GOOD)
		v->other = recognise_wiped(v, source, &v->foreign_at);
	v->foreign = v->other != NULL;
	v->ambiguous = v->foreign && !v->wiped && blkid_takes_for_another(source);
	if (!v->luks.version && !*v->luks.left)
		v->disk_form = recognise_disk_form(source);
	v->member = recognise_member(source);
	if (!v->other && v->luks.copies[0].state != LUKS_COPY_GOOD)
		v->other = recognise_rest(source);
	v->noise = luks_noise_bytes(v, source);
	v->like_data = !v->luks.version && !v->luks.rebuilt && !v->luks.inside.version &&
		       !v->other && !v->member && !*v->luks.left &&
		       luks_implausible_blocks(source, 0, BLOCK_SIZE) == 0;
}

/*
 * Where mdadm writes it by default (1.2) LUKS1 has the key material of keyslot 0: who does that leaves the
 * header in front of it.
 */
static bool is_on_keyslot(const struct luks_view *v)
{
	return v->array.data_offset && v->luks.version == 1 && v->luks.chosen >= 0;
}

/* LUKS2 has the first copy of its header there; the second one stays. */
static bool is_on_first_copy(const struct luks_view *v)
{
	const struct luks_copy *first = &v->luks.copies[0];

	return v->array.data_offset && v->luks.version == 2 && first->state != LUKS_COPY_GOOD &&
	       first->state != LUKS_COPY_UNREADABLE;
}

/*
 * A superblock at the start leaves no room for a header there, but for that one; at the end of a disk with
 * a partition table it is that of its last partition.
 */
static bool is_member(const struct luks_view *v, const struct source *source)
{
	const struct luks *l = &v->luks;

	if (is_on_keyslot(v) || is_on_first_copy(v))
		return true;
	if (v->array.data_offset)
		return !l->version &&
		       (l->inside.version ? l->inside.offset == v->array.data_offset : !v->sealed);
	return l->version || !recognise_table(source);
}

/* The second copy of the header, or sealed key material, in its place further in than one chunk. */
static bool holds_more_than_a_part(const struct luks_view *v, const struct source *source)
{
	const struct luks *l = &v->luks;
	uint64_t chunk = v->array.chunk;

	if (!chunk || v->array.data_offset)
		return false;
	return (l->version == 2 && header_is_whole(l) && l->copies[1].offset >= chunk) ||
	       (v->sealed && luks_is_behind(v->sealed, source, chunk));
}

static void look_at_array(struct luks_view *v, const struct source *source)
{
	bool itself = v->itself || (v->sealed && luks_record_names(v->sealed, v->device));

	if (v->header || !md_read(source, &v->array))
		return;
	/* What was opened itself had no superblock in its header, nor in a keyslot that is in use. */
	if (itself ? !is_on_first_copy(v) && (!is_on_keyslot(v) || !v->luks.slots[0].active)
		   : !is_member(v, source))
		memset(&v->array, 0, sizeof(v->array));
	v->left_over = v->array.member && holds_more_than_a_part(v, source);
	v->array.member &= !v->left_over;
}

/* Every sealed block of every slot, so that a misplaced one is recognised wherever it went. */
static struct block_index *index_all(const struct sealed_luks *s)
{
	cleanup(free_ptr) uint64_t *blocks = NULL;
	size_t count = 0, at = 0;

	for (size_t i = 0; i < s->slot_count; i++)
		count += s->slots[i].block_count;
	blocks = calloc(count ? count : 1, sizeof(*blocks));
	if (!blocks)
		return NULL;
	for (size_t i = 0; i < s->slot_count; i++) {
		const struct sealed_keyslot *k = &s->slots[i];

		if (k->block_count)
			memcpy(blocks + at, k->blocks, k->block_count * sizeof(*blocks));
		at += k->block_count;
	}
	return block_index_new(blocks, count);
}

/* From a byte in the slots laid end to end, as the index counts, to one on the device. */
static uint64_t origin_on_device(const struct sealed_luks *s, uint64_t origin)
{
	for (size_t i = 0; i < s->slot_count; i++) {
		uint64_t bytes = (uint64_t)s->slots[i].block_count * BLOCK_SIZE;

		if (origin < bytes)
			return s->slots[i].offset + origin;
		origin -= bytes;
	}
	return origin;
}

static int look_at_block(struct luks_view *v, const struct source *source,
			 const struct sealed_keyslot *k, size_t block, size_t before,
			 const struct block_index *index)
{
	struct bad_ranges *bad = &v->bad[k->number];
	uint64_t at = (uint64_t)block * BLOCK_SIZE;
	uint64_t place = k->offset + (uint64_t)v->comparison.shift + at;
	size_t len = k->length - at < BLOCK_SIZE ? (size_t)(k->length - at) : BLOCK_SIZE;
	struct damage damage = { .kind = DAMAGE_UNREADABLE };
	unsigned char data[BLOCK_SIZE];
	ssize_t n = source_read(source, data, len, place);

	if (n >= 0) {
		if ((size_t)n == len && hash64(data, len) == k->blocks[block])
			return 0;
		damage_classify(data, (size_t)n, len, k->blocks[block], before + block, index,
				at + len <= k->used, bad->blocks < BITS_SEARCHED_MAX, &damage);
		if (damage.kind == DAMAGE_MISPLACED)
			damage.origin = origin_on_device(v->sealed, damage.origin);
	}
	return bad_ranges_add(bad, place, len, &damage);
}

/* Which blocks of the damaged keyslots, and how they look. */
static int look_at_damage(struct luks_view *v, const struct source *source)
{
	struct block_index *index = index_all(v->sealed);
	size_t before = 0;
	int err = 0;

	if (!index)
		return -ENOMEM;
	for (size_t i = 0; !err && i < v->sealed->slot_count; i++) {
		const struct sealed_keyslot *k = &v->sealed->slots[i];
		enum slot_state state =
			k->number < LUKS_SLOTS_MAX ? v->comparison.slots[k->number] : SLOT_UNKNOWN;

		for (size_t b = 0; !err && b < k->block_count && b * BLOCK_SIZE < k->length; b++) {
			if (state == SLOT_DAMAGED || state == SLOT_PADDING ||
			    state == SLOT_UNREADABLE)
				err = look_at_block(v, source, k, b, before, index);
		}
		before += k->block_count;
	}
	block_index_free(index);
	return err;
}

static bool record_holds_for(enum slot_state state)
{
	return state == SLOT_AS_SEALED || state == SLOT_DAMAGED || state == SLOT_PADDING ||
	       state == SLOT_UNREADABLE || state == SLOT_WIPED;
}

/*
 * What is no ciphertext may be what cryptsetup overwrites a key with: then its removal was interrupted,
 * perhaps.
 */
static int look_at_implausible(struct luks_view *v, const struct source *source, unsigned int slot)
{
	const struct luks_keyslot *s = &v->luks.slots[slot];

	if (v->implausible[slot] < 0 ||
	    !luks_is_wiped(source, s->offset, s->used ? s->used : s->length))
		return luks_damage_by_statistics(v, source, slot);
	v->implausible[slot] = 0;
	v->comparison.slots[slot] = SLOT_WIPED;
	return 0;
}

static int look_at_statistics(struct luks_view *v, const struct source *source)
{
	int err = 0;

	for (unsigned int i = 0; !err && i < LUKS_SLOTS_MAX; i++) {
		const struct luks_keyslot *s = &v->luks.slots[i];

		if (!s->present || !s->active || record_holds_for(v->comparison.slots[i]))
			continue;
		v->implausible[i] =
			luks_implausible_blocks(source, s->offset, s->used ? s->used : s->length);
		if (v->implausible[i])
			err = look_at_implausible(v, source, i);
	}
	return err;
}

/* Also without a record, or with one that does not hold for them any more. */
static void look_at_end(struct luks_view *v, uint64_t size)
{
	const struct luks *l = &v->luks;

	for (unsigned int i = 0; l->chosen >= 0 && i < LUKS_SLOTS_MAX; i++) {
		const struct luks_keyslot *s = &l->slots[i];

		if (s->present && s->active && s->offset + s->used > size &&
		    !record_holds_for(v->comparison.slots[i]))
			v->comparison.slots[i] = SLOT_CUT;
	}
}

int luks_view_read(struct luks_view *v, const struct source *source)
{
	int err;

	*v = (struct luks_view){ .device = v->device,
				 .header = v->header,
				 .mapping = v->mapping,
				 .closed = v->closed,
				 .itself = v->itself };
	err = luks_read(source, &v->luks);
	return err ? err : luks_find_near(source, luks_view_place(v), &v->luks);
}

int luks_view_compare(struct luks_view *v, const struct source *source,
		      const struct sealed_luks *sealed, int64_t sealed_at)
{
	int err = 0;

	v->sealed = sealed;
	v->sealed_at = sealed ? sealed_at : 0;
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++)
		v->comparison.slots[i] = SLOT_UNKNOWN;
	luks_look_for_moved(sealed, source, &v->luks);
	if (sealed)
		err = sealed_luks_compare(sealed, &v->luks, source, &v->comparison);
	if (!err && sealed)
		err = look_at_damage(v, source);
	if (!err)
		err = luks_damage_of_copies(v, source);
	if (err)
		return err;
	look_at_other(v, source);
	look_at_array(v, source);
	look_at_end(v, source->size);
	return look_at_statistics(v, source);
}

static bool is_against_it(const struct luks_view *v, unsigned int slot)
{
	enum slot_state state = v->comparison.slots[slot];

	return state == SLOT_DAMAGED || state == SLOT_WIPED || v->implausible[slot] > 0;
}

void luks_view_tried(struct luks_view *v, uint32_t opened)
{
	v->refused = !opened;
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		if (!(opened >> i & 1) || !is_against_it(v, i))
			continue;
		v->proven |= UINT32_C(1) << i;
		v->implausible[i] = 0;
		v->comparison.slots[i] = v->sealed ? SLOT_CHANGED : SLOT_UNKNOWN;
		v->comparison.slot_fields_bad[i] = false;
		bad_ranges_clear(&v->bad[i]);
	}
}
