/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_ARCHIVE_H
#define TESTS_UNIT_ARCHIVE_H

#include <stdlib.h>
#include <string.h>

#include "image/cpio.h"

/* A cpio archive in the making; room for what small tests need. */
struct archive {
	unsigned char bytes[1 << 20];
	size_t size;
	uint32_t ino;
};

static inline void archive_zeros(struct archive *a, size_t count)
{
	if (a->size + count > sizeof(a->bytes))
		abort();
	memset(a->bytes + a->size, 0, count);
	a->size += count;
}

static inline void archive_bytes(struct archive *a, const void *data, size_t size)
{
	archive_zeros(a, size);
	if (size)
		memcpy(a->bytes + a->size - size, data, size);
}

static inline void archive_entry(struct archive *a, const struct cpio_header *fields,
				 const char *path, const void *data)
{
	struct cpio_header h = *fields;

	if (!h.ino)
		h.ino = ++a->ino;
	if (!h.nlink)
		h.nlink = 1;
	h.name_size = (uint32_t)strlen(path) + 1;
	archive_zeros(a, CPIO_HEADER_BYTES);
	cpio_header_format(&h, a->bytes + a->size - CPIO_HEADER_BYTES);
	archive_bytes(a, path, h.name_size);
	archive_zeros(a, cpio_padding(a->size));
	archive_bytes(a, data, h.size);
	archive_zeros(a, cpio_padding(a->size));
}

static inline void archive_member(struct archive *a, uint32_t mode, const char *path,
				  const void *data, size_t size)
{
	const struct cpio_header h = { .mode = mode, .size = (uint32_t)size };

	archive_entry(a, &h, path, data);
}

static inline void archive_text(struct archive *a, uint32_t mode, const char *path,
				const char *text)
{
	archive_member(a, mode, path, text, strlen(text));
}

static inline void archive_trailer(struct archive *a)
{
	archive_member(a, 0, CPIO_TRAILER, NULL, 0);
}

#endif
