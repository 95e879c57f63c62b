// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "image/kernel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input *in = input_from_memory(data, size);
	struct kernel_info info;
	int r;

	if (!in)
		return 0;
	r = kernel_examine(in, &info);
	assert(r == info.error && r <= 0);
	assert(memchr(info.version, 0, sizeof(info.version)));
	assert(memchr(info.reason, 0, sizeof(info.reason)));
	assert(info.offset <= size);
	assert((r < 0) == (info.reason[0] != 0));
	if (info.payload_length > 0)
		assert(info.recognised && info.payload_offset + info.payload_length <= size);
	assert(!info.verified || info.recognised);
	assert(input_end(in) == size);
	input_free(in);
	return 0;
}
