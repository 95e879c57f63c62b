// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/copy.h"

#include <stdarg.h>
#include <stdio.h>

void luks_copy_says(struct luks_copy *c, enum luks_copy_state state, const char *format, ...)
{
	va_list ap;

	c->state = state;
	va_start(ap, format);
	vsnprintf(c->reason, sizeof(c->reason), format, ap);
	va_end(ap);
}

bool luks_copy_is_as_written(const struct luks_copy *c)
{
	return c->state == LUKS_COPY_GOOD || c->state == LUKS_COPY_UNKNOWN ||
	       c->state == LUKS_COPY_BAD_JSON || c->state == LUKS_COPY_CUT;
}

bool luks_any_copy_is(const struct luks *l, enum luks_copy_state state)
{
	return l->copies[0].state == state || l->copies[1].state == state;
}

bool luks_both_copies_are(const struct luks *l, enum luks_copy_state state)
{
	return l->copies[0].state == state && l->copies[1].state == state;
}

bool luks_is_known(const struct luks *l)
{
	return l->chosen >= 0 || l->rebuilt != LUKS_NOT_REBUILT;
}
