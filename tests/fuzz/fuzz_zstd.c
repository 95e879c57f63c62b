// SPDX-License-Identifier: GPL-2.0-or-later
#include "decompress/kind.h"
#include "stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return stream_fuzz(CODEC_ZSTD, data, size);
}
