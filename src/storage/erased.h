/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_ERASED_H
#define BV_STORAGE_ERASED_H

#include <stdint.h>

#include "storage/source.h"

/*
 * What is left of another format when its magic alone was erased, as wipefs does it: "a wiped XFS file
 * system", ...; NULL: nothing that proves itself. Put back, its checksum is right; swap, FAT and an MBR, which
 * have none, fit into this very device, and all else that a program writes with it is there. Of LVM all the label
 * may be zeros, as pvremove leaves it: its metadata area has a checksum, too. *at: where it is, bytes; *end:
 * behind what a partition table takes there, bytes, or 0.
 */
const char *recognise_erased(const struct source *source, uint64_t *at, uint64_t *end);

#endif
