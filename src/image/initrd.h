/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_INITRD_H
#define BV_IMAGE_INITRD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decompress/decompress.h"
#include "image/foreign.h"
#include "util/input.h"

/*
 * An initrd image as the kernel reads it: segments one after the other, each a cpio archive
 * (newc 070701, or crc 070702), plain or compressed, with zero bytes between them; the trailer may
 * be left out, and zeros may be between members as well. Kernels skip a member without a name, or with
 * one over PATH_MAX, a symbolic link that is longer than that, and what is no regular file and brings
 * data, or has no type (do_header() and do_name() there)
 * (Linux, Documentation/driver-api/early-userspace/buffer-format.rst; init/initramfs.c).
 */

#define INITRD_PATH_MAX	    4096u	 /* bytes of a member's name, as the kernel limits it */
#define INITRD_MEMBERS_MAX  100000u	 /* members of one image; real ones have up to 5000 */
#define INITRD_NAMES_MAX    (32u << 20)	 /* bytes of all their names */
#define INITRD_BYTES_MAX    (4ull << 30) /* of one image; no boot loader loads so much */
#define INITRD_UNPACKED_MAX (4ull << 30) /* bytes that one image may unpack to */

/* One archive of the image. */
struct segment {
	unsigned int index; /* from 0 */
	enum codec codec;   /* CODEC_NONE: plain cpio */
	uint64_t offset;    /* where it starts in the image, bytes */
	uint64_t length;    /* bytes in the image; set at its end; without the padding behind it */
	uint64_t unpacked;  /* bytes that it unpacks to; set at its end */
	bool verified; /* its content is covered by a checksum that was right; set at its end */
	const char *
		unread; /* why no kernel unpacks it, though it is well-formed; NULL: they do; static;
			     * set at its end */
	bool loose;	/* nothing in it tells whether members are missing: it has no trailer at its
			     * end, zeros between members, or members that kernels skip; set at its
			     * end */
	uint64_t zero_tail; /* zeros behind a last member that no trailer follows, bytes */
};

/* One member of an archive. */
struct member {
	const struct segment *segment;
	const char *path;	/* as archived, without leading "/" or "./"; owned by the walk */
	uint64_t position;	/* of its header: in the segment's unpacked bytes */
	uint64_t image_offset;	/* of its header in the image; in a compressed segment how much of
				 * the image had been consumed by then */
	uint64_t data_position; /* of its data, in the segment's unpacked bytes */
	uint32_t ino, mode, uid, gid, nlink, mtime;
	uint32_t dev_major, dev_minor, rdev_major, rdev_minor;
	uint32_t check; /* 070702: sum of the data's bytes */
	bool has_check;
	bool skipped;	      /* kernels read over it, and unpack nothing; its path may be "" */
	unsigned int archive; /* which of the image's archives, from 0 */
	uint64_t size;	      /* bytes of data; for a symbolic link the length of its target */
};

/* Why a walk ended early. */
struct initrd_fault {
	bool proven; /* by the compressed data, its checksum, or the device: bytes are wrong; else only
		      * the structure is not what it should be */
	bool behind; /* only where another archive would begin: all before it is complete */
	bool first;  /* no archive and no member of one came before it */
	bool built_so; /* a checksum over what is not as it should be is right: it was built like that */
	const struct foreign *is; /* what is there instead, by its first bytes; static */
	bool whole; /* it is that beyond its first block as well: no lost write has left it there */
	int error;  /* -EBADMSG, -ENODATA, -EIO, ...; 0: no fault */
	unsigned int segment; /* index of the segment */
	enum codec codec;     /* of that segment */
	uint64_t offset;      /* in the image: where it was noticed */
	uint64_t position;    /* in the segment's unpacked bytes */
	char reason[160];     /* in words, e.g. "gzip: CRC32 is 1234abcd, the stream says ..." */
	/*
	 * The member in which it was noticed, cut to fit; "" when between members, or when a checksum
	 * over all of the segment is wrong. In a compressed segment the damage is there or before.
	 */
	char path[256];
};

/*
 * Whether it is of a known format, to its end, that was made like that: an archive as no kernel unpacks it,
 * or no archive from the start on. Behind a part of an image its own archive may have lost its start.
 */
bool initrd_fault_is_foreign(const struct initrd_fault *fault);

/* Whether an image of that size ends there, and no archive does: it is empty, or cut off. */
bool initrd_fault_is_end(const struct initrd_fault *fault, uint64_t size);

/* Any of them may be NULL. A non-zero return ends the walk and is returned by it. */
struct initrd_visitor {
	int (*segment_begin)(void *ctx, const struct segment *s);
	int (*member)(void *ctx, const struct member *m);
	/* The member's data in order, in pieces; not called for size 0, nor for what is skipped. */
	int (*data)(void *ctx, const void *data, size_t len);
	/* After the last byte of data; for size 0 right after member(). */
	int (*member_end)(void *ctx, const struct member *m);
	int (*segment_end)(void *ctx, const struct segment *s);
};

/*
 * Walks an image from the input's current offset to its end. "TRAILER!!!" is not reported as a
 * member. 0: all of it is well-formed and every checksum that it carries is right. -EBADMSG,
 * -ENODATA, -EIO, -EOPNOTSUPP, -ENOMEM, -EOVERFLOW (a limit above): *fault says where and why.
 * Memory: what decoders use, counted by memory_take(), and a fixed amount.
 */
int initrd_walk(struct input *in, const struct initrd_visitor *v, void *ctx,
		struct initrd_fault *fault);

#endif
