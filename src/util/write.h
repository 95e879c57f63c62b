/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_WRITE_H
#define BV_UTIL_WRITE_H

#include <stddef.h>
#include <stdint.h>

#include "util/must_check.h"

/* Writes all of len bytes at offset. 0; -ENOSPC when the file takes no more, else -errno. */
must_check int write_at(int fd, const void *data, size_t len, uint64_t offset);

#endif
