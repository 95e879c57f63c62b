/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_DIRECT_H
#define BV_STORAGE_DIRECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "util/must_check.h"

/*
 * Reading a file from its device, past the page cache. O_DIRECT where the file system has it;
 * elsewhere the file's clean pages are dropped first (posix_fadvise) and read again, which the
 * file system may ignore.
 */
enum direct_kind {
	DIRECT_NONE,	/* neither works here: what is read may come from the page cache */
	DIRECT_DROPPED, /* pages were dropped before reading */
	DIRECT_DEVICE,	/* O_DIRECT */
};

struct direct;

/* Opens path (relative to directory dirfd, or AT_FDCWD) read-only. -errno. */
must_check int direct_open(struct direct **d, int dirfd, const char *path);
enum direct_kind direct_kind(const struct direct *d);

/* Whether it is the file that st tells of: the path may name another one by now. */
bool direct_is_file(const struct direct *d, const struct stat *st);
void direct_close(struct direct *d); /* NULL is allowed */

/*
 * Reads up to len bytes at offset (offset a multiple of 4096; any len) into buf, which needs no
 * alignment. Returns the bytes read, fewer only at the end of the file; -EIO when the device
 * cannot deliver them.
 */
must_check ssize_t direct_read(struct direct *d, void *buf, size_t len, uint64_t offset);

#endif
