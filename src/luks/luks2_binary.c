// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/luks2_binary.h"

#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <string.h>

#include "luks/fields.h"
#include "util/bytes.h"
#include "util/util.h"

const unsigned char luks2_magic_second[LUKS_MAGIC_BYTES] = { 'S', 'K', 'U', 'L', 0xba, 0xbe };

const uint64_t luks2_sizes[LUKS2_SIZES] = { 0x4000,  0x8000,   0x10000,	 0x20000, 0x40000,
					    0x80000, 0x100000, 0x200000, 0x400000 };

/* cryptsetup writes sha256; the format allows any hash. */
static const struct nettle_hash *const checksums[] = { &nettle_sha256, &nettle_sha512,
						       &nettle_sha1 };

static const struct nettle_hash *checksum_of(const unsigned char *binary)
{
	for (size_t i = 0; i < ARRAY_SIZE(checksums); i++) {
		if (strncmp(checksums[i]->name, (const char *)binary + LUKS2_AT_ALGORITHM,
			    LUKS2_NAME_BYTES) == 0)
			return checksums[i];
	}
	return NULL;
}

size_t luks2_checksum_bytes(const unsigned char *binary)
{
	const struct nettle_hash *sum = checksum_of(binary);

	return sum ? sum->digest_size : 0;
}

const char *luks2_checksum_name(const unsigned char *binary)
{
	const struct nettle_hash *sum = checksum_of(binary);

	return sum ? sum->name : NULL;
}

bool luks2_is_size(uint64_t bytes)
{
	for (size_t i = 0; i < LUKS2_SIZES; i++) {
		if (luks2_sizes[i] == bytes)
			return true;
	}
	return false;
}

static void compute(const struct nettle_hash *sum, const unsigned char *whole, size_t len,
		    uint32_t version, unsigned char *digest)
{
	unsigned char binary[LUKS2_BINARY];
	union {
		struct sha1_ctx sha1;
		struct sha256_ctx sha256;
		struct sha512_ctx sha512;
	} ctx;

	memcpy(binary, whole, LUKS2_BINARY);
	binary[LUKS2_AT_VERSION] = (unsigned char)(version >> 8);
	binary[LUKS2_AT_VERSION + 1] = (unsigned char)version;
	memset(binary + LUKS2_AT_CHECKSUM, 0, LUKS2_CHECKSUM_MAX);
	sum->init(&ctx);
	sum->update(&ctx, LUKS2_BINARY, binary);
	sum->update(&ctx, len - LUKS2_BINARY, whole + LUKS2_BINARY);
	sum->digest(&ctx, sum->digest_size, digest);
}

size_t luks2_checksum(const unsigned char *whole, size_t len,
		      unsigned char digest[LUKS2_CHECKSUM_MAX])
{
	const struct nettle_hash *sum = checksum_of(whole);

	if (sum)
		compute(sum, whole, len, be16(whole + LUKS2_AT_VERSION), digest);
	return sum ? sum->digest_size : 0;
}

bool luks2_checksum_holds(const unsigned char *whole, size_t len, uint32_t version,
			  unsigned char digest[LUKS2_CHECKSUM_MAX])
{
	const struct nettle_hash *sum = checksum_of(whole);

	compute(sum, whole, len, version, digest);
	return memcmp(digest, whole + LUKS2_AT_CHECKSUM, sum->digest_size) == 0;
}
