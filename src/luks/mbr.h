/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_MBR_H
#define BV_LUKS_MBR_H

#include "luks/view.h"

/*
 * What was written over the start of a header with an MBR and leaves nothing that proves itself, though all
 * else of the header is right; a disk loses no such piece of a sector. After the keyslots were compared with
 * the record, and bad_copies were found. Of these, in words, or NULL:
 * - its table without a partition, which was wiped again: 72 bytes, perhaps the code in front of it, and perhaps
 *   the magic of the header;
 * - boot_code: the code in front of its table, or zeros in place of it, 440 or 446 bytes, with 55 aa at the end
 *   or not; with that also what GRUB's installer writes, which keeps more.
 * Where no table is there (recognise_format()) blkid takes none of it for anything.
 */
const char *luks_what_mbr(const struct luks_view *v, const struct source *source, bool *boot_code);

#endif
