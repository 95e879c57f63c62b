/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_DAMAGE_H
#define BV_LUKS_DAMAGE_H

#include "luks/view.h"

/* Parts of luks_view_compare(): which bytes are bad, where no sealed block hash tells. */

/*
 * Fills v->bad_copies. A copy of LUKS2 is compared with the other one, when that is good: their
 * JSON areas have the same bytes. Else the whole copy counts as bad. -ENOMEM.
 */
int luks_damage_of_copies(struct luks_view *v, const struct source *source);

/* Fills v->bad[slot] with the blocks that luks_implausible_blocks() counts. -ENOMEM. */
int luks_damage_by_statistics(struct luks_view *v, const struct source *source, unsigned int slot);

#endif
