/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_BLANK_TABLE_H
#define BV_LUKS_BLANK_TABLE_H

#include "luks/view.h"

/*
 * Whether an MBR without a partition was written over a header and wiped again, which leaves nothing that proves
 * itself: 72 bytes, and all else of the header is right; a disk loses no such piece. After the keyslots were
 * compared with the record, and bad_copies were found.
 */
bool luks_has_blank_table(const struct luks_view *v, const struct source *source);

#endif
