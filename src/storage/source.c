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

ssize_t source_read(const struct source *source, void *buf, size_t len, uint64_t offset)
{
	size_t done = 0;

	if (offset >= source->size)
		return 0;
	if (len > source->size - offset)
		len = (size_t)(source->size - offset);
	while (done < len) {
		ssize_t n = source->read(source->ctx, (unsigned char *)buf + done, len - done,
					 offset + done);

		if (n < 0)
			return n;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static ssize_t read_part(void *ctx, void *buf, size_t len, uint64_t offset)
{
	const struct source_part *p = ctx;

	return source_read(p->whole, buf, len, p->start + offset);
}

struct source source_of_part(struct source_part *part)
{
	return (struct source){ read_part, part, part->whole->size - part->start };
}

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

static ssize_t read_direct(void *ctx, void *buf, size_t len, uint64_t offset)
{
	return direct_read(ctx, buf, len, offset);
}

int source_open(struct source *source, const char *path)
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
	source->read = read_direct;
	source->ctx = d;
	return 0;
}

void source_close(struct source *source)
{
	direct_close(source->ctx);
	memset(source, 0, sizeof(*source));
}
