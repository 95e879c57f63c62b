// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <lzma.h>
#include <stdlib.h>

#include "decompress/codec.h"
#include "util/memory.h"

/* xz and the older lzma format: one library, two headers. */

static int lzma_open_with(struct decompressor *d, bool xz)
{
	lzma_stream *z = d->state;
	lzma_ret r;

	if (!z) {
		z = d->state = malloc(sizeof(*z));
		if (!z)
			return -ENOMEM;
		*z = (lzma_stream)LZMA_STREAM_INIT;
	}
	/* The library takes over what a stream before this one had allocated. */
	if (xz)
		r = lzma_stream_decoder(z, DECOMPRESS_MEMORY_MAX,
					LZMA_TELL_NO_CHECK | LZMA_TELL_UNSUPPORTED_CHECK);
	else
		r = lzma_alone_decoder(z, DECOMPRESS_MEMORY_MAX);
	d->verified = xz;
	return r == LZMA_OK ? 0 : -ENOMEM;
}

static int xz_open(struct decompressor *d)
{
	return lzma_open_with(d, true);
}

static int lzma_open(struct decompressor *d)
{
	return lzma_open_with(d, false);
}

static int xz_step(struct decompressor *d, struct codec_step *s)
{
	lzma_stream *z = d->state;
	lzma_ret r;

	z->next_in = s->in;
	z->avail_in = s->in_len;
	z->next_out = s->out;
	z->avail_out = s->out_len;
	r = lzma_code(z, LZMA_RUN);
	s->in_used = s->in_len - z->avail_in;
	s->out_made = s->out_len - z->avail_out;
	/* A block may have a larger dictionary than the one before. */
	if (lzma_memusage(z) > d->window)
		d->window = lzma_memusage(z);

	switch (r) {
	case LZMA_OK:
	case LZMA_BUF_ERROR: /* no progress: the caller sees that by itself */
		return 0;
	case LZMA_NO_CHECK:
	case LZMA_UNSUPPORTED_CHECK:
		d->verified = false;
		return 0;
	case LZMA_STREAM_END:
		return 1;
	case LZMA_FORMAT_ERROR:
		return codec_fail(d, -EBADMSG, "the stream header is damaged");
	case LZMA_OPTIONS_ERROR:
		return codec_fail(d, -EOPNOTSUPP, "the stream uses an unsupported filter");
	case LZMA_MEMLIMIT_ERROR:
		return codec_fail(d, -EOVERFLOW, memory_reason());
	case LZMA_MEM_ERROR:
		return codec_fail(d, -ENOMEM, "out of memory");
	default:
		return codec_fail(d, -EBADMSG,
				  d->verified ? "the data is damaged, or does not match its CRC"
					      : "the compressed data is damaged");
	}
}

static ssize_t xz_read(struct decompressor *d, unsigned char *buf, size_t len)
{
	return codec_pump(d, buf, len, xz_step);
}

static void xz_close(struct decompressor *d)
{
	lzma_end(d->state);
	free(d->state);
}

const struct codec_ops codec_xz_ops = { xz_open, xz_read, xz_close };
const struct codec_ops codec_lzma_ops = { lzma_open, xz_read, xz_close };
