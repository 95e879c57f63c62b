// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/write.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

int write_at(int fd, const void *data, size_t len, uint64_t offset)
{
	const unsigned char *p = data;

	while (len) {
		ssize_t n = pwrite(fd, p, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -ENOSPC;
		p += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}
