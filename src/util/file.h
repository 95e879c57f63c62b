/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_FILE_H
#define BV_UTIL_FILE_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/must_check.h"

/*
 * Opening what belongs to others: without a trace in its access time where the owner allows that
 * (reading must not cause a write), and without waiting. What is neither a regular file nor, with
 * disk_too, a block device is not even opened, because that alone can do something (a FIFO's
 * writer goes on, a tape is wound). flags are added, such as O_DIRECT. path is relative to the
 * directory folder, or AT_FDCWD. A descriptor, or -errno; -EINVAL: it is of another kind.
 */
int file_open_at(int folder, const char *path, int flags, bool disk_too);
int file_open(const char *path);    /* of a regular file */
DIR *folder_open(const char *path); /* NULL and errno, as opendir() */

/*
 * errno after a failed call on a file, as -errno. What a file system says of its own damaged metadata
 * (EUCLEAN, and EBADMSG for a wrong checksum: Linux, EFSCORRUPTED and EFSBADCRC) is -EIO as well: lost
 * bytes, which the disk gave for good ones.
 */
int file_errno(void);

/* Whether everybody may read an open file: by its mode, and no access control list says otherwise. */
bool file_is_for_everybody(int fd);

/* The words for an error of these functions. */
const char *file_error(int error);

/*
 * Reads len bytes at offset: fewer at the file's end, or in front of what cannot be read; -errno where
 * that is the first byte.
 */
must_check ssize_t file_read_at(int fd, void *buf, size_t len, uint64_t offset);

/* Reads up to max bytes from where fd stands, fewer only at the file's end; or -errno. */
must_check ssize_t file_read_up_to(int fd, void *buf, size_t max);

/*
 * The start of a file, at most max bytes, closed with a NUL; *text is the caller's to free. Returns
 * its bytes, or -errno and NULL.
 */
must_check ssize_t file_read(const char *path, size_t max, char **text);

#endif
