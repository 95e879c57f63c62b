// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "decompress/codec.h"

/*
 * 2^27 bytes of window is what `zstd --ultra -22` asks for and the most that the kernel allows
 * (lib/decompress_unzstd.c); with the buffers around it, it stays below DECOMPRESS_MEMORY_MAX.
 */
#define WINDOW_LOG_MAX 27
#define WINDOW_MAX     (1ull << WINDOW_LOG_MAX)

/*
 * RFC 8878, 3.1.1: the magic number, the frame header descriptor, and the window descriptor, unless
 * the frame is a single segment, whose window is all of its content.
 */
#define MAGIC		      "\x28\xb5\x2f\xfd"
#define MAGIC_BYTES	      4
#define CONTENT_CHECKSUM_FLAG 0x04
#define SINGLE_SEGMENT_FLAG   0x20
#define WINDOW_LOG_MIN	      10
#define HEADER_BYTES_MAX      18

struct zstd {
	ZSTD_DCtx *library;
	unsigned long long expected; /* bytes of content, or ZSTD_CONTENTSIZE_UNKNOWN */
	unsigned long long made;
	bool narrow;   /* its start is to be passed on so */
	bool narrowed; /* its window is larger than any that is given, and got the largest */
};

#define TOO_LARGE "the frame asks for more memory than a kernel gives"

static int zstd_open(struct decompressor *d)
{
	struct zstd *z = d->state;

	if (z) {
		z->made = 0;
		ZSTD_DCtx_reset(z->library, ZSTD_reset_session_only);
		return 0;
	}
	z = calloc(1, sizeof(*z));
	if (!z)
		return -ENOMEM;
	z->library = ZSTD_createDCtx();
	if (!z->library) {
		free(z);
		return -ENOMEM;
	}
	ZSTD_DCtx_setParameter(z->library, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	d->state = z;
	return 0;
}

static int zstd_fail(struct decompressor *d, size_t code)
{
	const struct zstd *z = d->state;

	/* What refers farther back than the window that it got looks damaged. */
	if (z->narrowed && z->made >= WINDOW_MAX)
		return codec_fail(d, -EOVERFLOW, TOO_LARGE);
	switch (ZSTD_getErrorCode(code)) {
	case ZSTD_error_checksum_wrong:
		return codec_fail_checksum(d, "the content does not match its checksum (XXH64)");
	case ZSTD_error_frameParameter_windowTooLarge:
		return codec_fail(d, -EOVERFLOW, TOO_LARGE);
	case ZSTD_error_memory_allocation:
		return codec_fail(d, -ENOMEM, "out of memory");
	case ZSTD_error_dictionary_wrong:
		return codec_fail(d, -EOPNOTSUPP, "the frame needs a dictionary");
	case ZSTD_error_prefix_unknown:
	case ZSTD_error_version_unsupported:
	case ZSTD_error_frameParameter_unsupported:
		return codec_fail(d, -EBADMSG, "the frame header is damaged");
	default:
		return codec_fail(d, -EBADMSG, "the compressed data is damaged");
	}
}

static int zstd_step(struct decompressor *d, struct codec_step *s)
{
	ZSTD_inBuffer in = { s->in, s->in_len, 0 };
	ZSTD_outBuffer out = { s->out, s->out_len, 0 };
	struct zstd *z = d->state;
	unsigned char start[MAGIC_BYTES + 2];

	if (z->narrow && s->in_len >= sizeof(start)) {
		memcpy(start, s->in, sizeof(start));
		start[MAGIC_BYTES + 1] = (WINDOW_LOG_MAX - WINDOW_LOG_MIN) << 3;
		in = (ZSTD_inBuffer){ start, sizeof(start), 0 };
		z->narrow = false;
	}
	size_t r = ZSTD_decompressStream(z->library, &out, &in);

	s->in_used = in.pos;
	s->out_made = out.pos;
	if (ZSTD_isError(r))
		return zstd_fail(d, r);
	z->made += out.pos;
	if (r > 0)
		return 0;
	/* The library does not compare them when the last block is an empty one. */
	if (z->expected != ZSTD_CONTENTSIZE_UNKNOWN && z->made != z->expected)
		return codec_fail_checksum(
			d, "the content does not have the length that it should have");
	return 1;
}

static uint64_t window_size(const unsigned char *p, size_t len)
{
	unsigned int exponent, mantissa;

	if (len < MAGIC_BYTES + 2)
		return 0;
	exponent = p[MAGIC_BYTES + 1] >> 3;
	mantissa = p[MAGIC_BYTES + 1] & 7;
	return (1ull << (WINDOW_LOG_MIN + exponent)) / 8 * (8 + mantissa);
}

/*
 * The library also takes skippable frames and those of its early versions, which no kernel does;
 * and it does not tell whether a frame has a checksum.
 */
static int zstd_look(struct decompressor *d)
{
	struct zstd *z = d->state;
	const unsigned char *p;
	ssize_t n = input_peek(d->in, HEADER_BYTES_MAX, &p);

	if (n < 0)
		return codec_fail(d, (int)n, "the device cannot read it");
	if (memcmp(p, MAGIC, n < MAGIC_BYTES ? (size_t)n : MAGIC_BYTES) != 0)
		return codec_fail(d, -EBADMSG, "the frame's magic number is damaged");
	if (n < MAGIC_BYTES + 1)
		return codec_fail(d, -ENODATA, CODEC_CUT_SHORT);
	d->verified = (p[MAGIC_BYTES] & CONTENT_CHECKSUM_FLAG) != 0;
	z->expected = ZSTD_getFrameContentSize(p, (size_t)n);
	if (z->expected == ZSTD_CONTENTSIZE_ERROR) /* the library will say why */
		z->expected = ZSTD_CONTENTSIZE_UNKNOWN;
	d->window = p[MAGIC_BYTES] & SINGLE_SEGMENT_FLAG ? z->expected : window_size(p, (size_t)n);
	/* Most such frames need no such window: whether it is right can be told all the same. */
	z->narrowed = !(p[MAGIC_BYTES] & SINGLE_SEGMENT_FLAG) && d->window > WINDOW_MAX;
	z->narrow = z->narrowed;
	if (z->narrowed)
		d->window = WINDOW_MAX;
	d->looked = true;
	return 0;
}

static ssize_t zstd_read(struct decompressor *d, unsigned char *buf, size_t len)
{
	if (!d->looked) {
		int r = zstd_look(d);

		if (r < 0)
			return r;
	}
	return codec_pump(d, buf, len, zstd_step);
}

static void zstd_close(struct decompressor *d)
{
	struct zstd *z = d->state;

	ZSTD_freeDCtx(z->library);
	free(z);
}

const struct codec_ops codec_zstd_ops = { zstd_open, zstd_read, zstd_close };
