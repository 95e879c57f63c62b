// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/bad_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/util.h"

int bad_list_add(struct bad_list *l, const struct content *c, enum entry_state state)
{
	if (array_grow(&l->items, l->count, sizeof(*l->items)))
		return -ENOMEM;
	l->items[l->count++] = (struct bad_entry){ c, state };
	return 0;
}

bool content_is_guard(const struct content *c)
{
	return c->segment == GUARD_SEGMENT;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

int content_compare_position(const struct content *x, const struct content *y)
{
	int order = compare_u64(content_is_guard(x) ? 0 : x->segment + 1ull,
				content_is_guard(y) ? 0 : y->segment + 1ull);

	if (!order)
		order = compare_u64(x->image_offset, y->image_offset);
	if (!order)
		order = compare_u64(x->data_position, y->data_position);
	return order ? order : strcmp(x->path, y->path);
}

static int compare_position(const void *a, const void *b)
{
	return content_compare_position(((const struct bad_entry *)a)->content,
					((const struct bad_entry *)b)->content);
}

void bad_list_sort(struct bad_list *l)
{
	if (l->count)
		qsort(l->items, l->count, sizeof(*l->items), compare_position);
}

/* The same file in the same state, whatever its names. */
static int compare_file(const void *a, const void *b)
{
	const struct bad_entry *x = a, *y = b;
	int order = compare_u64(x->content->hash, y->content->hash);

	if (!order)
		order = compare_u64(x->content->size, y->content->size);
	return order ? order : compare_u64(x->state, y->state);
}

/* Another name of a file whose own name may be in the list as well. */
static bool is_other_name(const struct bad_entry *b)
{
	return b->content->hard_link && (b->state == ENTRY_BYTES || b->state == ENTRY_SIZE);
}

void bad_list_leave_out_other_names(struct bad_list *l)
{
	cleanup(free_ptr) struct bad_entry *own = malloc((l->count + 1) * sizeof(*own));
	size_t owned = 0, kept = 0;

	for (size_t i = 0; own && i < l->count; i++) {
		if (!l->items[i].content->hard_link)
			own[owned++] = l->items[i];
	}
	if (!owned) /* or no memory: then each name counts */
		return;
	qsort(own, owned, sizeof(*own), compare_file);
	for (size_t i = 0; i < l->count; i++) {
		struct bad_entry b = l->items[i];

		if (!is_other_name(&b) || !bsearch(&b, own, owned, sizeof(*own), compare_file))
			l->items[kept++] = b;
	}
	l->count = kept;
}
