// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/memory.h"

int array_grow(void *array_variable, size_t count, size_t item_size)
{
	void **array = array_variable;
	void *grown;

	if (count & (count - 1))
		return 0;
	grown = reallocarray(*array, count ? 2 * count : 1, item_size);
	if (!grown)
		return -ENOMEM;
	*array = grown;
	return 0;
}

void *grow_array(void *array, size_t *count, size_t item_size)
{
	if (array_grow(&array, *count, item_size))
		memory_out();
	memset((char *)array + *count * item_size, 0, item_size);
	(*count)++;
	return array;
}
