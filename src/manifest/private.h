/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_PRIVATE_H
#define BV_MANIFEST_PRIVATE_H

#include <stdbool.h>

#include "manifest/manifest.h"

/*
 * What is not for everybody in the running initramfs: a file that others may not read by its own
 * mode, and everything below a folder that they may not search (cryptsetup's key files).
 */
bool content_is_private(const struct manifest *m, const struct content *c);

/*
 * Takes the hashes of all private content out of m, for the copies outside the image: a hash, quick
 * and without a salt, would confirm a guess. They become 0, as many as there were.
 */
void manifest_hide_private(struct manifest *m);

#endif
