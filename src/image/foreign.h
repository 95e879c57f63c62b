/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_FOREIGN_H
#define BV_IMAGE_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decompress/decompress.h"
#include "util/input.h"

enum foreign_use {
	FOREIGN_OTHER,
	FOREIGN_KERNEL, /* a kernel image */
	/*
	 * For a boot loader that unwraps it (U-Boot, Android), or for the kernel's RAM disk (Linux,
	 * Documentation/admin-guide/initrd.rst): what comes to stand before it breaks it.
	 */
	FOREIGN_WHOLE,
};

/*
 * How long it is that begins there, by the format's own account up to its end, nothing but zeros behind it;
 * 0: it is not as that format says, or that cannot be told. Its first bytes alone tell nothing of that.
 */
typedef uint64_t foreign_length(struct input *in, uint64_t at);

/* What a piece of an image is that is no archive as kernels unpack it. */
struct foreign {
	const char *name;   /* "a squashfs file system" */
	const char *remedy; /* of an archive that no kernel unpacks: what to do; else NULL */
	enum foreign_use use;
	foreign_length *length; /* NULL: nothing cheap tells */
};

/* So many bytes are enough to recognise everything that is known. */
#define FOREIGN_HEAD_BYTES (33u * 1024u)

/*
 * Recognises it by its first bytes; len may be short. NULL: nothing that is known (each format's own
 * documentation; the marks are those of file(1)).
 */
const struct foreign *foreign_find(const unsigned char *p, size_t len);

/*
 * Whether what begins there, and is *is by its first bytes, is that beyond the block that they are in: an old
 * block of another file, which a lost write has left there, is not. Moves the input; is may be NULL.
 */
bool foreign_is_proven(const struct foreign *is, struct input *in, uint64_t at);

/* A foreign_length: of an archive as kernels unpack it, the first of what is there. */
foreign_length foreign_archive;

/*
 * Why no kernel unpacks a stream, though it is in a compression that kernels know, by the stream's
 * first bytes, with what to do in words; NULL: nothing is known against it. Linux: lib/xz/
 * xz_dec_stream.c, dec_stream_header() and dec_block_header(); lib/decompress_inflate.c, __gunzip();
 * lib/decompress_unzstd.c, __unzstd().
 */
const char *foreign_option(enum codec codec, const unsigned char *p, size_t len);

#endif
