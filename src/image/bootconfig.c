// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/bootconfig.h"

#include <string.h>

#include "util/bytes.h"

/* Behind the text: its size and the sum of its bytes, little endian, and the magic. */
#define MAGIC	    "#BOOTCONFIG\n"
#define MAGIC_BYTES (sizeof(MAGIC) - 1)
#define FOOT_BYTES  (8 + MAGIC_BYTES)
#define PADDING_MAX 3u		/* that a boot loader may have added */
#define TEXT_MAX    (32u << 10) /* the kernel's XBC_DATA_MAX is one less */

/* Looks for them at the end of the n bytes at p, an image's last ones; returns how many are theirs. */
static size_t bytes_at_end(const unsigned char *p, size_t n, const char **wrong)
{
	for (size_t padding = 0; padding <= PADDING_MAX && padding + FOOT_BYTES <= n; padding++) {
		const unsigned char *foot = p + n - padding - FOOT_BYTES;
		uint32_t size = le32(foot);

		if (memcmp(foot + 8, MAGIC, MAGIC_BYTES) != 0)
			continue;
		if (size > TEXT_MAX || size > (size_t)(foot - p)) {
			*wrong = "the size at their end is impossible";
			return 0;
		}
		if (byte_sum(foot - size, size) != le32(foot + 4))
			*wrong = "they do not have the sum that stands at their end";
		return size + FOOT_BYTES + padding;
	}
	return 0;
}

void bootconfig_find(struct input *in, struct bootconfig *found)
{
	uint64_t start = input_offset(in), left = input_end(in) - start;
	size_t most = TEXT_MAX + FOOT_BYTES + PADDING_MAX, n = left < most ? (size_t)left : most;
	const unsigned char *p;

	*found = (struct bootconfig){ input_end(in), NULL };
	/* What cannot be read is told by who reads all of it. */
	if (n && !input_seek(in, input_end(in) - n) && input_peek(in, n, &p) >= (ssize_t)n)
		found->offset -= bytes_at_end(p, n, &found->wrong);
	if (input_seek(in, start))
		*found = (struct bootconfig){ input_end(in), NULL };
}
