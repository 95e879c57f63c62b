/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_HEADER_COPY_H
#define BV_LUKS_HEADER_COPY_H

#include "luks/header.h"
#include "storage/source.h"

/*
 * The copy: a memfd, positioned as the device is, with holes where neither a header nor the area
 * of this keyslot lies. Returns the descriptor, or -errno.
 */
int luks_copy_header(const struct source *source, const struct luks *l, unsigned int slot);

/*
 * Writes the header that is known, and all areas of keyslots, to a file that is not there yet.
 * -EEXIST, -ENODATA: there is none that could be used, -errno.
 */
int luks_save_header(const struct source *source, const struct luks *l, const char *path);

#endif
