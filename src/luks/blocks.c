// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/blocks.h"

#include <stdlib.h>
#include <string.h>

/* Four areas with keys of 512 bits: one request that keeps a disk busy. */
#define PIECE_BYTES (1u << 20)

void luks_blocks_start(struct luks_blocks *b, const struct source *source)
{
	void *piece = NULL;

	memset(b, 0, sizeof(*b));
	b->source = source;
	/* Aligned so that the device can write into it by itself. */
	if (posix_memalign(&piece, BLOCK_SIZE, PIECE_BYTES) == 0)
		b->piece = piece;
}

void luks_blocks_area(struct luks_blocks *b, uint64_t offset, uint64_t length, uint64_t end)
{
	b->offset = offset;
	b->length = length;
	b->end = end;
}

void luks_blocks_end(struct luks_blocks *b)
{
	free(b->piece);
	memset(b, 0, sizeof(*b));
}

size_t luks_blocks_size(const struct luks_blocks *b, size_t block)
{
	uint64_t at = (uint64_t)block * BLOCK_SIZE;

	if (at >= b->length)
		return 0;
	return b->length - at < BLOCK_SIZE ? (size_t)(b->length - at) : BLOCK_SIZE;
}

static bool is_in_piece(const struct luks_blocks *b, uint64_t at, size_t size)
{
	return at >= b->at && at - b->at < b->len && size <= b->len - (at - b->at);
}

static void read_piece(struct luks_blocks *b, uint64_t at, size_t size)
{
	uint64_t len = b->end > at && b->end - at > size ? b->end - at : size;

	b->at = at;
	b->len = len < PIECE_BYTES ? (size_t)len : PIECE_BYTES;
	b->whole = source_read(b->source, b->piece, b->len, at) == (ssize_t)b->len;
}

ssize_t luks_blocks_read(struct luks_blocks *b, size_t block, const unsigned char **data)
{
	uint64_t at = b->offset + (uint64_t)block * BLOCK_SIZE;
	size_t size = luks_blocks_size(b, block);

	*data = b->block;
	if (b->piece && size && !is_in_piece(b, at, size))
		read_piece(b, at, size);
	if (!b->piece || !size || !b->whole)
		return source_read(b->source, b->block, size, at);
	*data = b->piece + (at - b->at);
	return (ssize_t)size;
}
