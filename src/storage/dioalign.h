/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_DIOALIGN_H
#define BV_STORAGE_DIOALIGN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The alignment in bytes that O_DIRECT needs of offsets and lengths, 0 when the file has no
 * real direct reads (statx(2), STATX_DIOALIGN). False: the kernel or file system does not say.
 */
bool dioalign_query(int fd, uint32_t *align);

#endif
