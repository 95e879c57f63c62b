/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_IMAGE_FILES_H
#define BV_SYSTEM_IMAGE_FILES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The few small files of an initial RAM disk by which its builder and the rules for its rescue
 * shell are known (system/rescue.h): out of an archive when it is sealed, out of the root folder when
 * it has been unpacked.
 */
struct image_file {
	char *path; /* without leading "/"; owned */
	char *text; /* closed with a NUL; bytes that are NUL are left out, as a shell does; owned */
	size_t len;
	bool link; /* its content cannot be told */
};

struct image_files {
	struct image_file *items; /* once they are complete: sorted by path (strcmp) */
	size_t count;
	size_t bytes;	 /* of all texts */
	bool incomplete; /* one of them is too long, no regular file, or cannot be read */
};

#define IMAGE_FILES_BYTES_MAX (512u * 1024u) /* of all texts together */
#define IMAGE_FILES_MAX	      256

void image_files_clear(struct image_files *f);

/* Whether a file belongs to them. path: without leading "/". */
bool image_files_wants(const char *path);

/* A file begins, which replaces one of the same path; then its bytes, in pieces. */
void image_files_begin(struct image_files *f, const char *path, bool link);
void image_files_add(struct image_files *f, const void *data, size_t len);

/* Sorts them. */
void image_files_end(struct image_files *f);

/* Reads all of them below a folder that stands for the root ("" or a path without closing "/"). */
void image_files_read(struct image_files *f, const char *root);

/* Whether one of them is that path, or lies below it. */
bool image_files_have(const struct image_files *f, const char *path);

/* A text by its path, or NULL. */
const char *image_files_find(const struct image_files *f, const char *path);

#endif
