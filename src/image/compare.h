/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_COMPARE_H
#define BV_IMAGE_COMPARE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "damage/damage.h"
#include "damage/ranges.h"
#include "manifest/manifest.h"
#include "storage/direct.h"

/* Bad blocks whose every bit is tried; the others are classified by what is quick to see. */
#define COMPARE_BITS_SEARCHED_MAX 64u

/* How a file differs from its sealed record. */
struct comparison {
	int error;     /* 0, or why the file could not be opened or read at all: -ENOENT, ... */
	uint64_t size; /* now, bytes */
	int64_t mtime_ns;
	struct stat seen;			 /* the file that was compared */
	bool same_inode, same_mtime, same_ctime; /* both times tell an inode by another number */

	/* ZERO_SECTORS holds where no sealed sector is zero, which the caller must know. */
	struct bad_ranges bad;	 /* in the page cache or, with direct, on the device */
	uint64_t unreadable;	 /* blocks that cannot be read */
	uint64_t unstable;	 /* blocks that two direct reads give differently */
	uint64_t only_cached;	 /* blocks bad in the page cache alone: memory, not the disk */
	uint64_t only_device;	 /* blocks bad on the device alone: the next boot will read them */
	enum direct_kind direct; /* how the device was read, if it was */
};

/*
 * Compares a file with its record, block by block. path, as the process sees it, is opened once
 * more for direct reads: of every block when direct is set, else of those that are bad. A caller
 * that concludes from what differs asks comparison_is_current() first.
 * Returns 0; -ENOMEM, or another -errno when a read failed for a reason that says nothing about the
 * device. What concerns the file is in *c, which comparison_clear() frees.
 */
int sealed_file_compare(const struct sealed_file *f, const char *path, bool direct,
			struct comparison *c);
void comparison_clear(struct comparison *c);

/*
 * A quick look, for a file that is another one as a rule: whether more than one of so many of the
 * recorded blocks that hold anything but zeros is as sealed. fd: the file.
 */
bool sealed_file_is_left(const struct sealed_file *f, int fd, unsigned int of);

/* Whether all sealed blocks from one offset up to another, bytes, were zeros. True where there are none. */
bool sealed_file_held_nothing(const struct sealed_file *f, uint64_t from, uint64_t to);

/* Whether path still names the file that was compared, and nobody wrote it meanwhile. */
bool comparison_is_current(const struct comparison *c, const char *path);

/* Whether nobody wrote the file since: same size, mtime and ctime. */
bool comparison_untouched(const struct sealed_file *f, const struct comparison *c);

#endif
