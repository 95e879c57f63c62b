/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_SHA256_H
#define BV_UTIL_SHA256_H

#include <stddef.h>

/* SHA-256, so that a file's record can be compared with sha256sum. */
#define SHA256_BYTES 32
struct sha256;
struct sha256 *sha256_new(void); /* NULL: out of memory */
void sha256_update(struct sha256 *s, const void *data, size_t len);
void sha256_final(struct sha256 *s, unsigned char digest[SHA256_BYTES]);
void sha256_free(struct sha256 *s); /* NULL is allowed */

#endif
