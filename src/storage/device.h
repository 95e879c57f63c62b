/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_DEVICE_H
#define BV_STORAGE_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "storage/location.h"

/* A run of a file's bytes that is contiguous on the device. All in bytes. */
struct extent {
	uint64_t file_offset;
	uint64_t device_offset; /* from the start of the file system's device */
	uint64_t length;
};

struct extent_map {
	dev_t device;
	struct extent *extents; /* sorted by file_offset */
	size_t count;
};

/*
 * Asks the file system for the extents of an open file (FIEMAP; Linux,
 * Documentation/filesystems/fiemap.rst). -EOPNOTSUPP where it has none to tell (tmpfs, vfat,
 * overlay). Extents that are not plainly on the device (delayed, inline, encoded) are left out.
 * A block device is one extent of itself.
 */
int extent_map_read(struct extent_map *map, int fd);

/* The same of a file that is opened for it, read-only. -errno. */
int extent_map_open(struct extent_map *map, const char *path);
void extent_map_free(struct extent_map *map);

/* Finds where the file's byte at offset lies; location->known is false when unknown. */
void extent_map_locate(const struct extent_map *map, uint64_t offset, struct location *location);

/* Whether both paths lead to one block device. */
bool device_is_same(const char *a, const char *b);

/* Names a block device by its number, from sysfs: "/dev/vda1". False: no such device. */
bool device_name(dev_t device, char *name, size_t size);

/* Names the partition that begins at that byte of the block device at path. False: none, or no such device. */
bool device_at(const char *path, uint64_t byte, char *name, size_t size);

/* Where a byte of the block device at path lies; location->known is false when it is none. */
void device_locate(const char *path, uint64_t byte, struct location *location);

#endif
