/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_DAMAGE_RANGES_H
#define BV_DAMAGE_RANGES_H

#include <stddef.h>
#include <stdint.h>

#include "damage/damage.h"
#include "util/must_check.h"

/* A run of neighbouring bad blocks that are damaged alike. */
struct bad_range {
	uint64_t offset, length; /* in the file, bytes */
	struct damage damage;	 /* of its first block */
};

struct bad_ranges {
	struct bad_range *ranges; /* sorted by offset */
	size_t count;
	uint64_t blocks; /* bad blocks in all of them */
	uint64_t bytes;	 /* bad bytes in all of them: the blocks' length */
};

/* Adds the next block (ascending), joined to the last range when it continues it alike. -ENOMEM. */
must_check int bad_ranges_add(struct bad_ranges *r, uint64_t offset, uint64_t length,
			      const struct damage *damage);
void bad_ranges_clear(struct bad_ranges *r);

#endif
