/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_REMOVE_H
#define BV_STORAGE_REMOVE_H

#include <stdbool.h>

/*
 * Removes a file's name so that no power cut brings it back, or leaves it with the file's blocks
 * given away already (vfat). 0; -ENOENT; another -errno: the name is still there, or, with *gone
 * true, it is gone, and may come back.
 */
int remove_durably(const char *path, bool *gone);

#endif
