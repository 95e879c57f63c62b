/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_BLOCKS_H
#define BV_LUKS_BLOCKS_H

#include "storage/source.h"
#include "util/util.h"

/*
 * The areas of keyslots, block by block: many are read at once where that succeeds, and each by
 * itself where it does not, so that one bad sector does not hide its neighbours.
 */
struct luks_blocks {
	const struct source *source;
	unsigned char *piece;	 /* owned; NULL: there was no memory for it */
	uint64_t at;		 /* of the piece on the device, bytes */
	size_t len;		 /* of the piece; 0: none yet */
	bool whole;		 /* all of it could be read */
	uint64_t offset, length; /* of the area */
	uint64_t end;		 /* up to here there is no harm in reading ahead */
	unsigned char block[BLOCK_SIZE];
};

void luks_blocks_start(struct luks_blocks *b, const struct source *source);
void luks_blocks_end(struct luks_blocks *b);

/*
 * Goes to an area. end: where the last one ends of those that follow without a gap and will be
 * asked for, too; they are read only once.
 */
void luks_blocks_area(struct luks_blocks *b, uint64_t offset, uint64_t length, uint64_t end);

/* Bytes of that block of the area: BLOCK_SIZE, or what is left in the last one; 0 behind it. */
size_t luks_blocks_size(const struct luks_blocks *b, size_t block);

/*
 * Reads it: all blocks in order, or any of them again. Returns the bytes, fewer at the end of the
 * device, or -EIO, ...; *data stays valid until the next call.
 */
ssize_t luks_blocks_read(struct luks_blocks *b, size_t block, const unsigned char **data);

#endif
