/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_ATTRIBUTES_H
#define BV_STORAGE_ATTRIBUTES_H

#include <sys/types.h>

/*
 * Gives the file fd what the file name in folder has: owner, group, mode, access list, extended
 * attributes (security labels, file capabilities, user.*, trusted.*) and what chattr(1) sets of how
 * a file is stored. Not what vouches for the old bytes (security.ima, security.evm). Without such a
 * file fd gets mode.
 *
 * What the file system or the kernel refuses is left out, and nobody gets access by that: when
 * owner, group or access list cannot be as they were, only the owner keeps access. To be called
 * for an empty file, because compression and copy-on-write are settled by the first write, and
 * again after the last one, which takes file capabilities away. 0, or -errno (-ENOSPC, -EIO, ...).
 */
int attributes_copy(int folder, const char *name, int fd, mode_t mode);

#endif
