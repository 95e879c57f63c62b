/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_DECOMPRESS_CODEC_H
#define BV_DECOMPRESS_CODEC_H

#include <stdbool.h>
#include <sys/types.h>

#include "util/input.h"

/* What the codecs share among themselves; users take decompress.h. */
struct decompressor;

/*
 * The largest decoder that a header may ask for, bytes: that of zstd's largest window (128 MiB), which
 * kernel images have, whatever their size. Of a window only what the content fills is used, and that
 * is counted by memory_take().
 */
#define DECOMPRESS_MEMORY_MAX (160u << 20)

struct codec_ops {
	/* Sets d->state, or makes the one that is there ready for another stream. -ENOMEM. */
	int (*open)(struct decompressor *d);
	/* As decompressor_read(); called neither after the end nor after an error. */
	ssize_t (*read)(struct decompressor *d, unsigned char *buf, size_t len);
	void (*close)(struct decompressor *d);
};

struct decompressor {
	const struct codec_ops *ops;
	struct input *in;
	void *state;	    /* the codec's own */
	bool looked;	    /* for the codec: it has examined the header */
	const char *reason; /* of the last error */
	bool ended;	    /* the stream is complete */
	bool verified;	    /* and a checksum over its content was right */
	bool anywhere;	    /* it was a checksum over all of the content that was wrong */
	int error;
	uint64_t whole_until; /* decompressor_whole_until() */
	uint64_t window;      /* for the codec: bytes of content that it keeps, at most */
	uint64_t made;	      /* bytes of content so far */
	size_t taken;	      /* of memory_take() */
};

extern const struct codec_ops codec_gzip_ops, codec_lzma_ops, codec_xz_ops, codec_lz4_ops,
	codec_zstd_ops;

/* One call of a streaming library: what it may use, and what it used. */
struct codec_step {
	const unsigned char *in;
	size_t in_len, in_used;
	unsigned char *out;
	size_t out_len, out_made;
};

/*
 * Feeds a library that takes its input in pieces of any size until it gives output or the
 * stream ends. step() returns 1 at the end of the stream, 0 to go on, or an error; it is also
 * called without input, because a library may still hold output.
 */
ssize_t codec_pump(struct decompressor *d, unsigned char *buf, size_t len,
		   int (*step)(struct decompressor *d, struct codec_step *s));

/* Counts memory that the codec is going to use, bytes in all. 0, or -EOVERFLOW, noted. */
int codec_take(struct decompressor *d, size_t bytes);

/* Notes why, and returns error. */
int codec_fail(struct decompressor *d, int error, const char *reason);

/* The same for a checksum over all of the content: it does not tell where the damage is. */
int codec_fail_checksum(struct decompressor *d, const char *reason);

/* The reason that every codec gives when the input ends in the middle of a stream. */
#define CODEC_CUT_SHORT "the compressed data is cut short"

#endif
