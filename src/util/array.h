/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_ARRAY_H
#define BV_UTIL_ARRAY_H

#include <stddef.h>

#include "util/must_check.h"

/*
 * Arrays that grow by doubling: their room is the next power of two, so that nobody keeps it.
 *
 * array_variable points to the array's pointer, which may be NULL with count 0. Makes room for one more
 * item behind count items of item_size bytes. -ENOMEM: the array is as it was.
 */
must_check int array_grow(void *array_variable, size_t count, size_t item_size);

/*
 * The same for what must not get lost: adds one zeroed item, counts it, and returns the array, where it
 * is now; without memory the process ends (memory_out()).
 */
must_check void *grow_array(void *array, size_t *count, size_t item_size);

#endif
