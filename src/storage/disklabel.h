/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_DISKLABEL_H
#define BV_STORAGE_DISKLABEL_H

#include <stdbool.h>

#include "storage/source.h"

/*
 * The partition tables of other systems than the PC, which libblkid knows: "a Sun disk label", "an Apple
 * partition map", ...; or NULL. Each is more than its mark, so that libblkid takes it for one as well. Those
 * of MINIX and UnixWare lie in a partition of an MBR.
 */
const char *recognise_disklabel(const struct source *source);

/* Of a Sun or an SGI label whose magic was erased: with it put back its checksum is right. */
const char *recognise_erased_disklabel(const struct source *source);

/* recognise_disklabel(), but for a BSD label, which libblkid (2.38) takes for a partition table in a partition alone. */
bool blkid_takes_disklabel(const struct source *source);

#endif
