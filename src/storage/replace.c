// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/ioctl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "storage/attributes.h"
#include "storage/direct.h"
#include "util/array.h"
#include "util/file.h"
#include "util/hash.h"
#include "util/interrupt.h"
#include "util/util.h"
#include "util/write.h"

/* Linux, fs/ext4/ext4.h (since 5.15) and Documentation/filesystems/ext4/journal.rst. */
#define EXT4_IOC_CHECKPOINT _IOW('f', 43, uint32_t)

/* Linux, include/uapi/linux/fs.h; musl has neither the flag nor the call. */
#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE (1 << 1)
#endif

#define COMPARE_BYTES (256u * 1024u)

struct replacement {
	int folder, fd;
	char name[NAME_MAX + 1];      /* of the file, in folder */
	char temporary[NAME_MAX + 1]; /* of the new one, in folder */
	bool created;		      /* the temporary file is ours to remove */
	mode_t mode;		      /* of the new file where there is no old one */
	bool installed;		      /* the new file is in place */
	bool expects;		      /* name must still be this file when it is replaced: */
	struct stat expected;
	size_t piece; /* what is given to the device at a time; 0: as the kernel likes it */
	int error;    /* of the first write that failed */
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
	    strlen(name) + strlen(REPLACE_SUFFIX) + 1 >= sizeof(r->temporary))
		return -ENAMETOOLONG;
	memcpy(folder, path, len);
	folder[len] = '\0';
	strcpy(r->name, name);
	r->temporary[0] = '.';
	strcpy(r->temporary + 1, name);
	strcat(r->temporary, REPLACE_SUFFIX);
	r->folder = open(len ? folder : (slash ? "/" : "."), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return r->folder < 0 ? -errno : 0;
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
	r->mode = mode;
	return attributes_copy(r->folder, r->name, r->fd, r->mode);
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
	if (array_grow(&r->hashes, r->hash_count, sizeof(*r->hashes)))
		return -ENOMEM;
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

/* Writes up to the end of a piece, and gives that to the device. Returns how much it was. */
static ssize_t write_piece(struct replacement *r, const unsigned char *data, size_t len)
{
	size_t n = r->piece ? r->piece - r->size % r->piece : len;
	int rc;

	if (n > len)
		n = len;
	rc = write_at(r->fd, data, n, r->size);
	if (rc == 0)
		rc = remember(r, data, n);
	if (rc == 0 && r->piece && fdatasync(r->fd) < 0)
		rc = -errno;
	return rc < 0 ? rc : (ssize_t)n;
}

int replace_write(struct replacement *r, const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len && !r->error) {
		ssize_t n = interrupted() ? -EINTR : write_piece(r, p, len);

		if (n < 0) {
			r->error = (int)n;
			break;
		}
		p += n;
		len -= (size_t)n;
	}
	return r->error;
}

void replace_in_pieces(struct replacement *r, size_t piece)
{
	r->piece = piece;
}

void replace_expect(struct replacement *r, const struct stat *old)
{
	r->expects = true;
	r->expected = *old;
}

bool replace_wrote_same(const struct replacement *a, const struct replacement *b)
{
	return a->size == b->size && a->hash_count == b->hash_count &&
	       memcmp(a->hashes, b->hashes, a->hash_count * sizeof(*a->hashes)) == 0;
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

		if (interrupted())
			return -EINTR;
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
	int fd = r->fd, rc;

	if (r->error)
		return r->error;
	rc = attributes_copy(r->folder, r->name, fd, r->mode);
	if (rc < 0)
		return rc;
	if (r->size % BLOCK_SIZE) {
		rc = add_hash(r, r->block, r->size % BLOCK_SIZE);
		if (rc < 0)
			return rc;
	}
	if (fsync(fd) < 0)
		return -errno;
	r->fd = -1;
	return close(fd) < 0 ? -errno : 0;
}

int replace_verify(struct replacement *r, enum read_back read_back, struct replace_result *result)
{
	struct comparison c = { 0 };
	int rc = finish_writing(r);

	memset(result, 0, sizeof(*result));
	if (rc == 0 && read_back == READ_BACK)
		rc = compare(r, &result->past_cache, &c);
	result->bad_offset = c.bad_offset;
	result->bad_blocks = c.bad_blocks;
	return rc;
}

/* ---- into place ----------------------------------------------------------------------------- */

