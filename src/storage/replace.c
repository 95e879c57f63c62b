/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "storage/direct.h"
#include "storage/replace.h"
#include "util/hash.h"
#include "util/util.h"
#include "util/write.h"

#define TEMPORARY_SUFFIX ".bootverdict-new"
#define COMPARE_BYTES	 (256u * 1024u)

struct replacement {
	int folder, fd;
	char name[NAME_MAX + 1];      /* of the file, in folder */
	char temporary[NAME_MAX + 1]; /* of the new one, in folder */
	bool created;		      /* the temporary file is ours to remove */
	int error;		      /* of the first write that failed */
	uint64_t size;
	/* What was asked to be written, not what the kernel has of it. */
	unsigned char block[BLOCK_SIZE]; /* the last block, as far as it is there */
	uint64_t *hashes;		 /* of every full block */
	size_t hash_count;
};

/* Opens path's folder and takes its file name. */
static int open_folder(struct replacement *r, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char folder[PATH_MAX];
	size_t len = slash ? (size_t)(slash - path) : 0;

	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -EINVAL;
	if (len >= sizeof(folder) ||
	    strlen(name) + strlen(TEMPORARY_SUFFIX) + 1 >= sizeof(r->temporary))
		return -ENAMETOOLONG;
	memcpy(folder, path, len);
	folder[len] = '\0';
	strcpy(r->name, name);
	r->temporary[0] = '.';
	strcpy(r->temporary + 1, name);
	strcat(r->temporary, TEMPORARY_SUFFIX);
	r->folder = open(len ? folder : (slash ? "/" : "."), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return r->folder < 0 ? -errno : 0;
}

/* Two runs at a time would take each other's temporary file away. */
static int lock_folder(const struct replacement *r)
{
	if (flock(r->folder, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return -EBUSY;
	return 0; /* a file system without locks is no reason to give up */
}

/*
 * vfat has neither owners nor modes, and says EPERM. Elsewhere a new owner that is refused must
 * not leave the file open to more people than before, hence the mode comes last.
 */
static int set_owner_and_mode(const struct replacement *r, mode_t mode)
{
	struct stat old;

	if (fstatat(r->folder, r->name, &old, AT_SYMLINK_NOFOLLOW) == 0) {
		if (fchown(r->fd, old.st_uid, old.st_gid) < 0 && errno != EPERM)
			return -errno;
		mode = old.st_mode & 07777;
	}
	if (fchmod(r->fd, mode) < 0 && errno != EPERM)
		return -errno;
	return 0;
}

/* Only a regular file can be replaced: a symbolic link would be lost, and what it means with it. */
static int check_old(const struct replacement *r)
{
	struct stat old;

	if (fstatat(r->folder, r->name, &old, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (S_ISLNK(old.st_mode))
		return -ELOOP;
	return S_ISREG(old.st_mode) ? 0 : -EINVAL;
}

static int create_temporary(struct replacement *r, mode_t mode)
{
	if (unlinkat(r->folder, r->temporary, 0) < 0 && errno != ENOENT)
		return -errno;
	r->fd = openat(r->folder, r->temporary,
		       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (r->fd < 0)
		return -errno;
	r->created = true;
	return set_owner_and_mode(r, mode);
}

int replace_begin(struct replacement **result, const char *path, mode_t mode)
{
	struct replacement *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		return -ENOMEM;
	r->folder = -1;
	r->fd = -1;
	rc = open_folder(r, path);
	if (rc == 0)
		rc = lock_folder(r);
	if (rc == 0)
		rc = check_old(r);
	if (rc == 0)
		rc = create_temporary(r, mode);
	if (rc < 0) {
		replace_abort(r);
		return rc;
	}
	*result = r;
	return 0;
}

static int add_hash(struct replacement *r, const unsigned char *data, size_t len)
{
	/* The array grows when the count is a power of two. */
	if ((r->hash_count & (r->hash_count - 1)) == 0) {
		uint64_t *bigger = reallocarray(r->hashes, r->hash_count ? 2 * r->hash_count : 1,
						sizeof(*bigger));

		if (!bigger)
			return -ENOMEM;
		r->hashes = bigger;
	}
	r->hashes[r->hash_count++] = hash64(data, len);
	return 0;
}

/* Hashes every block that data completes; keeps what is left over. */
static int remember(struct replacement *r, const unsigned char *data, size_t len)
{
	size_t have = r->size % BLOCK_SIZE;

	r->size += len;
	while (have + len >= BLOCK_SIZE) {
		size_t n = BLOCK_SIZE - have;
		int rc;

		if (have) {
			memcpy(r->block + have, data, n);
			rc = add_hash(r, r->block, BLOCK_SIZE);
		} else {
			rc = add_hash(r, data, BLOCK_SIZE);
		}
		if (rc < 0)
			return rc;
		data += n;
		len -= n;
		have = 0;
	}
	memcpy(r->block + have, data, len);
	return 0;
}

int replace_write(struct replacement *r, const void *data, size_t len)
{
	if (len == 0 || r->error)
		return r->error;
	r->error = write_at(r->fd, data, len, r->size);
	if (r->error == 0)
		r->error = remember(r, data, len);
	return r->error;
}

struct comparison {
	uint64_t bad_offset, bad_blocks;
};

static void found_bad(struct comparison *c, uint64_t offset)
{
	if (c->bad_blocks++ == 0)
		c->bad_offset = offset;
}

/* Compares got bytes that should be the file's [offset, offset + want). */
static void compare_piece(const struct replacement *r, const unsigned char *data, size_t want,
			  size_t got, uint64_t offset, struct comparison *c)
{
	for (size_t at = 0; at < want; at += BLOCK_SIZE) {
		size_t n = want - at < BLOCK_SIZE ? want - at : BLOCK_SIZE;

		if (got < at + n || hash64(data + at, n) != r->hashes[(offset + at) / BLOCK_SIZE])
			found_bad(c, offset + at);
	}
}

static int read_back_with(const struct replacement *r, struct direct *d, struct comparison *c)
{
	cleanup(free_ptr) unsigned char *data = malloc(COMPARE_BYTES);
	ssize_t got;

	if (!data)
		return -ENOMEM;
	for (uint64_t offset = 0; offset < r->size; offset += COMPARE_BYTES) {
		size_t want = r->size - offset < COMPARE_BYTES ? (size_t)(r->size - offset)
							       : COMPARE_BYTES;

		got = direct_read(d, data, want, offset);
		if (got < 0)
			return (int)got;
		compare_piece(r, data, want, (size_t)got, offset, c);
	}
	/* Nothing may follow; the last read may have ended within a block, so look from its start. */
	got = direct_read(d, data, 2 * BLOCK_SIZE, r->size & ~(uint64_t)(BLOCK_SIZE - 1));
	if (got < 0)
		return (int)got;
	if ((uint64_t)got > r->size % BLOCK_SIZE)
		found_bad(c, r->size & ~(uint64_t)(BLOCK_SIZE - 1));
	return c->bad_blocks ? -EILSEQ : 0;
}

static int compare(const struct replacement *r, bool *read_past_cache, struct comparison *c)
{
	struct direct *d;
	int rc = direct_open(&d, r->folder, r->temporary);

	if (rc < 0)
		return rc;
	rc = read_back_with(r, d, c);
	*read_past_cache = direct_kind(d) != DIRECT_NONE;
	direct_close(d);
	return rc;
}

/* Gives the file to the device. What close() reports late counts as well. */
static int finish_writing(struct replacement *r)
{
	int fd = r->fd;

	if (r->error)
		return r->error;
	if (r->size % BLOCK_SIZE) {
		int rc = add_hash(r, r->block, r->size % BLOCK_SIZE);

		if (rc < 0)
			return rc;
	}
	if (fsync(fd) < 0)
		return -errno;
	r->fd = -1;
	return close(fd) < 0 ? -errno : 0;
}

static int put_in_place(struct replacement *r)
{
	if (renameat(r->folder, r->temporary, r->folder, r->name) < 0)
		return -errno;
	r->created = false;
	return fsync(r->folder) < 0 ? -errno : 0;
}

int replace_commit(struct replacement *r, enum read_back read_back, bool *read_past_cache,
		   uint64_t *bad_offset, uint64_t *bad_blocks)
{
	struct comparison c = { 0 };
	bool past_cache = false;
	int rc = finish_writing(r);

	if (rc == 0 && read_back == READ_BACK)
		rc = compare(r, &past_cache, &c);
	if (rc == 0)
		rc = put_in_place(r);
	replace_abort(r);
	if (read_past_cache)
		*read_past_cache = past_cache;
	if (bad_offset)
		*bad_offset = c.bad_offset;
	if (bad_blocks)
		*bad_blocks = c.bad_blocks;
	return rc;
}

void replace_abort(struct replacement *r)
{
	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	if (r->created)
		unlinkat(r->folder, r->temporary, 0);
	if (r->folder >= 0)
		close(r->folder);
	free(r->hashes);
	free(r);
}
