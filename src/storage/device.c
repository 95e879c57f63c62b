// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#undef BLOCK_SIZE /* <linux/fs.h> has a macro of this name, and so have we */

#include "storage/sysfs.h"
#include "util/array.h"
#include "util/file.h"
#include "util/util.h"

#define EXTENTS_PER_CALL 128u
#define EXTENTS_MAX	 (1u << 20)

/* Extents that the file system reports, but whose bytes do not lie there as the file has them. */
#define NOT_PLAIN                                                                               \
	(FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC | FIEMAP_EXTENT_ENCODED |               \
	 FIEMAP_EXTENT_DATA_ENCRYPTED | FIEMAP_EXTENT_NOT_ALIGNED | FIEMAP_EXTENT_DATA_INLINE | \
	 FIEMAP_EXTENT_DATA_TAIL)

static int add_extent(struct extent_map *map, const struct fiemap_extent *e)
{
	if (map->count == EXTENTS_MAX)
		return -EFBIG;
	if (array_grow(&map->extents, map->count, sizeof(*map->extents)))
		return -ENOMEM;
	map->extents[map->count++] = (struct extent){ e->fe_logical, e->fe_physical, e->fe_length };
	return 0;
}

/* Asks from *start on; moves *start forward. 1: there may be more; 0: that was the last one. */
static int read_some(struct extent_map *map, int fd, struct fiemap *query, uint64_t *start)
{
	const struct fiemap_extent *e = NULL;

	memset(query, 0, sizeof(*query));
	query->fm_start = *start;
	query->fm_length = FIEMAP_MAX_OFFSET - *start;
	query->fm_extent_count = EXTENTS_PER_CALL;
	/* The C libraries disagree on the type of ioctl()'s request. */
	if (syscall(SYS_ioctl, fd, FS_IOC_FIEMAP, query) < 0)
		return errno == ENOTTY ? -EOPNOTSUPP : -errno;
	for (uint32_t i = 0; i < query->fm_mapped_extents && i < EXTENTS_PER_CALL; i++) {
		int rc;

		e = &query->fm_extents[i];
		rc = e->fe_flags & NOT_PLAIN ? 0 : add_extent(map, e);
		if (rc < 0)
			return rc;
	}
	/* A file system that does not move forward would keep us here for ever. */
	if (!e || (e->fe_flags & FIEMAP_EXTENT_LAST) || e->fe_logical + e->fe_length <= *start)
		return 0;
	*start = e->fe_logical + e->fe_length;
	return 1;
}

static int whole_device(struct extent_map *map, dev_t device)
{
	map->device = device;
	map->extents = calloc(1, sizeof(*map->extents));
	if (!map->extents)
		return -ENOMEM;
	map->extents[0].length = UINT64_MAX;
	map->count = 1;
	return 0;
}

int extent_map_read(struct extent_map *map, int fd)
{
	size_t size = sizeof(struct fiemap) + EXTENTS_PER_CALL * sizeof(struct fiemap_extent);
	cleanup(free_ptr) struct fiemap *query = NULL;
	uint64_t start = 0;
	struct stat st;
	int rc;

	memset(map, 0, sizeof(*map));
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISBLK(st.st_mode))
		return whole_device(map, st.st_rdev);
	map->device = st.st_dev;
	query = malloc(size);
	if (!query)
		return -ENOMEM;
	do {
		rc = read_some(map, fd, query, &start);
	} while (rc > 0);
	if (rc < 0)
		extent_map_free(map);
	return rc;
}

int extent_map_open(struct extent_map *map, const char *path)
{
	cleanup(close_fd) int fd = file_open_at(AT_FDCWD, path, 0, true);

	memset(map, 0, sizeof(*map));
	return fd < 0 ? fd : extent_map_read(map, fd);
}

void extent_map_free(struct extent_map *map)
{
	free(map->extents);
	map->extents = NULL;
	map->count = 0;
}

static const struct extent *find_extent(const struct extent_map *map, uint64_t offset)
{
	size_t low = 0, high = map->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct extent *e = &map->extents[middle];

		if (offset < e->file_offset)
			high = middle;
		else if (offset - e->file_offset >= e->length)
			low = middle + 1;
		else
			return e;
	}
	return NULL;
}

void extent_map_locate(const struct extent_map *map, uint64_t offset, struct location *location)
{
	const struct extent *e = find_extent(map, offset);

	memset(location, 0, sizeof(*location));
	if (e)
		sysfs_locate(SYSFS_BLOCK, map->device, e->device_offset + (offset - e->file_offset),
			     location);
}

bool device_is_same(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && S_ISBLK(x.st_mode) && S_ISBLK(y.st_mode) &&
	       x.st_rdev == y.st_rdev;
}

bool device_name(dev_t device, char *name, size_t size)
{
	return sysfs_name(SYSFS_BLOCK, device, "", name, size);
}

bool device_at(const char *path, uint64_t byte, char *name, size_t size)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISBLK(st.st_mode) &&
	       sysfs_part_at(SYSFS_BLOCK, st.st_rdev, byte, name, size);
}

void device_locate(const char *path, uint64_t byte, struct location *location)
{
	struct stat st;

	memset(location, 0, sizeof(*location));
	if (stat(path, &st) == 0 && S_ISBLK(st.st_mode))
		sysfs_locate(SYSFS_BLOCK, st.st_rdev, byte, location);
}
