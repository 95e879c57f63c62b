/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_DECOMPRESS_DECOMPRESS_H
#define BV_DECOMPRESS_DECOMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "decompress/kind.h"
#include "util/input.h"

struct decompressor;

/*
 * Starts to unpack one frame (zstd), member (gzip), stream (xz, lzma, lz4 legacy) at the
 * input's current offset. The input stays the caller's and must outlive the decompressor.
 * -EOPNOTSUPP: this codec is recognised only. -ENOMEM.
 */
int decompressor_open(struct decompressor **d, enum codec codec, struct input *in);

/*
 * The same with a decompressor that is there already, whatever became of it: images can have many
 * small frames, and to make a decoder takes longer than to unpack one. On -ENOMEM only
 * decompressor_free() may follow.
 */
int decompressor_restart(struct decompressor *d);

/*
 * Unpacks up to len bytes (len > 0). 0: the frame is complete and its checksums, if any,
 * are right; the input then stands just behind it. Errors:
 * -EBADMSG the data is corrupt, -ENODATA the input ends too early, -EOVERFLOW the stream needs
 * more than DECOMPRESS_MEMORY_MAX or than memory_take() gives, -ENOMEM, -EOPNOTSUPP a feature of the
 * format that is not supported, or what reading the input gave (-EIO).
 */
ssize_t decompressor_read(struct decompressor *d, void *buf, size_t len);

/* Why the last decompressor_read() failed, in words; never NULL. Static storage. */
const char *decompressor_reason(const struct decompressor *d);

/*
 * Whether the last decompressor_read() failed because of a checksum over the whole content, at
 * its end: what was unpacked up to there may be wrong anywhere.
 */
bool decompressor_damaged_anywhere(const struct decompressor *d);

/*
 * Whether this frame really carries a checksum over its content (in zstd and xz it is
 * optional). Valid once decompressor_read() has returned 0.
 */
bool decompressor_verified(const struct decompressor *d);

/*
 * Of lz4, which has no end mark: where in the input its last block ended, when the last
 * decompressor_read() failed at what follows and no magic number stands in front of that; it may
 * never have been a block. 0: anything else.
 */
uint64_t decompressor_whole_until(const struct decompressor *d);

void decompressor_free(struct decompressor *d); /* NULL is allowed */

#endif