bool replace_is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* 0 when what stands under this name in the folder is the file that is to be replaced; or -EAGAIN. */
static int check_expected(const struct replacement *r, const char *name)
{
	struct stat now;

	if (!r->expects)
		return 0;
	if (fstatat(r->folder, name, &now, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? -EAGAIN : -errno;
	return replace_is_same_file(&now, &r->expected) ? 0 : -EAGAIN;
}

static bool is_on(int folder, unsigned long file_system)
{
	struct statfs fs;

	return fstatfs(folder, &fs) == 0 && (unsigned long)fs.f_type == file_system;
}

/*
 * A boot loader replays no journal: it finds the old folder, with inodes of now. So what ext4 keeps
 * in its journal is brought to its place, before and after a change of names. xfs cannot do that.
 */
static void empty_journal(int folder)
{
	uint32_t flags = 0;

	if (is_on(folder, EXT4_SUPER_MAGIC))
		(void)syscall(SYS_ioctl, folder, EXT4_IOC_CHECKPOINT, &flags);
}

/*
 * On vfat the two entries are written one after the other, and share the clusters of one of the
 * files in between: a power cut there, and the next fsck.fat cuts one of them short. exfat cannot.
 */
static int exchange(int folder, const char *a, const char *b)
{
	if (is_on(folder, MSDOS_SUPER_MAGIC))
		return -EOPNOTSUPP;
	return syscall(SYS_renameat2, folder, a, folder, b, RENAME_EXCHANGE) < 0 ? -errno : 0;
}

/* What an answer of exchange() says of the file system, or the kernel, and not of the files. */
static bool cannot_exchange(int rc)
{
	return rc == -EINVAL || rc == -ENOSYS || rc == -EOPNOTSUPP || rc == -EPERM;
}

/*
 * Makes a change of the folder's names durable. On vfat the entry under the new name gets the
 * file's first cluster only when the *file* is written; the entry under its other name must be gone
 * by then, or the two share its clusters. So the folder comes first, and the file last: its fsync
 * also empties the disk's own cache, which syncfs() does not do everywhere.
 */
static int sync_names(int folder, int fd)
{
	if (fsync(folder) < 0 || syncfs(folder) < 0)
		return -errno;
	empty_journal(folder);
	return fsync(fd) < 0 ? -errno : 0;
}

/*
 * The new file and the old one change their names, and the old one goes when the disk has that.
 * What was displaced can still be looked at, and put back.
 */
static int put_by_exchange(struct replacement *r, int fd)
{
	int displaced, rc = exchange(r->folder, r->temporary, r->name);

	if (rc < 0)
		return rc;
	displaced = check_expected(r, r->temporary);
	if (displaced < 0) {
		rc = exchange(r->folder, r->temporary, r->name);
		return rc < 0 ? rc : displaced;
	}
	r->installed = true;
	rc = sync_names(r->folder, fd);
	/* On a disk that fails just now the old file is worth its room, until the next run. */
	r->created = rc == 0;
	return rc;
}

/*
 * The old file stays open until the disk has the change: its blocks are given back only then, so
 * that a power cut never finds them free under an entry that still leads to them.
 */
static int put_by_rename(struct replacement *r, const char *from, int fd)
{
	cleanup(close_fd) int old = file_open_at(r->folder, r->name, O_NOFOLLOW, false);
	int rc = check_expected(r, r->name);

	if (old < 0 && old != -ENOENT)
		return old;
	if (rc < 0)
		return rc;
	if (renameat(r->folder, from, r->folder, r->name) < 0)
		return -errno;
	r->installed = true;
	return sync_names(r->folder, fd);
}

int replace_install(struct replacement *r)
{
	cleanup(close_fd) int fd = file_open_at(r->folder, r->temporary, O_NOFOLLOW, false);
	int rc;

	if (fd < 0)
		return fd;
	if (interrupted())
		return -EINTR;
	rc = check_expected(r, r->name);
	if (rc < 0)
		return rc;
	empty_journal(r->folder);
	rc = put_by_exchange(r, fd);
	if (rc == -ENOENT || cannot_exchange(rc)) {
		rc = put_by_rename(r, r->temporary, fd);
		r->created = !r->installed;
	}
	return rc;
}

bool replace_installed(const struct replacement *r)
{
	return r->installed;
}

bool replace_stat(const struct replacement *r, struct stat *st)
{
	return r->created && fstatat(r->folder, r->temporary, st, AT_SYMLINK_NOFOLLOW) == 0;
}

int replace_commit(struct replacement *r, enum read_back read_back, struct replace_result *result)
{
	struct replace_result ignored;
	int rc = replace_verify(r, read_back, result ? result : &ignored);

	if (rc == 0)
		rc = replace_install(r);
	if (result)
		result->installed = r->installed;
	replace_abort(r);
	return rc;
}

/* Where a file can have two names, other keeps its own. */
static int put_other(struct replacement *r, const char *other)
{
	cleanup(close_fd) int fd = file_open_at(r->folder, other, O_NOFOLLOW, false);

	if (fd < 0)
		return fd;
	if (unlinkat(r->folder, r->temporary, 0) < 0 && errno != ENOENT)
		return -errno;
	if (linkat(r->folder, other, r->folder, r->temporary, 0) < 0)
		return put_by_rename(r, other, fd);
	r->created = true;
	return replace_install(r);
}

int replace_with(const char *path, const char *other, const struct stat *expected)
{
	struct replacement r = { .folder = -1, .fd = -1 };
	int rc = open_folder(&r, path);

	if (rc == 0)
		rc = check_old(&r);
	if (rc == 0) {
		replace_expect(&r, expected);
		rc = put_other(&r, other);
	}
	if (r.created)
		unlinkat(r.folder, r.temporary, 0);
	close_fd(&r.folder);
	return rc;
}

void replace_hold(struct replacement *r)
{
	if (!r || !r->created)
		return;
	if (r->fd < 0)
		r->fd = openat(r->folder, r->temporary, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	unlinkat(r->folder, r->temporary, 0);
	r->created = false;
}

void replace_let_go(struct replacement *r)
{
	if (!r)
		return;
	close_fd(&r->fd);
	r->fd = -1;
	if (r->created)
		unlinkat(r->folder, r->temporary, 0);
	r->created = false;
}

void replace_abort(struct replacement *r)
{
	if (!r)
		return;
	replace_let_go(r);
	close_fd(&r->folder);
	free(r->hashes);
	free(r);
}
