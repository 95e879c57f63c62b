/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_UNLISTED_H
#define BV_IMAGE_UNLISTED_H

#include <stddef.h>

#include "manifest/manifest.h"

/*
 * Paths below root (an open folder) that the list does not have, as far as they lie in its file
 * system: what a second image brought. Not those that the kernel, the stub or the checker make
 * themselves. Right after unpacking only: later on anything may have made some. *first, the first of
 * them that was met, is the caller's to free; NULL: none. Returns their number, which stops at
 * UNLISTED_MAX.
 */
#define UNLISTED_MAX 1000u

size_t unlisted_find(const struct manifest *m, int root, char **first);

#endif
