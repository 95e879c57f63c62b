// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#include "decompress/codec.h"

/* zlib: the largest window, and a gzip header and trailer, which it verifies (RFC 1952). */
#define WINDOW_BITS_GZIP (15 + 16)

static int gzip_open(struct decompressor *d)
{
	z_stream *z = d->state;

	if (z)
		return inflateReset(z) == Z_OK ? 0 : -ENOMEM;
	z = calloc(1, sizeof(*z));
	if (!z)
		return -ENOMEM;
	if (inflateInit2(z, WINDOW_BITS_GZIP) != Z_OK) {
		free(z);
		return -ENOMEM;
	}
	d->state = z;
	return 0;
}

/* zlib tells what was wrong only in words. */
static int gzip_fail(struct decompressor *d, const char *msg)
{
	if (msg && strcmp(msg, "incorrect data check") == 0)
		return codec_fail_checksum(d, "the content does not match its CRC32");
	if (msg && strcmp(msg, "incorrect length check") == 0)
		return codec_fail_checksum(
			d, "the content does not have the length that it should have");
	if (msg && strstr(msg, "header"))
		return codec_fail(d, -EBADMSG, "the gzip header is damaged");
	return codec_fail(d, -EBADMSG, "the compressed data is damaged");
}

static uInt clamp(size_t len)
{
	return len < UINT_MAX ? (uInt)len : UINT_MAX;
}

static int gzip_step(struct decompressor *d, struct codec_step *s)
{
	z_stream *z = d->state;
	uInt in_len = clamp(s->in_len), out_len = clamp(s->out_len);
	int r;

	z->next_in = s->in;
	z->avail_in = in_len;
	z->next_out = s->out;
	z->avail_out = out_len;
	r = inflate(z, Z_NO_FLUSH);
	s->in_used = in_len - z->avail_in;
	s->out_made = out_len - z->avail_out;

	switch (r) {
	case Z_OK:
	case Z_BUF_ERROR: /* no progress: the caller sees that by itself */
		return 0;
	case Z_STREAM_END:
		d->verified = true;
		return 1;
	case Z_MEM_ERROR:
		return codec_fail(d, -ENOMEM, "out of memory");
	default:
		return gzip_fail(d, z->msg);
	}
}

static ssize_t gzip_read(struct decompressor *d, unsigned char *buf, size_t len)
{
	return codec_pump(d, buf, len, gzip_step);
}

static void gzip_close(struct decompressor *d)
{
	inflateEnd(d->state);
	free(d->state);
}

const struct codec_ops codec_gzip_ops = { gzip_open, gzip_read, gzip_close };
