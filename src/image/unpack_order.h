/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_UNPACK_ORDER_H
#define BV_IMAGE_UNPACK_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/circumstances.h"

/*
 * What the times of the unpacked files tell of the archives that they came from. The kernel unpacks
 * one archive after the other, and the change time of a regular file is when its last byte was written
 * (Linux, init/initramfs.c, do_copy() and do_utime()), so that in a sealed image these times follow the
 * sealed order. They come from the clock's last tick, and equal ones tell nothing. The clock may be
 * set back once while it unpacks (Linux, drivers/rtc/class.c, rtc_hctosys()): then they return once.
 */
struct unpack_order {
	struct placed *files; /* of main, as sealed and with one name, in the sealed order; owned */
	size_t count;
	int64_t newest;	      /* of their change times, nanoseconds */
	size_t returns;	      /* files that are older than the one before them */
	bool guard_later;     /* one of them is older than what is in the guard */
	bool guard_handled;   /* the guard's files have times that it does not give them */
	size_t guard_returns; /* files of the guard that were made before the one in front of them */
};

/* Nothing is known of it unless nothing has run since. Without memory nothing is known either. */
void unpack_order_read(struct unpack_order *o, const struct circumstances *c);
void unpack_order_clear(struct unpack_order *o);

/*
 * Whether the guard was not in front of all and in its own order, as it is in a sealed image: somebody
 * unpacked that, and packed it again. No damage changes the order of so many files.
 */
bool unpack_order_is_another(const struct unpack_order *o);

/* Whether this file was written after all that was sealed, though it is not the last of that. */
bool unpack_order_is_later(const struct unpack_order *o, const struct circumstances *c,
			   const struct content *file);

#endif
