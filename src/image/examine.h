/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_EXAMINE_H
#define BV_IMAGE_EXAMINE_H

#include "damage/damage.h"
#include "image/initrd.h"
#include "manifest/manifest.h"

/* What an initrd image proves about itself, without any record outside it. */
struct image_proof {
	uint64_t size;
	uint64_t guard_bytes;	   /* 0: no guard, or one whose headers are damaged */
	bool guard_broken;	   /* there is a guard, but its headers are damaged */
	bool guard_as_built;	   /* its headers are as they are always made */
	struct initrd_fault fault; /* fault.error 0: the walk reached the end */
	bool fault_in_guard;
	struct manifest found; /* segments and contents as the image holds them, up to the fault */

	bool has_record;	 /* the guard carries a manifest */
	int record_error;	 /* 0, or why it cannot be used: -EBADMSG, -EPROTO, ... */
	char record_reason[160]; /* in words */
	struct manifest record;	 /* that manifest */
	/* Contents that are not as in the record, missing ones included; not what appended archives replace. */
	size_t differing;
	size_t damaged; /* of those: neither another image behind the guard, nor an early end explains it */
	size_t unlisted;   /* contents that the record does not list */
	bool packed_again; /* a segment of it is another than any that was sealed */
};

/*
 * Walks the image that fd gives, size bytes long, and compares its contents with the manifest
 * that its guard carries. 0, or -ENOMEM; everything else is in *proof, which image_proof_clear()
 * frees.
 */
int image_examine(int fd, uint64_t size, struct image_proof *proof);
void image_proof_clear(struct image_proof *proof);

/*
 * The record in the guard of an image, of which nothing else is read; manifest_clear() frees it in any case.
 * -ENOENT: it has none; another error: it cannot be used.
 */
int image_record(const char *path, struct manifest *m);

/* The builder of what is there, as its members show, else of what the guard's record is of. */
enum builder image_builder(const struct image_proof *proof);

/* The content of that path in the image if it is exactly as recorded, else NULL. */
const struct content *image_content_as_recorded(const struct image_proof *proof,
						const struct content *recorded);

/*
 * Whether the walk ended where another archive would begin, at bytes that are none, and all that a boot
 * starts with is there before: what follows is not needed.
 */
bool image_complete_before_fault(const struct image_proof *proof);

/*
 * Whether what follows is of a format that kernels do not read: packed in it, or appended to what a boot
 * starts with. Where that is not there, its own archive may have lost its start.
 */
bool image_is_foreign_behind(const struct image_proof *proof);

/*
 * Whether an image holds the files of a guard in an archive that is none: a sealed one was unpacked by
 * hand, and packed again. Those files take the place of a guard in front, and their record that of a new one.
 */
bool image_was_repacked(const struct manifest *found);

/*
 * Whether what is behind a whole guard is another image than the one that this was made for, by its owner
 * or by damage nobody can tell: each path that differs from the record is of an archive that is complete,
 * and that no damage makes of the sealed one: one whose checksum is right, and that holds what was never
 * sealed, or one that holds what was sealed in other places. It lies where sealed bytes were.
 */
bool image_was_edited(const struct image_proof *proof);

/* The first segment that is well-formed, and no kernel unpacks; NULL: there is none. */
const struct sealed_segment *segment_unread(const struct manifest *m);

/* How sound a file is by itself. */
enum soundness {
	UNPROVEN,   /* nothing in it can be verified */
	BROKEN,	    /* its own structure or checksum is wrong */
	UNFINISHED, /* nothing is wrong in it but that it ends early, or is empty */
	EDITED,	    /* another image was packed behind a guard; image_was_edited() */
	FOREIGN,    /* in a format that no kernel unpacks, or with something behind it that is */
	LOOSE,	    /* nothing is wrong in it, but nothing proves that it is complete */
	SOUND,	    /* its structure is right, and every checksum that it carries */
	EXTENDED, /* the same, every content is as the manifest inside it says, and there is more */
	PROVEN,	  /* every content is as the manifest inside it says */
};

enum soundness image_soundness(const struct image_proof *proof);

#endif
