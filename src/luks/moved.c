// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/moved.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "luks/compare.h"
#include "luks/near.h"
#include "util/bytes.h"
#include "util/hash.h"
#include "util/util.h"

#define CHUNK_BYTES 65536u
/* Distances that one block tells of, and the others do not: a misplaced block, say. */
#define TRIES_MAX 8u

/* The bytes of block i of an area; 0: there is none. */
static size_t block_bytes(const struct sealed_keyslot *k, size_t i)
{
	uint64_t at = (uint64_t)i * BLOCK_SIZE;

	if (i >= k->block_count || at >= k->length)
		return 0;
	return k->length - at < BLOCK_SIZE ? (size_t)(k->length - at) : BLOCK_SIZE;
}

/* Padding is the same on many disks: zeros, mostly. used 0: which bytes are padding is not known. */
static bool is_padding(const struct sealed_keyslot *k, size_t i)
{
	return k->used && (uint64_t)i * BLOCK_SIZE >= k->used;
}

static bool block_matches(const struct sealed_keyslot *k, size_t i, const struct source *source,
			  int64_t shift)
{
	uint64_t at = k->offset + (uint64_t)i * BLOCK_SIZE + (uint64_t)shift;
	size_t len = block_bytes(k, i);
	unsigned char data[BLOCK_SIZE];

	return at < source->size && source_read(source, data, len, at) == (ssize_t)len &&
	       hash64(data, len) == k->blocks[i];
}

bool luks_is_at(const struct sealed_luks *s, const struct source *source, int64_t shift)
{
	for (size_t i = 0; i < s->slot_count; i++) {
		for (size_t b = 0; block_bytes(&s->slots[i], b); b++) {
			if (!is_padding(&s->slots[i], b) &&
			    block_matches(&s->slots[i], b, source, shift))
				return true;
		}
	}
	return false;
}

bool luks_is_behind(const struct sealed_luks *s, const struct source *source, uint64_t from)
{
	for (size_t i = 0; i < s->slot_count; i++) {
		const struct sealed_keyslot *k = &s->slots[i];

		for (size_t b = 0; block_bytes(k, b) && b * BLOCK_SIZE < k->used; b++) {
			if (k->offset + b * BLOCK_SIZE >= from && block_matches(k, b, source, 0))
				return true;
		}
	}
	return false;
}

/* Of what is not cut off; a disk may have damaged some besides. */
static bool most_match(const struct sealed_luks *s, const struct source *source, int64_t shift)
{
	uint64_t same = 0, differ = 0;

	for (size_t i = 0; i < s->slot_count; i++) {
		const struct sealed_keyslot *k = &s->slots[i];

		for (size_t b = 0; block_bytes(k, b); b++) {
			int64_t at = (int64_t)(k->offset + (uint64_t)b * BLOCK_SIZE) + shift;

			if (at < 0)
				continue;
			if (block_matches(k, b, source, shift))
				same++;
			else
				differ++;
		}
	}
	return same > differ;
}

/* Where a whole block of that hash was sealed; false: none was. */
static bool find_sealed(const struct sealed_luks *s, uint64_t hash, uint64_t *at)
{
	for (size_t i = 0; i < s->slot_count; i++) {
		const struct sealed_keyslot *k = &s->slots[i];

		for (size_t b = 0; block_bytes(k, b) == BLOCK_SIZE; b++) {
			*at = k->offset + (uint64_t)b * BLOCK_SIZE;
			if (k->blocks[b] == hash)
				return true;
		}
	}
	return false;
}

/* Padding is often all zero, and then lies in many places. */
static bool tells_shift(const struct sealed_luks *s, const unsigned char *block, uint64_t at,
			int64_t *shift)
{
	uint64_t sealed;

	if (bytes_are(block, BLOCK_SIZE, block[0]) ||
	    !find_sealed(s, hash64(block, BLOCK_SIZE), &sealed))
		return false;
	*shift = (int64_t)(at - sealed);
	return *shift && *shift != sealed_luks_convert_shift(s);
}

bool luks_is_moved(const struct sealed_luks *s, const struct source *source, int64_t *shift)
{
	cleanup(free_ptr) unsigned char *chunk = malloc(CHUNK_BYTES + BLOCK_SIZE);
	unsigned int tries = 0;

	if (!chunk || luks_is_at(s, source, 0))
		return false;
	for (uint64_t at = 0; at < LUKS_NEAR && at < source->size; at += CHUNK_BYTES) {
		ssize_t n = source_read(source, chunk, CHUNK_BYTES + BLOCK_SIZE, at);

		for (ssize_t i = 0; i < CHUNK_BYTES && i + (ssize_t)BLOCK_SIZE <= n;
		     i += SECTOR_BYTES) {
			if (!tells_shift(s, chunk + i, at + (uint64_t)i, shift))
				continue;
			if (most_match(s, source, *shift))
				return true;
			if (++tries == TRIES_MAX)
				return false;
		}
	}
	return false;
}

static void tell_moved(const struct sealed_luks *s, int64_t shift, struct luks *l)
{
	l->inside.version = s->version;
	l->inside.offset = shift > 0 ? (uint64_t)shift : 0;
	l->inside.before = shift < 0 ? (uint64_t)-shift : 0;
	l->inside.cut = shift < 0;
	snprintf(l->inside.uuid, sizeof(l->inside.uuid), "%s", s->uuid);
}

/*
 * Whether what seems to be a header at the start is a part of the container that was cut off: without a
 * record that is so when there is nothing of a header where it would have its second copy.
 */
static bool is_part(const struct sealed_luks *s, const struct source *source, const struct luks *l)
{
	if (!l->version || !l->inside.cut)
		return false;
	if (!s)
		return l->copies[1].state == LUKS_COPY_ABSENT;
	return strcmp(s->uuid, l->inside.uuid) == 0 && !luks_is_at(s, source, 0);
}

void luks_look_for_moved(const struct sealed_luks *s, const struct source *source, struct luks *l)
{
	int64_t shift;

	if (l->chosen >= 0)
		return;
	if (!l->inside.version && s && luks_is_moved(s, source, &shift) &&
	    (shift < 0 || !l->version))
		tell_moved(s, shift, l);
	if (is_part(s, source, l))
		luks_take_for_part(l);
}
