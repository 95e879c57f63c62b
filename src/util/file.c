// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "util/util.h"

int file_errno(void)
{
	return errno == EUCLEAN || errno == EBADMSG ? -EIO : -errno;
}

static int open_quietly(int folder, const char *path, int flags)
{
	int fd = openat(folder, path, flags | O_RDONLY | O_CLOEXEC | O_NOATIME);

	/* Only the owner and root may leave the access time alone. */
	if (fd < 0 && errno == EPERM)
		fd = openat(folder, path, flags | O_RDONLY | O_CLOEXEC);
	return fd;
}

static bool is_wanted(const struct stat *st, bool disk_too)
{
	return S_ISREG(st->st_mode) || (disk_too && S_ISBLK(st->st_mode));
}

int file_open_at(int folder, const char *path, int flags, bool disk_too)
{
	struct stat st;
	int fd, err = 0;

	if (fstatat(folder, path, &st, 0) < 0)
		return file_errno();
	if (!is_wanted(&st, disk_too))
		return -EINVAL;
	fd = open_quietly(folder, path, flags | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return file_errno();
	/* Another one may have taken its place meanwhile. */
	if (fstat(fd, &st) < 0)
		err = file_errno();
	else if (!is_wanted(&st, disk_too))
		err = -EINVAL;
	if (!err)
		return fd;
	close(fd);
	return err;
}

int file_open(const char *path)
{
	return file_open_at(AT_FDCWD, path, 0, false);
}

DIR *folder_open(const char *path)
{
	int fd = open_quietly(AT_FDCWD, path, O_DIRECTORY);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d)
		close_fd(&fd);
	return d;
}

bool file_is_for_everybody(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & 0444) == 0444 &&
	       fgetxattr(fd, "system.posix_acl_access", NULL, 0) < 0;
}

const char *file_error(int error)
{
	return error == -EINVAL ? "it is no regular file" : strerror(-error);
}

ssize_t file_read_at(int fd, void *buf, size_t len, uint64_t offset)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, (char *)buf + done, len - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && done == 0)
			return file_errno();
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

ssize_t file_read_up_to(int fd, void *buf, size_t max)
{
	size_t used = 0;

	while (used < max) {
		ssize_t n = read(fd, (char *)buf + used, max - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return file_errno();
		if (n == 0)
			break;
		used += (size_t)n;
	}
	return (ssize_t)used;
}

ssize_t file_read(const char *path, size_t max, char **text)
{
	cleanup(close_fd) int fd = file_open(path);
	ssize_t n = fd;

	*text = NULL;
	if (fd < 0)
		return n;
	*text = malloc(max + 1);
	n = *text ? file_read_up_to(fd, *text, max) : -ENOMEM;
	if (n < 0) {
		free(*text);
		*text = NULL;
		return n;
	}
	(*text)[n] = '\0';
	return n;
}
