/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_NOISE_H
#define BV_LUKS_NOISE_H

#include "luks/view.h"

/*
 * How many bytes from the start are noise, at least, and all that is not as it was lies in them: what was in use
 * of swap with a random key, which is used from its first page on without a hole, or lost blocks; 0: it is not so.
 * After the keyslots were compared with the record, and bad_copies were found.
 */
uint64_t luks_noise_bytes(const struct luks_view *v, const struct source *source);

#endif
