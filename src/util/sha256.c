// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/sha256.h"

#include <nettle/sha2.h>
#include <stdlib.h>

/* Nettle's header renames its functions by macros, and one of them has the name of ours. */
#undef sha256_update

struct sha256 {
	struct sha256_ctx ctx;
};

struct sha256 *sha256_new(void)
{
	struct sha256 *s = malloc(sizeof(*s));

	if (s)
		nettle_sha256_init(&s->ctx);
	return s;
}

void sha256_update(struct sha256 *s, const void *data, size_t len)
{
	nettle_sha256_update(&s->ctx, len, data);
}

void sha256_final(struct sha256 *s, unsigned char digest[SHA256_BYTES])
{
	nettle_sha256_digest(&s->ctx, SHA256_BYTES, digest);
}

void sha256_free(struct sha256 *s)
{
	free(s);
}
