/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_SOURCE_H
#define BV_STORAGE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/must_check.h"

#define SECTOR_BYTES 512u /* in which Linux counts, whatever the device's own are */

/*
 * A block device, or a file with a block device's content. read: at most len bytes at offset; returns
 * how many, or -EIO, ...
 */
struct source {
	ssize_t (*read)(void *ctx, void *buf, size_t len, uint64_t offset);
	void *ctx;
	uint64_t size; /* bytes */
};

/* Reads len bytes, fewer only at the end of the source: how many, or what the source answered. */
must_check ssize_t source_read(const struct source *source, void *buf, size_t len, uint64_t offset);

/*
 * A source from a byte of another one on, both of which must outlive it. start may lie in front of that
 * one, modulo 2^64: then it has no bytes until that begins.
 */
struct source_part {
	const struct source *whole;
	uint64_t start; /* bytes */
};
struct source source_of_part(struct source_part *part);

/*
 * A file or block device by its name: opened read-only, read past the page
 * cache where that is possible (storage/direct.h), never written.
 *
 * 0; -EINVAL: neither a regular file nor a block device; else -errno. On error *source is zeroed,
 * which source_close() accepts.
 */
must_check int source_open(struct source *source, const char *path);
void source_close(struct source *source);

#endif
