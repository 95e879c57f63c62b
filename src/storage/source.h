/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_SOURCE_H
#define BV_STORAGE_SOURCE_H

#include "luks/luks.h"

/*
 * A file or block device as the source of a LUKS header: opened read-only, read past the page
 * cache where that is possible (storage/direct.h), never written.
 *
 * 0; -EINVAL: neither a regular file nor a block device; else -errno. On error *source is zeroed,
 * which luks_source_close() accepts.
 */
int luks_source_open(struct luks_source *source, const char *path);
void luks_source_close(struct luks_source *source);

/* Whether reads really come from the device, not perhaps from the page cache. */
bool luks_source_is_direct(const struct luks_source *source);

#endif
