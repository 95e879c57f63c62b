/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CMD_SEAL_START_H
#define BV_CMD_SEAL_START_H

#include "cmd/guard_parts.h"
#include "cmd/seal_image.h"

/*
 * Why an image, as guard_make() has just recorded it in m, must not be sealed: it was built to begin
 * with the stub of g, and does not; or the kernel cannot execute what comes then. NULL: it may be;
 * what cannot be told is a warning. The reason is told on stderr, and the caller's to free.
 * *boots: it does as it is, so that it needs no guard that explains.
 */
char *seal_start_fault(const struct image *im, struct manifest *m, struct guard_files *g,
		       bool *boots);

#endif
