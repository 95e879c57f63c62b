// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/direct.h"
#include "util/file.h"
#include "util/util.h"

/* A block device has no st_size: its end tells. */
static int size_of(const char *path, uint64_t *size)
{
	cleanup(close_fd) int fd = file_open_at(AT_FDCWD, path, 0, true);
	off_t end;

	if (fd < 0)
		return fd;
	end = lseek(fd, 0, SEEK_END);
	if (end < 0)
		return -errno;
	*size = (uint64_t)end;
	return 0;
}

static ssize_t read_source(void *ctx, void *buf, size_t len, uint64_t offset)
{
	return direct_read(ctx, buf, len, offset);
}

int luks_source_open(struct luks_source *source, const char *path)
{
	struct direct *d = NULL;
	int err;

	memset(source, 0, sizeof(*source));
	err = direct_open(&d, AT_FDCWD, path);
	if (err)
		return err;
	err = size_of(path, &source->size);
	if (err) {
		direct_close(d);
		return err;
	}
	source->read = read_source;
	source->ctx = d;
	return 0;
}

void luks_source_close(struct luks_source *source)
{
	direct_close(source->ctx);
	memset(source, 0, sizeof(*source));
}

bool luks_source_is_direct(const struct luks_source *source)
{
	return direct_kind(source->ctx) != DIRECT_NONE;
}
