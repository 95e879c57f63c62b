/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_BAD_LIST_H
#define BV_IMAGE_BAD_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "image/entry.h"

/* Paths that are not as sealed. */
struct bad_entry {
	const struct content *content;
	enum entry_state state;
};

struct bad_list {
	struct bad_entry *items; /* owned: free() */
	size_t count;
};

int bad_list_add(struct bad_list *l, const struct content *c, enum entry_state state); /* -ENOMEM */

/* By content_compare_position(). */
void bad_list_sort(struct bad_list *l);

/* A damaged file counts once, whatever the number of its names: under the one with the blocks. */
void bad_list_leave_out_other_names(struct bad_list *l);

bool content_is_guard(const struct content *c);

/* The order in which the kernel unpacks: the guard, then segment after segment. As strcmp(). */
int content_compare_position(const struct content *x, const struct content *y);

#endif
