// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "luks/blocks.h"
#include "util/hash.h"
#include "util/util.h"

/* Whether nothing about the header needs a repair. */
static bool header_is_sound(const struct luks *l)
{
	unsigned int copies = l->version == 2 ? LUKS_HEADERS : 1;

	if (l->version == 0 || l->chosen < 0)
		return false;
	for (unsigned int i = 0; i < copies; i++) {
		if (l->copies[i].state != LUKS_COPY_GOOD)
			return false;
	}
	return copies == 1 || l->copies[0].seqid == l->copies[1].seqid;
}

static int hash_blocks(struct sealed_keyslot *k, struct luks_blocks *blocks)
{
	for (size_t i = 0; i < k->block_count; i++) {
		size_t len = luks_blocks_size(blocks, i);
		const unsigned char *data;
		ssize_t n = luks_blocks_read(blocks, i, &data);

		if (n != (ssize_t)len)
			return n < 0 ? (int)n : -EIO;
		k->blocks[i] = hash64(data, len);
		if (i == k->used / BLOCK_SIZE && k->used % BLOCK_SIZE)
			k->edge = hash64(data, (size_t)(k->used % BLOCK_SIZE));
	}
	return 0;
}

static int record_slot(struct sealed_keyslot *k, unsigned int number, const struct luks_keyslot *s,
		       struct luks_blocks *blocks)
{
	uint64_t size = blocks->source->size;

	k->number = number;
	k->offset = s->offset;
	k->length = s->length;
	k->used = s->used;
	k->described = s->described;
	/* A small file may end inside the area. */
	if (s->used > s->length || s->offset >= size || s->length > size - s->offset)
		return -EBADMSG;
	k->block_count = (size_t)((s->length + BLOCK_SIZE - 1) / BLOCK_SIZE);
	k->blocks = calloc(k->block_count ? k->block_count : 1, sizeof(*k->blocks));
	if (!k->blocks)
		return -ENOMEM;
	luks_blocks_area(blocks, s->offset, s->length, s->offset + s->length);
	return hash_blocks(k, blocks);
}

static int record_slots(struct sealed_luks *s, const struct luks *l, const struct source *source)
{
	struct luks_blocks blocks;
	int err = 0;

	luks_blocks_start(&blocks, source);
	for (unsigned int i = 0; !err && i < LUKS_SLOTS_MAX; i++) {
		if (l->slots[i].present && l->slots[i].active)
			err = record_slot(&s->slots[s->slot_count++], i, &l->slots[i], &blocks);
	}
	luks_blocks_end(&blocks);
	return err;
}

static int record(struct sealed_luks *s, const struct luks *l, const struct source *source)
{
	s->uuid = strdup(l->uuid);
	s->slots = calloc(LUKS_SLOTS_MAX, sizeof(*s->slots));
	if (!s->uuid || !s->slots)
		return -ENOMEM;
	s->version = l->version;
	s->seqid = l->version == 2 ? l->copies[l->chosen].seqid : 0;
	s->immutable_hash = l->immutable_hash;
	s->reencrypting = l->reencrypting;
	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		s->copies[i].offset = l->copies[i].offset;
		s->copies[i].length = l->copies[i].length;
		s->copies[i].hash = l->copies[i].hash;
	}
	return record_slots(s, l, source);
}

int luks_record(struct sealed_luks *s, const struct luks *l, const struct source *source)
{
	int err;

	memset(s, 0, sizeof(*s));
	if (!header_is_sound(l))
		return -EBADMSG;
	err = record(s, l, source);
	if (err)
		sealed_luks_clear(s);
	return err;
}
