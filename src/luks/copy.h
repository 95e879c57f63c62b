/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_COPY_H
#define BV_LUKS_COPY_H

#include "luks/header.h"

/* The state of a copy of a header. */

void luks_copy_says(struct luks_copy *c, enum luks_copy_state state, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Whether nothing speaks against its bytes, whether or not this program understands them. */
bool luks_copy_is_as_written(const struct luks_copy *c);

/* Whether one of the two copies, or each of them, is in that state. */
bool luks_any_copy_is(const struct luks *l, enum luks_copy_state state);
bool luks_both_copies_are(const struct luks *l, enum luks_copy_state state);

/* Whether a header tells of the keyslots: a good one, or one that was put together. */
bool luks_is_known(const struct luks *l);

#endif
