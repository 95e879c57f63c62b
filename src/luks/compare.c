// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/compare.h"

#include <string.h>

#include "luks/blocks.h"
#include "luks/copy.h"
#include "luks/randomness.h"
#include "util/hash.h"
#include "util/util.h"

/* 32 KiB of two LUKS2 headers, less the 4 KiB of one of LUKS1. */
#define CONVERT_BYTES 28672

/*
 * The blocks of a keyslot's area, those with key material apart from the padding behind it. Key
 * material is split and encrypted anew whenever it is written, so that no block of it stays as it
 * was: where some blocks are as sealed and others are not, nobody wrote it.
 */
struct area {
	uint64_t same, differ, unreadable; /* with key material */
	uint64_t cut;			   /* with key material, behind the end of the device */
	uint64_t foreign;		   /* of those that differ: as no wiped one looks */
	bool behind_same;		   /* one that differs lies behind one that does not */
	bool edge_same;			   /* the block that key material ends in is one of same */
	uint64_t padding;		   /* that differ or cannot be read, without any */
	uint64_t first;			   /* that differs, on the device, bytes */
	uint64_t first_padding;
};

static void count_block(struct area *a, bool material, bool readable, bool same, uint64_t at)
{
	if (same) {
		a->same += material;
		return;
	}
	if (!material) {
		if (!a->padding++)
			a->first_padding = at;
		return;
	}
	if (!a->differ && !a->unreadable)
		a->first = at;
	if (readable)
		a->differ++;
	else
		a->unreadable++;
}

bool sealed_luks_has_block(const struct sealed_luks *s, uint64_t hash)
{
	for (size_t i = 0; i < s->slot_count; i++) {
		for (size_t b = 0; b < s->slots[i].block_count; b++) {
			if (s->slots[i].blocks[b] == hash)
				return true;
		}
	}
	return false;
}

/* What cryptsetup wipes with is new, and no block that was elsewhere. */
static bool is_foreign(const struct sealed_luks *s, const struct sealed_keyslot *k, uint64_t at,
		       const unsigned char *data, size_t len)
{
	uint64_t material = k->used > at ? k->used - at : len;

	return sealed_luks_has_block(s, hash64(data, len)) ||
	       !luks_looks_wiped(data, material < len ? (size_t)material : len);
}

static bool is_edge(const struct sealed_keyslot *k, uint64_t at)
{
	return k->used % BLOCK_SIZE && at / BLOCK_SIZE == k->used / BLOCK_SIZE;
}

/* Of the block that key material ends in; n bytes of it are there: the device may end in it. */
static bool only_padding_differs(const struct sealed_keyslot *k, uint64_t at,
				 const unsigned char *data, ssize_t n)
{
	size_t material = (size_t)(k->used % BLOCK_SIZE);

	return is_edge(k, at) && n >= (ssize_t)material && hash64(data, material) == k->edge;
}

/* Where the areas end that begin with the one of slot k and lie without a gap. */
static uint64_t end_of_run(const struct sealed_luks *s, const struct sealed_keyslot *k)
{
	const struct sealed_keyslot *last = s->slots + s->slot_count - 1;

	while (k < last && k[1].offset == k->offset + k->length)
		k++;
	return k->offset + k->length;
}

/* shift: where the area is looked for, bytes from its sealed place. */
static void compare_area(const struct sealed_luks *s, const struct sealed_keyslot *k,
			 struct luks_blocks *blocks, int64_t shift, struct area *a)
{
	uint64_t start = k->offset + (uint64_t)shift;

	memset(a, 0, sizeof(*a));
	luks_blocks_area(blocks, start, k->length, end_of_run(s, k) + (uint64_t)shift);
	for (size_t i = 0; i < k->block_count && luks_blocks_size(blocks, i); i++) {
		uint64_t at = (uint64_t)i * BLOCK_SIZE;
		size_t len = luks_blocks_size(blocks, i);
		const unsigned char *data;
		ssize_t n = luks_blocks_read(blocks, i, &data);
		bool readable = n == (ssize_t)len, material = at < k->used || !k->used;
		bool same = readable && hash64(data, len) == k->blocks[i];

		if (material && !same && only_padding_differs(k, at, data, n)) {
			a->same++;
			a->edge_same = true;
			material = false;
		}
		a->edge_same |= same && is_edge(k, at);
		if (!readable && n >= 0 && start + at + len > blocks->source->size) {
			a->cut += material;
			continue;
		}
		a->behind_same |= material && !same && a->same;
		if (material && readable && !same)
			a->foreign += is_foreign(s, k, at, data, len);
		count_block(a, material, readable, same, start + at);
	}
}

/*
 * cryptsetup overwrites an area with one write before it changes the header, so that one that was
 * interrupted there leaves all of it other than sealed. Where the area ends inside one of the
 * device's blocks, the rest has a write of its own (lib/utils_io.c, write_blockwise()).
 */
static bool looks_wiped(const struct area *a)
{
	return a->differ && !a->unreadable && !a->foreign && a->same == a->edge_same;
}

