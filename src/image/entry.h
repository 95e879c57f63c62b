/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_ENTRY_H
#define BV_IMAGE_ENTRY_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "manifest/manifest.h"

/* How one unpacked path compares with its record. */
enum entry_state {
	ENTRY_AS_SEALED,
	ENTRY_HIDDEN, /* something is mounted over it or above it */
	ENTRY_MISSING,
	ENTRY_TYPE,  /* another type, or another device number */
	ENTRY_MODE,  /* only its permission bits differ */
	ENTRY_SIZE,  /* another size, so other content */
	ENTRY_BYTES, /* same size, other bytes */
	ENTRY_UNREADABLE,
};

#define ENTRY_BUFFER (256u * 1024u)

/* What every comparison needs; made once. */
struct entry_reader {
	int root;	       /* open folder; stays the caller's */
	unsigned char *buffer; /* ENTRY_BUFFER bytes */
	struct hasher *hasher;
	uint64_t bytes; /* of files, read so far */
	void *linked;	/* tsearch tree: files with several names are hashed once */
};

int entry_reader_open(struct entry_reader *e, int root); /* -ENOMEM */
void entry_reader_close(struct entry_reader *e);

/* Compares one path. *size (may be NULL): the size that it has now. */
enum entry_state entry_compare(struct entry_reader *e, const struct content *c, uint64_t *size);

/* What stat() says of one path, no link out of the root followed. 0, or -errno. */
int entry_stat(const struct entry_reader *e, const char *path, struct stat *st);

/* Opens a path below the root for reading, following no link out of it. -errno. */
int entry_open(const struct entry_reader *e, const char *path);

#endif
