/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_NOISE_H
#define BV_LUKS_NOISE_H

#include "luks/view.h"

/*
 * How many bytes are noise, when the first block is, and every other block of the header and of keyslots that
 * is not as it was: so are blocks that a program wrote through dm-crypt with another key, as on swap or in a
 * file system with a random one, which leave blocks between that they did not write; 0: it is not so. After
 * the keyslots were compared with the record, and bad_copies were found.
 */
uint64_t luks_noise_bytes(const struct luks_view *v, const struct source *source);

#endif
