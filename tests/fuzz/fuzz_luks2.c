// SPDX-License-Identifier: GPL-2.0-or-later
#include <nettle/sha2.h>
#include <stdlib.h>

#include "luks/luks.h"
#include "luks_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SMALLEST 16384u
#define BINARY	 4096u

/* A right checksum, so that changes of the metadata get further than to its comparison. */
static void sign(uint8_t *header)
{
	struct sha256_ctx ctx;

	memset(header + 448, 0, 64);
	nettle_sha256_init(&ctx);
	nettle_sha256_update(&ctx, SMALLEST, header);
	nettle_sha256_digest(&ctx, 32, header + 448);
}

static void read_device(const uint8_t *data, size_t size, uint64_t longer)
{
	struct fuzz_device d = { data, size };
	struct source source = fuzz_source(&d, longer);
	struct luks l;

	assert(luks_read(&source, &l) == 0);
	assert_luks(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	read_device(data, size, 0);
	if (size < BINARY + 16)
		return 0;
	/* Both copies, as two binary headers and what follows as the JSON of each. */
	copy = calloc(2, SMALLEST);
	if (!copy)
		return 0;
	memcpy(copy, data, size < SMALLEST ? size : SMALLEST);
	if (size > SMALLEST)
		memcpy(copy + SMALLEST, data + SMALLEST,
		       size - SMALLEST < SMALLEST ? size - SMALLEST : SMALLEST);
	sign(copy);
	sign(copy + SMALLEST);
	read_device(copy, (size_t)2 * SMALLEST, size);
	free(copy);
	return 0;
}
