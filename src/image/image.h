/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_IMAGE_H
#define BV_IMAGE_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "report/report.h"
#include "storage/replace.h"

/* An image under the hands of seal: open, and its real place (it may be named by a link). */
struct image {
	const char *name;
	char *path;
	int fd;
	struct stat st;	      /* when it was opened */
	uint64_t guard_bytes; /* of the guard that it has now */
	bool guard_broken;    /* it has one, whose end cannot be told; guard_bytes is 0 */
};

/* 0, or the exit status, with the reason in the report, and said; image_close() is needed either way. */
int image_open(struct image *im, const char *name, struct report *report);
void image_close(struct image *im);

/*
 * Starts to write the image with guard, which may be empty, in place of the guard that it has;
 * with pieces above 0 in pieces of so many bytes. What it is written from must not have changed
 * (-EAGAIN). *r is the caller's also after an error (it may be NULL then).
 */
int image_write_beside(const struct image *im, const unsigned char *guard, size_t guard_size,
		       size_t pieces, struct replacement **r);

/*
 * Whether the disk has the image as the page cache has it, which its builder has just written: 0;
 * -EILSEQ: no, and *result says what differs; -EIO; another -errno: that cannot be told.
 */
int image_is_kept(const struct image *im, struct replace_result *result);

/* Whether another file has taken the image's name, or somebody wrote it, since it was opened. */
bool image_changed(const struct image *im);

#endif
