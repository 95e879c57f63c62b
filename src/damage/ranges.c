// SPDX-License-Identifier: GPL-2.0-or-later
#include "damage/ranges.h"
#include "util/array.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/* Whether a block right behind a range is damaged as its continuation would be. */
static bool continues(const struct bad_range *range, uint64_t offset, const struct damage *damage)
{
	const struct damage *first = &range->damage;

	if (range->offset + range->length != offset || first->kind != damage->kind)
		return false;
	switch (damage->kind) {
	case DAMAGE_MISPLACED: /* a run that was written elsewhere stays a run */
		return damage->origin - first->origin == range->length;
	case DAMAGE_BIT_FLIP: /* each one is worth its own line */
		return false;
	case DAMAGE_ZERO_SECTORS:
		return damage->zero_sectors == first->zero_sectors;
	default:
		return true;
	}
}

int bad_ranges_add(struct bad_ranges *r, uint64_t offset, uint64_t length,
		   const struct damage *damage)
{
	struct bad_range *last = r->count ? &r->ranges[r->count - 1] : NULL;

	if (last && continues(last, offset, damage)) {
		last->length += length;
	} else {
		if (array_grow(&r->ranges, r->count, sizeof(*r->ranges)))
			return -ENOMEM;
		r->ranges[r->count++] = (struct bad_range){ offset, length, *damage };
	}
	r->blocks++;
	r->bytes += length;
	return 0;
}

void bad_ranges_clear(struct bad_ranges *r)
{
	free(r->ranges);
	*r = (struct bad_ranges){ 0 };
}
