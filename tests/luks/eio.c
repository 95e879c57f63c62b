// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * LD_PRELOAD: a disk that cannot read some of its sectors, without device-mapper. EIO_FILE is the
 * disk; a read that touches EIO_LENGTH bytes at EIO_OFFSET fails as a whole, as a direct one does.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef ssize_t (*positioned)(int fd, void *buf, size_t len, off_t offset);

static int is_the_disk(int fd)
{
	const char *path = getenv("EIO_FILE");
	struct stat wanted, s;

	return path && stat(path, &wanted) == 0 && fstat(fd, &s) == 0 &&
	       s.st_dev == wanted.st_dev && s.st_ino == wanted.st_ino;
}

static int is_bad(int fd, size_t len, off_t offset)
{
	const char *start = getenv("EIO_OFFSET"), *bytes = getenv("EIO_LENGTH");
	off_t from = start ? atoll(start) : 0, length = bytes ? atoll(bytes) : 0;

	return is_the_disk(fd) && offset < from + length && from < offset + (off_t)len;
}

static ssize_t read_at(const char *name, int fd, void *buf, size_t len, off_t offset)
{
	positioned real = (positioned)dlsym(RTLD_NEXT, name);

	if (!is_bad(fd, len, offset))
		return real(fd, buf, len, offset);
	errno = EIO;
	return -1;
}

ssize_t pread(int fd, void *buf, size_t len, off_t offset)
{
	return read_at("pread", fd, buf, len, offset);
}

ssize_t pread64(int fd, void *buf, size_t len, off_t offset)
{
	return read_at("pread64", fd, buf, len, offset);
}

ssize_t read(int fd, void *buf, size_t len)
{
	ssize_t (*real)(int, void *, size_t) = dlsym(RTLD_NEXT, "read");
	off_t at = lseek(fd, 0, SEEK_CUR);

	if (at < 0 || !is_bad(fd, len, at))
		return real(fd, buf, len);
	errno = EIO;
	return -1;
}
