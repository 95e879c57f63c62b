/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_DAMAGE_DAMAGE_H
#define BV_DAMAGE_DAMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a bad block looks like. The names in damage_name() are public (JSON "damage"). */
enum damage_kind {
	DAMAGE_CHANGED,	     /* differs, and nothing below fits */
	DAMAGE_ZEROED,	     /* every byte is 0 */
	DAMAGE_ONES,	     /* every byte is 0xff */
	DAMAGE_ZERO_SECTORS, /* some of its 512-byte sectors are zero, as no intact block here has */
	DAMAGE_MISPLACED,    /* the content of another sealed block */
	DAMAGE_BIT_FLIP,     /* one bit differs */
	DAMAGE_TRUNCATED,    /* the file ends before or within it */
	DAMAGE_UNREADABLE,   /* the device cannot deliver it */
	DAMAGE_UNSTABLE,     /* two direct reads differ */
};
#define DAMAGE_COUNT (DAMAGE_UNSTABLE + 1)

struct damage {
	enum damage_kind kind;
	unsigned int zero_sectors; /* ZERO_SECTORS: how many */
	bool ends_in_zero;	   /* CHANGED: its last byte is zero, and not all of that sector */
	uint64_t origin;  /* MISPLACED: byte offset in the file where that content belongs */
	size_t byte;	  /* BIT_FLIP: offset of the byte within the block */
	unsigned int bit; /* BIT_FLIP: 0 (least significant) to 7 */
};

/* "zeroed", "bit-flip", ... */
const char *damage_name(enum damage_kind kind);

/* The sealed hashes of all blocks of a file, prepared to look one up. */
struct block_index;
struct block_index *block_index_new(const uint64_t *blocks, size_t count); /* NULL: no memory */
void block_index_free(struct block_index *index);

/*
 * Says how a block that does not hash to blocks[number] is damaged. data has len bytes; when
 * that is less than expected_len, the file ended there. data is restored before return.
 * dense: no sector of the sealed block can have been all zero, because it is compressed or encrypted.
 * search_bit: try every single bit as well, which for a full block takes as long as hashing it a
 * few hundred times, and for a shorter one 8 * len times; callers bound how often they ask for it.
 */
void damage_classify(unsigned char *data, size_t len, size_t expected_len, uint64_t expected_hash,
		     uint64_t number, const struct block_index *index, bool dense, bool search_bit,
		     struct damage *damage);

#endif
