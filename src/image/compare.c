// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/compare.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "damage/ranges.h"
#include "util/file.h"
#include "util/hash.h"
#include "util/progress.h"
#include "util/util.h"

#define CHUNK_BLOCKS 64u
#define CHUNK_BYTES  (CHUNK_BLOCKS * BLOCK_SIZE)

struct compare_run {
	const struct sealed_file *file;
	struct comparison *c;
	int fd;
	struct direct *device; /* NULL: cannot be opened that way */
	struct block_index *index;
	uint64_t bits_searched;
	unsigned char *cached, *direct; /* CHUNK_BYTES each */
};

static size_t sealed_block_size(const struct sealed_file *f, uint64_t number)
{
	uint64_t left = f->size - number * BLOCK_SIZE;

	return left < BLOCK_SIZE ? (size_t)left : BLOCK_SIZE;
}

static ssize_t read_device(struct compare_run *run, unsigned char *buf, size_t len, uint64_t offset)
{
	return run->device ? direct_read(run->device, buf, len, offset) : -EOPNOTSUPP;
}

static bool is_sealed(const struct sealed_file *f, uint64_t number, const unsigned char *data,
		      size_t len)
{
	return len >= sealed_block_size(f, number) &&
	       hash64(data, sealed_block_size(f, number)) == f->blocks[number];
}

static int add_bad(struct compare_run *run, uint64_t number, const struct damage *damage)
{
	return bad_ranges_add(&run->c->bad, number * BLOCK_SIZE,
			      sealed_block_size(run->file, number), damage);
}

static int add_kind(struct compare_run *run, uint64_t number, enum damage_kind kind)
{
	const struct damage damage = { .kind = kind };

	return add_bad(run, number, &damage);
}

static int add_classified(struct compare_run *run, uint64_t number, unsigned char *data, size_t len)
{
	size_t expected = sealed_block_size(run->file, number);
	bool search = run->bits_searched < COMPARE_BITS_SEARCHED_MAX;
	struct damage damage;

	if (len > expected)
		len = expected;
	damage_classify(data, len, expected, run->file->blocks[number], number, run->index, true,
			search, &damage);
	/* The search comes last: a long run of zeros does not use it up. */
	if (damage.kind == DAMAGE_BIT_FLIP || damage.kind == DAMAGE_ZERO_SECTORS ||
	    damage.kind == DAMAGE_CHANGED)
		run->bits_searched++;
	return add_bad(run, number, &damage);
}

/* A block that is not as sealed in the page cache: two direct reads tell what the device has. */
static int examine_bad(struct compare_run *run, uint64_t number, unsigned char *cached, size_t len)
{
	unsigned char first[BLOCK_SIZE], second[BLOCK_SIZE];
	uint64_t offset = number * BLOCK_SIZE;
	ssize_t a = read_device(run, first, sizeof(first), offset);
	ssize_t b = read_device(run, second, sizeof(second), offset);

	if (a == -EIO || b == -EIO) {
		run->c->unreadable++;
		return add_kind(run, number, DAMAGE_UNREADABLE);
	}
	if (a >= 0 && b >= 0 && (a != b || memcmp(first, second, (size_t)a) != 0)) {
		run->c->unstable++;
		return add_kind(run, number, DAMAGE_UNSTABLE);
	}
	if (a >= 0 && is_sealed(run->file, number, first, (size_t)a))
		run->c->only_cached++;
	return add_classified(run, number, cached, len);
}

/* A block that the page cache has as sealed: does the device have it too? */
static int examine_device(struct compare_run *run, uint64_t number, ssize_t got,
			  unsigned char *data, size_t len)
{
	unsigned char second[BLOCK_SIZE];
	ssize_t again;

	if (got == -EIO) {
		run->c->unreadable++;
		return add_kind(run, number, DAMAGE_UNREADABLE);
	}
	if (got < 0)
		return (int)got;
	if (is_sealed(run->file, number, data, len))
		return 0;
	again = read_device(run, second, sizeof(second), number * BLOCK_SIZE);
	if (again >= 0 && ((size_t)again != len || memcmp(second, data, len) != 0)) {
		run->c->unstable++;
		return add_kind(run, number, DAMAGE_UNSTABLE);
	}
	run->c->only_device++;
	return add_classified(run, number, data, len);
}

static size_t bytes_of_block(ssize_t got, size_t at)
{
	if (got < 0 || (size_t)got <= at)
		return 0;
	return (size_t)got - at < BLOCK_SIZE ? (size_t)got - at : BLOCK_SIZE;
}

/* One block in pieces of its own: the chunk around it could not be read in one go. */
static int compare_unreadable_chunk(struct compare_run *run, uint64_t first, uint64_t count)
{
	int r = 0;

	for (uint64_t i = first; !r && i < first + count; i++) {
		ssize_t n = file_read_at(run->fd, run->cached, BLOCK_SIZE, i * BLOCK_SIZE);

		if (n < 0) {
			run->c->unreadable++;
			r = add_kind(run, i, DAMAGE_UNREADABLE);
		} else if (!is_sealed(run->file, i, run->cached, (size_t)n)) {
			r = examine_bad(run, i, run->cached, (size_t)n);
		}
	}
	return r;
}

