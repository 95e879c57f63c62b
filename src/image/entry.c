// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/entry.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <search.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "util/file.h"
#include "util/util.h"

/* What a file with several names hashes to. */
struct linked {
	ino_t inode;
	uint64_t hash;
};

static int by_inode(const void *a, const void *b)
{
	const struct linked *x = a, *y = b;

	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

int entry_reader_open(struct entry_reader *e, int root)
{
	e->root = root;
	e->bytes = 0;
	e->linked = NULL;
	e->buffer = malloc(ENTRY_BUFFER);
	e->hasher = hasher_new();
	if (e->buffer && e->hasher)
		return 0;
	entry_reader_close(e);
	return -ENOMEM;
}

void entry_reader_close(struct entry_reader *e)
{
	tdestroy(e->linked, free);
	e->linked = NULL;
	free(e->buffer);
	hasher_free(e->hasher);
	e->buffer = NULL;
	e->hasher = NULL;
}

/*
 * The last component is never followed. Links above it are, as the kernel did when it unpacked
 * (/lib is a link in a usr-merged main), but they stay below the root and on its file system.
 */
static int open_below(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned int)(flags | O_NOFOLLOW | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
	};
	long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

	if (fd < 0 && errno == ENOSYS) /* before Linux 5.6 */
		fd = openat(root, path, flags | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

int entry_open(const struct entry_reader *e, const char *path)
{
	return open_below(e->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

int entry_stat(const struct entry_reader *e, const char *path, struct stat *st)
{
	cleanup(close_fd) int fd = open_below(e->root, path, O_PATH);

	if (fd < 0)
		return fd;
	return fstat(fd, st) ? -errno : 0;
}

/* The hash of a file; most are small, and then one read and no state are enough. */
static int hash_file(struct entry_reader *e, int fd, uint64_t *hash)
{
	long n = file_read_up_to(fd, e->buffer, ENTRY_BUFFER);

	if (n < 0)
		return (int)n;
	e->bytes += (uint64_t)n;
	if (n < (long)ENTRY_BUFFER) {
		*hash = hash64(e->buffer, (size_t)n);
		return 0;
	}
	hasher_reset(e->hasher);
	while (n > 0) {
		hasher_update(e->hasher, e->buffer, (size_t)n);
		n = file_read_up_to(fd, e->buffer, ENTRY_BUFFER);
		e->bytes += n > 0 ? (uint64_t)n : 0;
	}
	*hash = hasher_digest(e->hasher);
	return (int)n;
}

static bool recall_hash(const struct entry_reader *e, ino_t inode, uint64_t *hash)
{
	const struct linked key = { .inode = inode };
	struct linked *const *found = tfind(&key, &e->linked, by_inode);

	if (found)
		*hash = (*found)->hash;
	return found;
}

/* Without memory it is hashed again. */
static void remember_hash(struct entry_reader *e, ino_t inode, uint64_t hash)
{
	struct linked *l = malloc(sizeof(*l));

	if (!l)
		return;
	*l = (struct linked){ inode, hash };
	if (!tsearch(l, &e->linked, by_inode))
		free(l);
}

static enum entry_state compare_file(struct entry_reader *e, const struct content *c,
				     const struct stat *st)
{
	uint64_t hash = 0;

	if (st->st_nlink == 1 || !recall_hash(e, st->st_ino, &hash)) {
		cleanup(close_fd) int fd = entry_open(e, c->path);

		if (fd < 0 || hash_file(e, fd, &hash))
			return ENTRY_UNREADABLE;
		if (st->st_nlink > 1)
			remember_hash(e, st->st_ino, hash);
	}
	return hash == c->hash ? ENTRY_AS_SEALED : ENTRY_BYTES;
}

static enum entry_state compare_symlink(const struct content *c, int fd)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(fd, "", target, sizeof(target));

	if (n < 0)
		return ENTRY_UNREADABLE;
	if ((uint64_t)n != c->size)
		return ENTRY_SIZE;
	return hash64(target, (size_t)n) == c->hash ? ENTRY_AS_SEALED : ENTRY_BYTES;
}

static enum entry_state compare_content(struct entry_reader *e, const struct content *c, int fd,
					const struct stat *st)
{
	switch (c->type) {
	case CONTENT_FILE:
		if ((uint64_t)st->st_size != c->size)
			return ENTRY_SIZE;
		return compare_file(e, c, st);
	case CONTENT_SYMLINK:
		return compare_symlink(c, fd);
	case CONTENT_CHAR:
	case CONTENT_BLOCK:
		if (major(st->st_rdev) != c->rdev_major || minor(st->st_rdev) != c->rdev_minor)
			return ENTRY_TYPE;
		return ENTRY_AS_SEALED;
	default:
		return ENTRY_AS_SEALED;
	}
}

static enum entry_state state_of_error(int error)
{
	switch (error) {
	case -EXDEV:
		return ENTRY_HIDDEN;
	case -ENOENT:
	case -ENOTDIR:
	case -ELOOP:
		return ENTRY_MISSING;
	default:
		return ENTRY_UNREADABLE;
	}
}

enum entry_state entry_compare(struct entry_reader *e, const struct content *c, uint64_t *size)
{
	cleanup(close_fd) int fd = open_below(e->root, c->path, O_PATH);
	enum entry_state state;
	struct stat st;

	if (size)
		*size = 0;
	if (fd < 0)
		return state_of_error(fd);
	if (fstat(fd, &st))
		return ENTRY_UNREADABLE;
	if (size)
		*size = (uint64_t)st.st_size;
	if (content_type_from_mode(st.st_mode) != (int)c->type)
		return ENTRY_TYPE;
	state = compare_content(e, c, fd, &st);
	/* A link's permission bits mean nothing and are not kept. */
	if (state == ENTRY_AS_SEALED && c->type != CONTENT_SYMLINK &&
	    (st.st_mode & 07777) != c->mode)
		return ENTRY_MODE;
	return state;
}
