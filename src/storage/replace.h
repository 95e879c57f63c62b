/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_REPLACE_H
#define BV_STORAGE_REPLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Replaces a file so that at every moment, a power cut included, either the old one or the
 * whole new one is there: write beside it, fsync, read back from the device and compare,
 * rename, fsync the folder.
 *
 *	replace_begin(); replace_write()...; replace_commit() or replace_abort();
 */
struct replacement;

enum read_back {
	READ_BACK,    /* compare what the device kept with what was written */
	NO_READ_BACK, /* in a chroot or an image builder, where the device is another one later */
};

/*
 * Starts a new file that will take path's place; its temporary name begins with a dot and ends
 * in ".bootverdict-new", so that no boot loader lists it; a leftover of that name from an
 * interrupted run is replaced. Mode and owner are those of the old file when there is one, else
 * mode. *r is the caller's to end with commit or abort. -ENOSPC, -EROFS, ...; -ELOOP: path is a
 * symbolic link, which would be lost (resolve it first); -EBUSY: another replacement in the same
 * folder is under way.
 */
int replace_begin(struct replacement **r, const char *path, mode_t mode);

int replace_write(struct replacement *r, const void *data, size_t len);

/*
 * Finishes: 0, the new file is in place and durable. -EILSEQ: the device did not keep what was
 * written; *bad_offset is the first 4096-byte block that differs and *bad_blocks how many do.
 * Any other -errno: it could not be done. After an error the old file is in place and the
 * temporary one is gone; only when the folder itself cannot be synced in the end, the new file is
 * in place, whole, and a power cut may bring back the old one. r is freed either way. *read_past_cache tells whether the comparison
 * really went past the page cache. The three result pointers may be NULL.
 */
int replace_commit(struct replacement *r, enum read_back read_back, bool *read_past_cache,
		   uint64_t *bad_offset, uint64_t *bad_blocks);

void replace_abort(struct replacement *r); /* NULL is allowed */

/*
 * Whether this process runs in a chroot, a container or an image builder, where reading back
 * proves nothing: the root folder is not the one of process 1, or that cannot be told.
 */
bool in_chroot(void);

#endif
