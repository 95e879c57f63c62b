/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_DAMAGE_BITFLIP_H
#define BV_DAMAGE_BITFLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Finds the one bit whose change gives data the expected hash64(): *byte is its offset, *bit
 * its place, 0 being the least significant. data is as before on return.
 */
bool bitflip_find(unsigned char *data, size_t len, uint64_t expected_hash, size_t *byte,
		  unsigned int *bit);

#endif
