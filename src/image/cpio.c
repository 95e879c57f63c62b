// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/cpio.h"

#include <errno.h>
#include <string.h>

#define MAGIC_BYTES  6u
#define FIELD_DIGITS 8u
#define FIELDS	     13u

static int digit_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static int field_parse(const unsigned char *p, uint32_t *value)
{
	uint32_t v = 0;

	for (size_t i = 0; i < FIELD_DIGITS; i++) {
		int d = digit_value(p[i]);

		if (d < 0)
			return -EBADMSG;
		v = v << 4 | (uint32_t)d;
	}
	*value = v;
	return 0;
}

static void field_format(uint32_t value, unsigned char *out)
{
	for (size_t i = FIELD_DIGITS; i-- > 0; value >>= 4)
		out[i] = (unsigned char)"0123456789ABCDEF"[value & 15];
}

int cpio_header_parse(const unsigned char *p, struct cpio_header *h)
{
	uint32_t f[FIELDS];

	if (memcmp(p, "07070", MAGIC_BYTES - 1) != 0 || (p[5] != '1' && p[5] != '2'))
		return -EBADMSG;
	for (size_t i = 0; i < FIELDS; i++) {
		int r = field_parse(p + MAGIC_BYTES + i * FIELD_DIGITS, &f[i]);

		if (r < 0)
			return r;
	}
	*h = (struct cpio_header){
		.ino = f[0],
		.mode = f[1],
		.uid = f[2],
		.gid = f[3],
		.nlink = f[4],
		.mtime = f[5],
		.size = f[6],
		.dev_major = f[7],
		.dev_minor = f[8],
		.rdev_major = f[9],
		.rdev_minor = f[10],
		.name_size = f[11],
		.check = f[12],
		.has_check = p[5] == '2',
	};
	return 0;
}

void cpio_header_format(const struct cpio_header *h, unsigned char *out)
{
	const uint32_t f[FIELDS] = {
		h->ino,	       h->mode,	     h->uid,	   h->gid,	 h->nlink,
		h->mtime,      h->size,	     h->dev_major, h->dev_minor, h->rdev_major,
		h->rdev_minor, h->name_size, h->check,
	};

	memcpy(out, h->has_check ? "070702" : "070701", MAGIC_BYTES);
	for (size_t i = 0; i < FIELDS; i++)
		field_format(f[i], out + MAGIC_BYTES + i * FIELD_DIGITS);
}
