// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/remove.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/util.h"

static int sync_folder(int folder)
{
	return fsync(folder) < 0 || syncfs(folder) < 0 ? -errno : 0;
}

int remove_durably(const char *path, bool *gone)
{
	cleanup(free_ptr) char *copy = strdup(path);
	cleanup(close_fd) int folder =
		copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	/* As long as it is open its blocks stay its own, also on the disk. */
	int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int r;

	*gone = folder >= 0 && unlink(path) == 0;
	r = *gone ? sync_folder(folder) : -errno;
	if (file >= 0)
		close(file);
	if (!r)
		r = sync_folder(folder);
	return r;
}
