/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_SEAL_FALLBACK_H
#define BV_IMAGE_SEAL_FALLBACK_H

#include "image/image.h"
#include "manifest/manifest.h"
#include "manifest/sealing.h"

/*
 * After a seal that failed because of the storage, or of the image itself: under the name that
 * boots must stand an image that reads back as it was sealed, or one that explains. First what can
 * be had at once, then what is better.
 */
struct fallback {
	const struct image *image;
	enum read_back read_back;
	struct stat
		stands; /* under the image's name: at first the image, then what was put there */
	const struct manifest *previous; /* the sealed record until now */
	const unsigned char *guard;	 /* to put in front; NULL: there is none */
	size_t guard_size;
	struct replacement
		*first;	      /* the sealed image of which the device did not keep all, or NULL */
	uint64_t first_kept;  /* up to this offset it was kept, bytes */
	bool past_cache;      /* what stands there now was read back past the page cache */
	bool alone;	      /* the guard alone stands there */
	enum refusal refusal; /* NOT_REFUSED: the image is sound, as the page cache has it */
	struct report *report;
};

/* What stands under the image's name now, and what a reboot would do with it. */
enum standing {
	STANDS_SEALED,	  /* written again, and read back whole */
	STANDS_PREVIOUS,  /* the image before, as its record says */
	STANDS_WHOLE,	  /* as its builder wrote it: the disk has all of it */
	STANDS_GUARDED,	  /* the guard, read back whole, in front of an image that is not */
	STANDS_OTHER,	  /* what another program has put there meanwhile, or is writing */
	STANDS_UNCHANGED, /* nothing could be put in its place */
};

/* Tells what was done, and what a reboot would do: in the report, and said. */
enum standing seal_fall_back(struct fallback *c);

#endif