/* What the area says when the header tells of the keyslot as it did when it was sealed. */
static enum slot_state judge_untouched(const struct area *a)
{
	if (a->unreadable)
		return SLOT_UNREADABLE;
	if (looks_wiped(a))
		return SLOT_WIPED;
	if (a->differ)
		return SLOT_DAMAGED;
	return a->padding ? SLOT_PADDING : SLOT_AS_SEALED;
}

/*
 * LUKS2: the checksum of the header is right, so its owner changed what it says. That is not
 * always the key: a priority, say. When all of the area is as it was, so is the key.
 */
static enum slot_state judge_changed(const struct area *a)
{
	if (a->unreadable)
		return SLOT_UNREADABLE;
	if (!a->differ)
		return a->padding ? SLOT_PADDING : SLOT_AS_SEALED;
	return a->same ? SLOT_DAMAGED : SLOT_CHANGED;
}

/*
 * LUKS1 has no checksum: that the fields differ is its owner's change only when all key material
 * was written, too. Removing a keyslot overwrites it as well.
 */
static enum slot_state judge_luks1_changed(const struct area *a, bool active, bool *fields_bad)
{
	/* What is removed, and its end was not overwritten any more: restoring a header does that. */
	bool end_left = !active && a->same == a->edge_same;

	if (a->unreadable)
		return SLOT_UNREADABLE;
	if ((a->same && !end_left) || !a->differ) {
		*fields_bad = true;
		return SLOT_DAMAGED;
	}
	return active ? SLOT_CHANGED : SLOT_REMOVED;
}

/*
 * LUKS2: a reencryption ends with wiping the old keyslots, each before the header says so: where
 * it was interrupted, all of an area is new, and the header was changed since the seal.
 */
static bool is_being_wiped(const struct sealed_luks *s, const struct luks *l, const struct area *a)
{
	return l->chosen >= 0 && l->reencrypting && l->copies[l->chosen].seqid > s->seqid &&
	       !a->same && looks_wiped(a);
}

/*
 * Restoring a header backup writes from the front: where it was stopped, the header tells of an older key,
 * of which the area has the front alone. Of LUKS2 the seqid proves that the header is older.
 */
static bool is_restored_in_part(const struct sealed_luks *s, const struct luks *l,
				const struct area *a)
{
	bool older = s->version == 1 || (l->chosen >= 0 && l->copies[l->chosen].seqid < s->seqid);

	return older && a->differ && a->same && !a->behind_same && !a->unreadable && !a->foreign;
}

static enum slot_state compare_slot(const struct sealed_luks *s, const struct sealed_keyslot *k,
				    const struct luks *l, struct luks_blocks *blocks,
				    struct luks_comparison *c)
{
	const struct luks_keyslot *now = &l->slots[k->number];
	bool in_use = now->present && now->active;
	bool same_area = now->present && now->offset == k->offset && now->length == k->length &&
			 now->used == k->used;
	enum slot_state state;
	struct area a;

	/* The header is gone: what is left of the keyslots tells what a header backup would open. */
	bool no_header = !luks_is_known(l);

	if (!no_header && !c->same_version)
		return in_use ? SLOT_CHANGED : SLOT_REMOVED;
	if (!no_header && l->version == 2 && !in_use)
		return SLOT_REMOVED;
	if (!no_header && l->version == 2 && !same_area)
		return in_use ? SLOT_CHANGED : SLOT_REMOVED;
	compare_area(s, k, blocks, c->shift, &a);
	if (a.cut && !a.differ && !a.unreadable)
		return SLOT_CUT;
	if (no_header || now->described == k->described)
		state = is_being_wiped(s, l, &a) ? SLOT_CHANGED : judge_untouched(&a);
	else if (in_use && is_restored_in_part(s, l, &a)) {
		c->restored_in_part[k->number] = true;
		state = SLOT_WIPED;
	} else if (s->version == 1)
		state = judge_luks1_changed(&a, in_use, &c->slot_fields_bad[k->number]);
	else
		state = judge_changed(&a);
	c->bad_blocks[k->number] = state == SLOT_PADDING ? a.padding : a.differ + a.unreadable;
	c->first_bad[k->number] = state == SLOT_PADDING ? a.first_padding : a.first;
	if (state == SLOT_DAMAGED && !c->bad_blocks[k->number])
		c->first_bad[k->number] = LUKS1_SLOT_FIELDS + k->number * LUKS1_SLOT_FIELD_BYTES;
	return state;
}

static void compare_sealed_slots(const struct sealed_luks *s, const struct luks *l,
				 struct luks_blocks *blocks, struct luks_comparison *c)
{
	for (size_t i = 0; i < s->slot_count; i++)
		c->slots[s->slots[i].number] = compare_slot(s, &s->slots[i], l, blocks, c);
}

int64_t sealed_luks_convert_shift(const struct sealed_luks *s)
{
	if (s->version == 1)
		return CONVERT_BYTES;
	for (size_t i = 0; i < s->slot_count; i++) {
		if (s->slots[i].offset < (uint64_t)CONVERT_BYTES)
			return 0;
	}
	return -CONVERT_BYTES;
}

