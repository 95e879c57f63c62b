/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_HASH_H
#define BV_UTIL_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * XXH3, 64 bits, seed 0: the hash of every block, file and manifest. The adversary is a bad
 * disk, not an attacker (see https://xxhash.com, "XXH3").
 */
uint64_t hash64(const void *data, size_t len);

/* XXH64, seed 0: for the checker's bytes alone, because it needs little code in the stub. */
uint64_t hash_xxh64(const void *data, size_t len);

/* hash64() over data that arrives in pieces. */
struct hasher;
struct hasher *hasher_new(void); /* NULL: out of memory */
void hasher_reset(struct hasher *h);
void hasher_update(struct hasher *h, const void *data, size_t len);
uint64_t hasher_digest(const struct hasher *h);
void hasher_free(struct hasher *h); /* NULL is allowed */

#endif
