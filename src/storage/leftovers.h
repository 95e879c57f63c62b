/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_LEFTOVERS_H
#define BV_STORAGE_LEFTOVERS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What an interrupted storage/replace leaves in a folder: files ".NAME.bootverdict-new". Calls
 * found() for each, if it is not NULL; with remove they are removed before, unless NAME is missing, which only
 * the holder of the folder's lock may ask for. A folder that cannot be read has none.
 */
void leftovers_each(const char *folder, int remove,
		    void (*found)(void *ctx, const char *path, uint64_t size, bool removed),
		    void *ctx);

#endif
