// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "util/interrupt.h"

#define TRIES_PER_SECOND 10u

int folder_lock(const char *folder, unsigned int seconds)
{
	const struct timespec pause = { .tv_nsec = 1000000000 / TRIES_PER_SECOND };
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = EWOULDBLOCK;

	if (fd < 0)
		return -errno;
	for (unsigned int tries = seconds * TRIES_PER_SECOND + 1; tries; tries--) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		error = errno;
		if (error != EWOULDBLOCK)
			return fd;
		if (interrupted())
			break;
		if (tries > 1)
			nanosleep(&pause, NULL);
	}
	close(fd);
	return interrupted() ? -EINTR : -EBUSY;
}
