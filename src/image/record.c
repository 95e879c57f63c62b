// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/input.h"
#include "util/sha256.h"
#include "util/util.h"

static int64_t nanoseconds(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static int hash_blocks(struct sealed_file *f, int fd)
{
	struct input *in = input_from_fd(fd, 0, f->size);
	struct sha256 *sha = sha256_new();
	const unsigned char *p;
	int r = in && sha ? 0 : -ENOMEM;

	for (size_t i = 0; !r && i < f->block_count; i++) {
		uint64_t left = f->size - input_offset(in);
		size_t want = left < BLOCK_SIZE ? (size_t)left : BLOCK_SIZE;
		ssize_t n = input_peek(in, want, &p);

		if (n < (ssize_t)want) {
			/* It became shorter while it was read. */
			r = n < 0 ? (int)n : -EAGAIN;
			break;
		}
		f->blocks[i] = hash64(p, want);
		sha256_update(sha, p, want);
		input_consume(in, want);
	}
	if (!r)
		sha256_final(sha, f->sha256);
	sha256_free(sha);
	input_free(in);
	return r;
}

static int record_extents(struct sealed_file *f, int fd)
{
	struct extent_map map;

	/* Not every file system can tell; the record is whole without it. */
	if (extent_map_read(&map, fd) < 0)
		return 0;
	f->extents = map.extents;
	f->extent_count = map.count;
	if (!device_name(map.device, f->device, sizeof(f->device)))
		f->device[0] = '\0';
	return 0;
}

int record_file(struct sealed_file *f, int fd, const char *path)
{
	struct stat st;
	int r;

	memset(f, 0, sizeof(*f));
	if (fstat(fd, &st) < 0)
		return -errno;
	f->size = (uint64_t)st.st_size;
	f->inode = st.st_ino;
	f->mtime_ns = nanoseconds(&st.st_mtim);
	f->ctime_ns = nanoseconds(&st.st_ctim);
	f->block_count = (size_t)((f->size + BLOCK_SIZE - 1) / BLOCK_SIZE);
	f->blocks = calloc(f->block_count ? f->block_count : 1, sizeof(*f->blocks));
	f->path = strdup(path);
	f->present = true;
	r = f->blocks && f->path ? hash_blocks(f, fd) : -ENOMEM;
	return r ? r : record_extents(f, fd);
}
