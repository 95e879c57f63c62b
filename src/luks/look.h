/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_LOOK_H
#define BV_LUKS_LOOK_H

#include "luks/rules.h"

/*
 * Answers with which record a device is compared, after luks_view_read(). ctx is the caller's.
 * Sets *sealed (NULL: with none) and *sealed_at (seconds since 1970; 0: unknown). 0, or -errno,
 * which luks_look() returns. It is asked at every look, because the header may be another one.
 */
typedef int (*luks_find_record)(void *ctx, const struct luks_view *v, const struct source *source,
				const struct sealed_luks **sealed, int64_t *sealed_at);

/*
 * Reads a device, compares it with its record and judges it. What may be so because cryptsetup was
 * writing at that moment is looked at again, 3 times in all and 150 ms apart: damage is what stays.
 *
 * v: device and header are set, and nothing that it would have to free; luks_view_clear() frees
 * what it then owns, in any case. 0, with *j; else as luks_view_read(), find, or
 * luks_view_compare() return.
 */
int luks_look(struct luks_view *v, const struct source *source, luks_find_record find, void *ctx,
	      struct luks_judgement *j);

#endif
