// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include "cmd/luks_passphrase.h"
#include "util/util.h"
#include "util/write.h"

#define PIECE_BYTES (256u << 10)

/*
 * Both copies of the largest header (8 MiB), and the largest area of keyslots that cryptsetup
 * makes or accepts (128 MiB): a damaged field must not have all of a disk copied into memory.
 */
#define COPY_BYTES_MAX (136ull << 20)

/* What cannot be read at once is read in blocks, and a block that cannot be read stays a hole. */
static int copy_piece(const struct luks_source *source, int fd, unsigned char *buf, size_t len,
		      uint64_t offset)
{
	ssize_t n = source->read(source->ctx, buf, len, offset);

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

static int copy_range(const struct luks_source *source, int fd, uint64_t offset, uint64_t length,
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

int luks_copy_header(const struct luks_source *source, const struct luks *l, unsigned int slot)
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
	if (!err)
		return fd;
	close(fd);
	return err;
}
