/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_ERASED_H
#define BV_STORAGE_ERASED_H

#include <stdint.h>

#include "storage/source.h"

/*
 * What is left of another format when its magic alone was erased, as wipefs does it: "a wiped XFS file
 * system", ...; NULL: nothing that proves itself. Put back, its checksum is right; swap and FAT, which have
 * none, say the size of this very device, and all else that a program writes with it is there. *at: where
 * it is, bytes.
 */
const char *recognise_erased(const struct source *source, uint64_t *at);

#endif
