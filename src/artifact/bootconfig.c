/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "artifact/bootconfig.h"

#include <string.h>

/* Behind the text: its size and the sum of its bytes, little endian, and the magic. */
#define MAGIC	    "#BOOTCONFIG\n"
#define MAGIC_BYTES (sizeof(MAGIC) - 1)
#define FOOT_BYTES  (8 + MAGIC_BYTES)
#define PADDING_MAX 3u		/* that a boot loader may have added */
#define TEXT_MAX    (32u << 10) /* the kernel's XBC_DATA_MAX is one less */

static uint32_t le32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t byte_sum(const unsigned char *p, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += p[i];
	return sum;
}

/* How many of the n bytes at p, an image's last ones, are such parameters. */
static size_t bytes_at_end(const unsigned char *p, size_t n)
{
	for (size_t padding = 0; padding <= PADDING_MAX && padding + FOOT_BYTES <= n; padding++) {
		const unsigned char *foot = p + n - padding - FOOT_BYTES;
		uint32_t size = le32(foot);

		if (memcmp(foot + 8, MAGIC, MAGIC_BYTES) != 0)
			continue;
		if (size > TEXT_MAX || size > (size_t)(foot - p) ||
		    byte_sum(foot - size, size) != le32(foot + 4))
			return 0;
		return size + FOOT_BYTES + padding;
	}
	return 0;
}

/* What cannot be read is told by who reads all of it. */
static size_t look_at_end(struct input *in, size_t most)
{
	uint64_t left = input_end(in) - input_offset(in);
	size_t n = left < most ? (size_t)left : most;
	const unsigned char *p;

	if (!n || input_seek(in, input_end(in) - n) || input_peek(in, n, &p) < (ssize_t)n)
		return 0;
	return bytes_at_end(p, n);
}

uint64_t bootconfig_offset(struct input *in)
{
	uint64_t start = input_offset(in);
	size_t n = look_at_end(in, TEXT_MAX + FOOT_BYTES + PADDING_MAX);

	input_seek(in, start);
	return input_end(in) - n;
}
