/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_CPIO_H
#define BV_IMAGE_CPIO_H

#include <stddef.h>
#include <stdint.h>

/*
 * The newc header: "070701" or "070702", then 13 fields of 8 hexadecimal digits
 * (cpio(5), "New ASCII Format"; Linux, buffer-format.rst).
 */
#define CPIO_HEADER_BYTES 110u
#define CPIO_TRAILER	  "TRAILER!!!"

struct cpio_header {
	uint32_t ino, mode, uid, gid, nlink, mtime, size;
	uint32_t dev_major, dev_minor, rdev_major, rdev_minor;
	uint32_t name_size; /* with its closing NUL */
	uint32_t check;
	int has_check; /* 070702 */
};

/* Reads CPIO_HEADER_BYTES at p. -EBADMSG: wrong magic, or a field that is not hexadecimal. */
int cpio_header_parse(const unsigned char *p, struct cpio_header *h);

/* Writes CPIO_HEADER_BYTES to out, upper-case digits as the kernel's generator does. */
void cpio_header_format(const struct cpio_header *h, unsigned char *out);

/* Bytes of padding from a position to the next multiple of 4. */
static inline size_t cpio_padding(uint64_t position)
{
	return (size_t)(-position & 3);
}

#endif
