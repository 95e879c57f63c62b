/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_RANDOMNESS_H
#define BV_LUKS_RANDOMNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "storage/source.h"

/*
 * How key material looks: it is ciphertext, so every block must look random. Returns the number
 * of 4096-byte blocks of [offset, offset + length) that cannot be (all equal bytes, long runs,
 * or a byte histogram that chance gives less than once in 10^12). It cannot see damage that looks
 * random itself: a flipped bit, or another keyslot's bytes. -EIO.
 */
ssize_t luks_implausible_blocks(const struct source *source, uint64_t offset, uint64_t length);

/*
 * Whether a block of at most 4096 bytes may be what cryptsetup overwrites a key with before it
 * removes it: random bytes (a bound as above), or one of its patterns other than zeros and ff.
 */
bool luks_looks_wiped(const unsigned char *block, size_t len);

/* Whether every block of [offset, offset + length) may be so. */
bool luks_is_wiped(const struct source *source, uint64_t offset, uint64_t length);

#endif
