/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STUB_XXH64_H
#define BV_STUB_XXH64_H

#include <stddef.h>
#include <stdint.h>

/*
 * XXH64, as specified in "XXH64 algorithm description" (xxHash repository,
 * doc/xxhash_spec.md). Not XXH3, which the rest of bootverdict uses: this one needs no table
 * and a tenth of the code, and it runs over one file of half a MiB per boot.
 */
struct xxh64 {
	uint64_t lane[4];
	uint64_t total; /* bytes so far */
};

/* Bytes that are hashed at a time: all pieces but the last must be a multiple of this. */
#define XXH64_STRIPE 32u

void xxh64_begin(struct xxh64 *x); /* with seed 0 */

/* Adds len bytes, a multiple of XXH64_STRIPE. */
void xxh64_stripes(struct xxh64 *x, const unsigned char *p, size_t len);

/* Adds the last piece, of any length, and gives the hash. */
uint64_t xxh64_end(struct xxh64 *x, const unsigned char *p, size_t len);

#endif