/* Most blocks of every keyslot: the disk may have damaged some besides. */
static bool is_converted_material(const struct sealed_luks *s, struct luks_blocks *blocks)
{
	int64_t shift = sealed_luks_convert_shift(s);
	struct area a;

	for (size_t i = 0; shift && i < s->slot_count; i++) {
		compare_area(s, &s->slots[i], blocks, shift, &a);
		if (a.same <= a.differ + a.unreadable)
			return false;
	}
	return shift && s->slot_count;
}

static bool may_be_converting(const struct luks *l, const struct luks_comparison *c)
{
	bool bad = false;

	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++)
		bad |= c->slots[i] == SLOT_DAMAGED;
	if (l->chosen >= 0)
		return bad && c->same_version;
	/* A whole container that begins so far away has its key material there. */
	if (l->inside.version)
		return false;
	/* What was put together may be the header that the conversion was about to finish. */
	return bad || l->rebuilt;
}

static void compare_slots(const struct sealed_luks *s, const struct luks *l,
			  const struct source *source, struct luks_comparison *c)
{
	bool sealed[LUKS_SLOTS_MAX] = { false };
	struct luks_blocks blocks;

	luks_blocks_start(&blocks, source);
	compare_sealed_slots(s, l, &blocks, c);
	if (may_be_converting(l, c) && is_converted_material(s, &blocks)) {
		c->shift = sealed_luks_convert_shift(s);
		compare_sealed_slots(s, l, &blocks, c);
	}
	luks_blocks_end(&blocks);
	for (size_t i = 0; i < s->slot_count; i++)
		sealed[s->slots[i].number] = true;
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		if (!sealed[i] && luks_is_known(l) && l->slots[i].present && l->slots[i].active)
			c->slots[i] = SLOT_NEW;
	}
}

/* A UUID that its owner sets is a new one, not the old one with a bit flipped. */
static bool one_bit_differs(const char *a, const char *b)
{
	unsigned int bits = 0;

	if (strlen(a) != strlen(b))
		return false;
	for (; *a; a++, b++)
		bits += (unsigned int)__builtin_popcount(
			(unsigned int)((unsigned char)*a ^ (unsigned char)*b));
	return bits == 1;
}

static bool every_slot_is_as_sealed(const struct luks_comparison *c)
{
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		if (c->slots[i] != SLOT_AS_SEALED && c->slots[i] != SLOT_PADDING &&
		    c->slots[i] != SLOT_UNKNOWN)
			return false;
	}
	return true;
}

/* Whether nothing is left of what was sealed: reencrypted, or formatted again. */
static bool no_slot_is_left(const struct sealed_luks *s, const struct luks_comparison *c)
{
	/* It had none: its UUID alone tells. */
	if (!s->slot_count)
		return !c->same_uuid;
	for (size_t i = 0; i < s->slot_count; i++) {
		enum slot_state state = c->slots[s->slots[i].number];

		if (state != SLOT_CHANGED && state != SLOT_REMOVED)
			return false;
	}
	return true;
}

static void compare_luks1(const struct sealed_luks *s, const struct luks *l,
			  struct luks_comparison *c)
{
	if (s->immutable_hash != l->immutable_hash)
		c->fields_bad = !no_slot_is_left(s, c);
	else
		c->fields_bad = one_bit_differs(s->uuid, l->uuid);
	c->unused_bad = s->immutable_hash == l->immutable_hash && c->same_uuid &&
			!c->copy_as_sealed[0] && every_slot_is_as_sealed(c);
}

static void compare_luks2(const struct sealed_luks *s, const struct luks *l,
			  struct luks_comparison *c)
{
	uint64_t seqid = l->copies[l->chosen].seqid;

	c->seqid_higher = seqid > s->seqid;
	c->seqid_lower = seqid < s->seqid;
	for (unsigned int i = 0; i < LUKS_HEADERS; i++)
		c->rewritten |= l->copies[i].state == LUKS_COPY_GOOD && !c->copy_as_sealed[i] &&
				l->copies[i].seqid == s->seqid;
}

int sealed_luks_compare(const struct sealed_luks *s, const struct luks *l,
			const struct source *source, struct luks_comparison *c)
{
	memset(c, 0, sizeof(*c));
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++)
		c->slots[i] = SLOT_UNKNOWN;
	for (unsigned int i = 0; i < LUKS_HEADERS; i++)
		c->copy_as_sealed[i] = s->copies[i].length &&
				       s->copies[i].length == l->copies[i].length &&
				       s->copies[i].offset == l->copies[i].offset &&
				       s->copies[i].hash == l->copies[i].hash;
	c->same_uuid = strcmp(s->uuid, l->uuid) == 0;
	c->same_version = s->version == l->version;
	compare_slots(s, l, source, c);
	if (!luks_is_known(l) || !c->same_version)
		return 0;
	if (s->version == 1)
		compare_luks1(s, l, c);
	else if (l->chosen >= 0)
		compare_luks2(s, l, c);
	return 0;
}
