/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_LUKS2_REBUILD_H
#define BV_LUKS_LUKS2_REBUILD_H

#include "luks/header.h"
#include "storage/source.h"

/*
 * Puts a header together from what is left of both copies, of which luks2_read() has filled in
 * where they are: for *l, with l->rebuilt, when a checksum proves it or a JSON text is whole. 0
 * also when that cannot be done; -ENOMEM. header: what luks_header_to_use() gives, or NULL.
 */
int luks2_rebuild(const struct source *source, struct luks *l, unsigned char **header);

#endif
