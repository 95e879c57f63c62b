/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_CAUSE_H
#define BV_IMAGE_CAUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "image/circumstances.h"

/* What explains that the unpacked files are not as sealed. */
enum cause {
	CAUSE_DAMAGE,	/* nothing below does: a byte that was sealed is another one */
	CAUSE_REPACKED, /* the image was unpacked and packed again after it was sealed */
	CAUSE_EDITED, /* what differs was written after the seal, by the times that the image gives */
	CAUSE_REPLACED, /* another initrd that the boot loader passed as well may have brought them */
	CAUSE_NO_ROOM, /* the memory file system was full before all was unpacked */
	CAUSE_CODEC,   /* the kernel said that it does not read how a segment is compressed */
};

/* Whether it stands in the boot's way: neither its owner nor another initrd explains what differs. */
bool cause_is_fault(enum cause cause);

/*
 * The cause, when at least one path of main is not as sealed.
 *
 * REPLACED: none is missing, and each is wholly another one: of another size, and not the sealed one
 * as far as both go in whole blocks, unless it became longer beside a second image; or, when that
 * is proven by what is not in the list or by a file of another size, no block of it is as sealed, none
 * became zero and no single bit would give the sealed bytes back. Without that proof only a small one
 * of a compressed segment, while the kernel did not complain; or of any size, when each was written
 * after all that was sealed (image/unpack_order.h).
 *
 * REPACKED: the files were not unpacked in the sealed order, or the guard's own were handled, and the
 * kernel did not complain. What its owner changed and what a disk lost look alike then.
 *
 * EDITED: the kernel did not complain, and each that differs has a time from the archive later than the
 * seal, of one that is missing the folder that it was in. A lost byte changes no time.
 *
 * NO_ROOM: the kernel's write failed (Linux, init/initramfs.c, do_copy(): "write error"), the file
 * system is a full tmpfs, the first file that differs is as sealed up to where it was cut off, and
 * nothing behind it was written.
 *
 * CODEC: nothing before a segment differs, nothing of it was unpacked, and the kernel said of its
 * format that it cannot read it.
 */
enum cause cause_find(const struct circumstances *c);

/* Of the file system that root is in, bytes: its size; false: it is not a tmpfs with a limit. */
bool cause_room(int root, uint64_t *size, uint64_t *left);

#endif
