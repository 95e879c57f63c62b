// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/direct.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "storage/dioalign.h"
#include "util/file.h"
#include "util/util.h"

/* Big enough for a disk to be quick, small beside what else runs at that time. */
#define BUFFER_SIZE (1u << 20)

/* OpenZFS answers reads from its own cache, whatever is asked for (before 2.3 always). */
#define ZFS_MAGIC 0x2fc12fc1

struct direct {
	int fd;
	enum direct_kind kind;
	unsigned char *buffer; /* BUFFER_SIZE bytes, aligned to BLOCK_SIZE */
	uint32_t align;	       /* offsets and lengths are multiples of it; a power of two */
};

static bool has_no_device(int fd)
{
	struct statfs fs;
	struct stat st;

	/* The file system of a block device's node, devtmpfs, says nothing about what is behind it. */
	if (fstat(fd, &st) < 0 || S_ISBLK(st.st_mode) || fstatfs(fd, &fs) < 0)
		return false;
	return fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC || fs.f_type == ZFS_MAGIC;
}

/* Whether any page of the file's first gigabyte is in the page cache. */
static bool has_cached_pages(int fd)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size, pages;
	cleanup(free_ptr) unsigned char *resident = NULL;
	bool found = false;
	struct stat st;
	void *map;

	if (fstat(fd, &st) < 0 || st.st_size <= 0)
		return false;
	size = st.st_size < 1 << 30 ? (size_t)st.st_size : 1u << 30;
	pages = (size + page - 1) / page;
	resident = malloc(pages);
	if (!resident)
		return true;
	map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return true;
	if (mincore(map, size, resident) < 0)
		found = true;
	for (size_t i = 0; !found && i < pages; i++)
		found = resident[i] & 1;
	munmap(map, size);
	return found;
}

/* Goes on without O_DIRECT. */
static void fall_back(struct direct *d)
{
	int flags = fcntl(d->fd, F_GETFL);

	if (flags >= 0)
		fcntl(d->fd, F_SETFL, flags & ~O_DIRECT);
	d->align = BLOCK_SIZE;
	d->kind = DIRECT_NONE;
	if (has_no_device(d->fd))
		return;
	if (posix_fadvise(d->fd, 0, 0, POSIX_FADV_DONTNEED) == 0 && !has_cached_pages(d->fd))
		d->kind = DIRECT_DROPPED;
}

/*
 * O_DIRECT may be accepted and then served from the page cache (encrypted or verity files,
 * ext4 with data=journal); since Linux 6.1 statx() tells.
 */
static bool direct_is_real(struct direct *d)
{
	uint32_t align;

	if (has_no_device(d->fd))
		return false;
	if (dioalign_query(d->fd, &align)) {
		if (align == 0 || (align & (align - 1)) || align > BUFFER_SIZE)
			return false;
		if (align > d->align)
			d->align = align;
	}
	return true;
}

int direct_open(struct direct **result, int dirfd, const char *path)
{
	struct direct *d = calloc(1, sizeof(*d));
	bool direct = true;
	int rc;

	if (!d)
		return -ENOMEM;
	d->align = BLOCK_SIZE;
	d->kind = DIRECT_DEVICE;
	d->fd = file_open_at(dirfd, path, O_DIRECT, true);
	if (d->fd == -EINVAL) {
		direct = false;
		d->fd = file_open_at(dirfd, path, 0, true);
	}
	rc = d->fd;
	if (d->fd < 0)
		goto fail;
	rc = -ENOMEM;
	if (posix_memalign((void **)&d->buffer, BLOCK_SIZE, BUFFER_SIZE) != 0)
		goto fail;
	if (!direct || !direct_is_real(d))
		fall_back(d);
	*result = d;
	return 0;
fail:
	direct_close(d);
	return rc;
}

enum direct_kind direct_kind(const struct direct *d)
{
	return d->kind;
}

bool direct_is_file(const struct direct *d, const struct stat *st)
{
	struct stat own;

	return fstat(d->fd, &own) == 0 && own.st_dev == st->st_dev && own.st_ino == st->st_ino;
}

void direct_close(struct direct *d)
{
	if (!d)
		return;
	if (d->fd >= 0)
		close(d->fd);
	free(d->buffer);
	free(d);
}

/*
 * Past the page cache a disk's own failures have errors of their own, a bad sector ENODATA (Linux,
 * block/blk-core.c, blk_errors); through it all of them are EIO.
 */
static int error_of_device(int error)
{
	switch (error) {
	case ENODATA:
	case EREMOTEIO:
	case EILSEQ:
	case ENOLINK:
	case EBADE:
	case ETIMEDOUT:
	case EUCLEAN: /* see file_errno() */
	case EBADMSG:
		return EIO;
	default:
		return error;
	}
}

/* One read; buf, offset and len are multiples of the alignment. */
static ssize_t read_once(struct direct *d, void *buf, size_t len, uint64_t offset)
{
	ssize_t n;

	if (d->kind == DIRECT_DROPPED)
		posix_fadvise(d->fd, (off_t)offset, (off_t)len, POSIX_FADV_DONTNEED);
	do {
		n = pread(d->fd, buf, len, (off_t)offset);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EINVAL && d->kind == DIRECT_DEVICE) {
		fall_back(d);
		return read_once(d, buf, len, offset);
	}
	return n < 0 ? -error_of_device(errno) : n;
}

/* Whether the device can write into the caller's memory, without a copy. */
static bool is_aligned(const struct direct *d, const void *buf, size_t len, uint64_t offset)
{
	return !(((uintptr_t)buf | len | offset) & (d->align - 1));
}

ssize_t direct_read(struct direct *d, void *buf, size_t len, uint64_t offset)
{
	size_t done = 0;

	while (done < len) {
		unsigned char *to = (unsigned char *)buf + done;
		uint64_t at = offset + done, start = at & ~(uint64_t)(d->align - 1);
		size_t skip = (size_t)(at - start), want = skip + (len - done), n;
		bool straight = is_aligned(d, to, len - done, at);
		ssize_t got;

		want = want < BUFFER_SIZE ? (want + d->align - 1) & ~(size_t)(d->align - 1)
					  : BUFFER_SIZE;
		got = read_once(d, straight ? to : d->buffer, want, start);
		if (got < 0)
			return got;
		if ((size_t)got <= skip)
			break;
		n = (size_t)got - skip < len - done ? (size_t)got - skip : len - done;
		if (!straight)
			memcpy(to, d->buffer + skip, n);
		done += n;
	}
	return (ssize_t)done;
}
