// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/look.h"
#include "luks/view_read.h"

#include <unistd.h>

#define LOOKS_MAX	3u
#define LOOK_AGAIN_USEC 150000u

/*
 * cryptsetup writes keyslots before the header, and one copy of it after the other; an online
 * reencryption does so all the time.
 */
static bool may_be_written(struct luks_judgement j)
{
	return j.ground == LUKS_COPY_BAD || j.ground == LUKS_COPY_OLDER ||
	       j.ground == LUKS_HEADERS_BAD || j.ground == LUKS_SLOT_BAD ||
	       j.ground == LUKS_SLOT_WIPED || j.ground == LUKS_CONVERTING ||
	       j.ground == LUKS_MEMBER;
}

static int look_once(struct luks_view *v, const struct source *source, luks_find_record find,
		     void *ctx, struct luks_judgement *j)
{
	const struct sealed_luks *sealed = NULL;
	int64_t sealed_at = 0;
	int err = luks_view_read(v, source);

	if (!err)
		err = find(ctx, v, source, &sealed, &sealed_at);
	if (!err)
		err = luks_view_compare(v, source, sealed, sealed_at);
	if (!err)
		*j = judge_luks(v);
	return err;
}

int luks_look(struct luks_view *v, const struct source *source, luks_find_record find, void *ctx,
	      struct luks_judgement *j)
{
	int err = look_once(v, source, find, ctx, j);

	for (unsigned int i = 1; !err && may_be_written(*j) && i < LOOKS_MAX; i++) {
		usleep(LOOK_AGAIN_USEC);
		luks_view_clear(v);
		err = look_once(v, source, find, ctx, j);
	}
	return err;
}
