// SPDX-License-Identifier: GPL-2.0-or-later
#include "decompress/codec.h"

#include <errno.h>

#include "util/memory.h"

/* Calls without progress, with input at hand, after which a library is taken to be stuck. */
#define IDLE_MAX 8

int codec_fail(struct decompressor *d, int error, const char *reason)
{
	d->error = error;
	d->reason = reason;
	return error;
}

int codec_fail_checksum(struct decompressor *d, const char *reason)
{
	d->anywhere = true;
	return codec_fail(d, -EBADMSG, reason);
}

ssize_t codec_pump(struct decompressor *d, unsigned char *buf, size_t len,
		   int (*step)(struct decompressor *d, struct codec_step *s))
{
	for (unsigned int idle = 0; idle < IDLE_MAX;) {
		struct codec_step s = { .out = buf, .out_len = len };
		ssize_t n = input_peek(d->in, 1, &s.in);
		int r;

		if (n < 0)
			return codec_fail(d, (int)n, "the device cannot read it");
		s.in_len = (size_t)n;
		r = step(d, &s);
		input_consume(d->in, s.in_used);
		if (r < 0)
			return r;
		if (r > 0)
			d->ended = true;
		if (s.out_made > 0 || d->ended)
			return (ssize_t)s.out_made;
		if (s.in_used > 0)
			idle = 0;
		else if (n == 0)
			return codec_fail(d, -ENODATA, CODEC_CUT_SHORT);
		else
			idle++;
	}
	return codec_fail(d, -EBADMSG, "the compressed data leads nowhere");
}

int codec_take(struct decompressor *d, size_t bytes)
{
	if (bytes <= d->taken)
		return 0;
	if (!memory_take(bytes - d->taken))
		return codec_fail(d, -EOVERFLOW, memory_reason());
	d->taken = bytes;
	return 0;
}
