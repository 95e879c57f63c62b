/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "damage/bitflip.h"
#include "util/hash.h"

bool bitflip_find(unsigned char *data, size_t len, uint64_t expected_hash, size_t *byte,
		  unsigned int *bit)
{
	for (size_t i = 0; i < len; i++) {
		for (unsigned int b = 0; b < 8; b++) {
			uint64_t hash;

			data[i] ^= (unsigned char)(1u << b);
			hash = hash64(data, len);
			data[i] ^= (unsigned char)(1u << b);
			if (hash == expected_hash) {
				*byte = i;
				*bit = b;
				return true;
			}
		}
	}
	return false;
}
