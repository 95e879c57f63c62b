// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/view.h"

#include "util/util.h"

const char *luks_view_place(const struct luks_view *v)
{
	return v->header ? v->header : v->device;
}

void luks_view_clear(struct luks_view *v)
{
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++)
		bad_ranges_clear(&v->bad[i]);
	for (unsigned int i = 0; i < LUKS_HEADERS; i++)
		bad_ranges_clear(&v->bad_copies[i]);
}
