// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * LD_PRELOAD: a program that is killed when it writes to a disk. KILL_FILE is the disk, a file or a
 * block device; the write number KILL_AT of each process does not happen any more, or, with
 * KILL_BYTES, so many bytes of it do. It says "killed" before. Other files are written as ever.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_the_disk(int fd)
{
	const char *path = getenv("KILL_FILE");
	struct stat wanted, s;

	if (!path || stat(path, &wanted) != 0 || fstat(fd, &s) != 0)
		return 0;
	if (S_ISBLK(wanted.st_mode))
		return S_ISBLK(s.st_mode) && s.st_rdev == wanted.st_rdev;
	return s.st_dev == wanted.st_dev && s.st_ino == wanted.st_ino;
}

ssize_t write(int fd, const void *buf, size_t len)
{
	ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
	const char *at = getenv("KILL_AT"), *bytes = getenv("KILL_BYTES");
	static int count;

	if (!at || !is_the_disk(fd) || ++count != atoi(at))
		return real(fd, buf, len);
	if (bytes && atoi(bytes) > 0 && (size_t)atoi(bytes) < len)
		real(fd, buf, (size_t)atoi(bytes));
	real(2, "killed\n", 7);
	kill(getpid(), SIGKILL);
	return -1;
}