static int compare_chunk(struct compare_run *run, uint64_t first, uint64_t count, bool direct)
{
	uint64_t offset = first * BLOCK_SIZE;
	ssize_t cached = file_read_at(run->fd, run->cached, CHUNK_BYTES, offset);
	ssize_t device = -EOPNOTSUPP;
	int r = 0;

	if (cached < 0 || ((size_t)cached < CHUNK_BYTES && offset + (size_t)cached < run->c->size))
		return compare_unreadable_chunk(run, first, count);
	if (direct)
		device = read_device(run, run->direct, CHUNK_BYTES, offset);

	for (uint64_t i = 0; !r && i < count; i++) {
		size_t at = (size_t)i * BLOCK_SIZE;
		size_t len = bytes_of_block(cached, at);
		unsigned char *data = run->cached + at;

		if (!is_sealed(run->file, first + i, data, len)) {
			r = examine_bad(run, first + i, data, len);
			continue;
		}
		if (device < 0 && device != -EOPNOTSUPP) {
			ssize_t n = read_device(run, run->direct + at, BLOCK_SIZE, offset + at);

			r = examine_device(run, first + i, n, run->direct + at,
					   n < 0 ? 0 : (size_t)n);
		} else if (device >= 0) {
			r = examine_device(run, first + i, device, run->direct + at,
					   bytes_of_block(device, at));
		}
	}
	return r;
}

static int compare_blocks(struct compare_run *run, bool direct)
{
	const struct sealed_file *f = run->file;
	int r = 0;

	for (uint64_t i = 0; !r && i < f->block_count; i += CHUNK_BLOCKS) {
		uint64_t left = f->block_count - i;

		progress_read(i * BLOCK_SIZE, f->size);
		r = compare_chunk(run, i, left < CHUNK_BLOCKS ? left : CHUNK_BLOCKS, direct);
	}
	return r;
}

static void compare_identity(const struct sealed_file *f, const struct stat *st,
			     struct comparison *c)
{
	int64_t mtime = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
	int64_t ctime = (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec;

	c->seen = *st;
	c->size = (uint64_t)st->st_size;
	c->mtime_ns = mtime;
	c->same_mtime = mtime == f->mtime_ns;
	c->same_ctime = ctime == f->ctime_ns;
	/* FAT has no inode numbers: Linux makes them up at each mount (fs/fat/inode.c, fat_build_inode()). */
	c->same_inode = st->st_ino == f->inode || (c->same_mtime && c->same_ctime);
}

int sealed_file_compare(const struct sealed_file *f, const char *path, bool direct,
			struct comparison *c)
{
	cleanup(close_fd) int fd = file_open(path);
	struct compare_run run = { .file = f, .c = c, .fd = fd };
	struct stat st;
	int r = -ENOMEM;

	memset(c, 0, sizeof(*c));
	if (fd < 0 || fstat(fd, &st) < 0) {
		c->error = fd < 0 ? fd : file_errno();
		return 0;
	}
	compare_identity(f, &st, c);
	if (direct_open(&run.device, AT_FDCWD, path) < 0)
		run.device = NULL;
	else
		c->direct = direct_kind(run.device);
	run.index = block_index_new(f->blocks, f->block_count);
	run.cached = malloc(CHUNK_BYTES);
	run.direct = malloc(CHUNK_BYTES);
	if (run.index && run.cached && run.direct)
		r = compare_blocks(&run, direct);
	free(run.cached);
	free(run.direct);
	block_index_free(run.index);
	direct_close(run.device);
	return r;
}

bool sealed_file_is_left(const struct sealed_file *f, int fd, unsigned int of)
{
	unsigned char data[BLOCK_SIZE] = { 0 };
	const uint64_t zero = hash64(data, BLOCK_SIZE);
	uint64_t same = 0, other = 0;

	for (uint64_t i = 0; i < f->block_count && same * of <= f->block_count; i++) {
		ssize_t n;

		if (f->blocks[i] == zero)
			continue;
		n = file_read_at(fd, data, sizeof(data), i * BLOCK_SIZE);
		if (n >= 0 && is_sealed(f, i, data, (size_t)n))
			same++;
		else
			other++;
	}
	return same * of > same + other;
}

bool sealed_file_held_nothing(const struct sealed_file *f, uint64_t from, uint64_t to)
{
	static const unsigned char nothing[BLOCK_SIZE];

	while (from < to) {
		uint64_t i = from / BLOCK_SIZE, start = i * BLOCK_SIZE;
		uint64_t len = f->size - start < BLOCK_SIZE ? f->size - start : BLOCK_SIZE;

		if (!f->blocks || i >= f->block_count || f->blocks[i] != hash64(nothing, len))
			return false;
		from = start + BLOCK_SIZE;
	}
	return true;
}

void comparison_clear(struct comparison *c)
{
	bad_ranges_clear(&c->bad);
}

bool comparison_is_current(const struct comparison *c, const char *path)
{
	const struct stat *seen = &c->seen;
	struct stat now;

	if (c->error)
		return true;
	return stat(path, &now) == 0 && now.st_dev == seen->st_dev && now.st_ino == seen->st_ino &&
	       now.st_size == seen->st_size && now.st_mtim.tv_sec == seen->st_mtim.tv_sec &&
	       now.st_mtim.tv_nsec == seen->st_mtim.tv_nsec &&
	       now.st_ctim.tv_sec == seen->st_ctim.tv_sec &&
	       now.st_ctim.tv_nsec == seen->st_ctim.tv_nsec;
}

bool comparison_untouched(const struct sealed_file *f, const struct comparison *c)
{
	return c->size == f->size && c->same_inode && c->same_mtime && c->same_ctime;
}
