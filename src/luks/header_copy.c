// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/header_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include "luks/copy.h"
#include "luks/luks.h"
#include "util/util.h"
#include "util/write.h"

#define PIECE_BYTES (256u << 10)

/*
 * Both copies of the largest header (8 MiB), and the largest area of keyslots that cryptsetup
 * makes or accepts (128 MiB): a damaged field must not have all of a disk copied into memory.
 */
#define COPY_BYTES_MAX (136ull << 20)

/* What cannot be read at once is read in blocks, and a block that cannot be read stays a hole. */
static int copy_piece(const struct source *source, int fd, unsigned char *buf, size_t len,
		      uint64_t offset)
{
	ssize_t n = source_read(source, buf, len, offset);

	if (n >= 0)
		return write_at(fd, buf, (size_t)n, offset);
	if (len <= BLOCK_SIZE)
		return 0;
	for (size_t at = 0; at < len; at += BLOCK_SIZE) {
		size_t part = len - at < BLOCK_SIZE ? len - at : BLOCK_SIZE;
		int err = copy_piece(source, fd, buf, part, offset + at);

		if (err)
			return err;
	}
	return 0;
}

static int copy_range(const struct source *source, int fd, uint64_t offset, uint64_t length,
		      uint64_t *budget)
{
	cleanup(free_ptr) unsigned char *buf = malloc(PIECE_BYTES);

	if (!buf)
		return -ENOMEM;
	if (offset >= source->size)
		return 0;
	if (length > source->size - offset)
		length = source->size - offset;
	if (length > *budget)
		return -EFBIG;
	*budget -= length;
	while (length) {
		size_t len = length < PIECE_BYTES ? (size_t)length : PIECE_BYTES;
		int err = copy_piece(source, fd, buf, len, offset);

		if (err)
			return err;
		offset += len;
		length -= len;
	}
	return 0;
}

/* What is usable of the header, over what was there. */
static int put_header(const struct source *source, const struct luks *l, int fd)
{
	cleanup(free_ptr) unsigned char *header = NULL;
	size_t len = 0;
	int err = luks_header_to_use(source, l, &header, &len);

	return err ? err : write_at(fd, header, len, 0);
}

/* Where the last area of a keyslot ends. */
static uint64_t end_of_areas(const struct luks *l)
{
	uint64_t end = 0;

	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		const struct luks_keyslot *s = &l->slots[i];

		if (s->present && s->offset + s->length > end)
			end = s->offset + s->length;
	}
	return l->data_offset > end ? l->data_offset : end;
}

int luks_save_header(const struct source *source, const struct luks *l, const char *path)
{
	uint64_t budget = COPY_BYTES_MAX, end = end_of_areas(l);
	cleanup(close_fd) int fd = -1;
	int err;

	if (!luks_is_known(l))
		return -ENODATA;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	err = copy_range(source, fd, 0, end < budget ? end : budget, &budget);
	if (!err)
		err = put_header(source, l, fd);
	if (!err && fsync(fd) < 0)
		err = -errno;
	if (err)
		unlink(path);
	return err;
}

int luks_copy_header(const struct source *source, const struct luks *l, unsigned int slot)
{
	uint64_t budget = COPY_BYTES_MAX;
	int fd = memfd_create("header", MFD_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	/* libcryptsetup wants to see a device on which the header's areas and the data have room. */
	if (ftruncate(fd, (off_t)source->size) < 0)
		err = -errno;
	for (unsigned int i = 0; !err && i < LUKS_HEADERS; i++)
		err = copy_range(source, fd, l->copies[i].offset, l->copies[i].length, &budget);
	if (!err)
		err = copy_range(source, fd, l->slots[slot].offset, l->slots[slot].length, &budget);
	if (!err && l->chosen < 0)
		err = put_header(source, l, fd);
	if (!err)
		return fd;
	close(fd);
	return err;
}
