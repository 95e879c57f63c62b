// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <lz4.h>
#include <stdlib.h>
#include <string.h>

#include "decompress/codec.h"

/*
 * The legacy frame (lz4_Frame_format.md, "Legacy frame"): a magic number, then blocks, each
 * with its compressed size in front, little endian, and 8 MiB of content at most. It has
 * neither an end mark nor a checksum. Where it ends is as the kernel has it (lib/
 * decompress_unlz4.c): at the end of the input, or in front of a size of zero; and the magic
 * number may come again, in front of a block.
 */
#define MAGIC	      0x184c2102u
#define WORD_BYTES    4
#define BLOCK_CONTENT (8 << 20)
#define BLOCK_PACKED  LZ4_COMPRESSBOUND(BLOCK_CONTENT)

struct lz4 {
	unsigned char *content; /* BLOCK_CONTENT bytes */
	unsigned char *packed;	/* BLOCK_PACKED bytes, once a large block needs them */
	size_t given, have;	/* in content: already read, and unpacked */
};

static int lz4_open(struct decompressor *d)
{
	struct lz4 *z = d->state;

	if (z) {
		z->given = z->have = 0;
		return 0;
	}
	z = calloc(1, sizeof(*z));
	if (!z)
		return -ENOMEM;
	z->content = malloc(BLOCK_CONTENT);
	if (!z->content) {
		free(z);
		return -ENOMEM;
	}
	d->state = z;
	return 0;
}

/* Looks at the next word: 1, or 0 when the input has no whole word left. */
static int lz4_peek_word(struct decompressor *d, uint32_t *word)
{
	const unsigned char *p;
	ssize_t n = input_peek(d->in, WORD_BYTES, &p);

	if (n < 0)
		return codec_fail(d, (int)n, "the device cannot read it");
	if (n < WORD_BYTES)
		return 0;
	*word = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	return 1;
}

/* Makes *p point to the next size bytes of the input in one piece, and consumes them. */
static int lz4_take(struct decompressor *d, size_t size, const unsigned char **p)
{
	struct lz4 *z = d->state;
	size_t done = 0;

	if (!z->packed)
		z->packed = malloc(BLOCK_PACKED);
	if (!z->packed)
		return codec_fail(d, -ENOMEM, "out of memory");
	while (done < size) {
		ssize_t n = input_peek(d->in, 1, p);
		size_t part;

		if (n < 0)
			return codec_fail(d, (int)n, "the device cannot read it");
		if (n == 0)
			return codec_fail(d, -ENODATA, CODEC_CUT_SHORT);
		part = (size_t)n < size - done ? (size_t)n : size - done;
		memcpy(z->packed + done, *p, part);
		input_consume(d->in, part);
		done += part;
	}
	*p = z->packed;
	return 0;
}

/* The same without a copy, for a block that the input can show as a whole; consumes nothing. */
static int lz4_show(struct decompressor *d, size_t size, const unsigned char **p)
{
	ssize_t n = input_peek(d->in, size, p);

	if (n < 0)
		return codec_fail(d, (int)n, "the device cannot read it");
	if ((size_t)n < size) {
		input_consume(d->in, (size_t)n);
		return codec_fail(d, -ENODATA, CODEC_CUT_SHORT);
	}
	return 0;
}

/* The magic number is mandatory in front of the first block. */
static int lz4_look(struct decompressor *d)
{
	uint32_t word;
	int r = lz4_peek_word(d, &word);

	if (r < 0)
		return r;
	if (r == 0)
		return codec_fail(d, -ENODATA, CODEC_CUT_SHORT);
	if (word != MAGIC)
		return codec_fail(d, -EBADMSG, "the frame's magic number is damaged");
	d->looked = true;
	return codec_take(d, BLOCK_CONTENT + BLOCK_PACKED);
}

/* Unpacks the next block: 1, 0 at the end of the stream, or an error. */
static int lz4_next_block(struct decompressor *d)
{
	struct lz4 *z = d->state;
	const unsigned char *p;
	uint32_t size;
	int r;

	d->whole_until = d->made ? input_offset(d->in) : 0;
	for (;;) {
		r = lz4_peek_word(d, &size);
		if (r <= 0)
			return r;
		if (size == 0)
			return 0;
		if (size != MAGIC)
			break;
		input_consume(d->in, WORD_BYTES);
		d->whole_until = 0;
	}
	if (size > BLOCK_PACKED)
		return codec_fail(d, -EBADMSG, "the size of a block is impossible");
	input_consume(d->in, WORD_BYTES);
	r = size <= INPUT_WINDOW ? lz4_show(d, size, &p) : lz4_take(d, size, &p);
	if (r < 0)
		return r;
	r = LZ4_decompress_safe((const char *)p, (char *)z->content, (int)size, BLOCK_CONTENT);
	if (size <= INPUT_WINDOW)
		input_consume(d->in, size);
	if (r < 0)
		return codec_fail(d, -EBADMSG, "the compressed data is damaged");
	z->given = 0;
	z->have = (size_t)r;
	return 1;
}

static ssize_t lz4_read(struct decompressor *d, unsigned char *buf, size_t len)
{
	struct lz4 *z = d->state;
	int r = d->looked ? 0 : lz4_look(d);

	if (r < 0)
		return r;
	while (z->given == z->have) { /* a block may be empty */
		r = lz4_next_block(d);
		if (r < 0)
			return r;
		if (r == 0) {
			d->ended = true;
			return 0;
		}
	}
	if (len > z->have - z->given)
		len = z->have - z->given;
	memcpy(buf, z->content + z->given, len);
	z->given += len;
	return (ssize_t)len;
}

static void lz4_close(struct decompressor *d)
{
	struct lz4 *z = d->state;

	free(z->content);
	free(z->packed);
	free(z);
}

const struct codec_ops codec_lz4_ops = { lz4_open, lz4_read, lz4_close };
