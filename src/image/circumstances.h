/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_CIRCUMSTANCES_H
#define BV_IMAGE_CIRCUMSTANCES_H

#include <stdbool.h>

#include "image/bad_list.h"

/* What is known when it is asked for the cause. */
struct circumstances {
	const struct manifest *m;
	struct entry_reader *reader;
	const unsigned char *states;	/* enum entry_state of each of m's contents */
	const struct bad_list *damaged; /* of main, other names left out; sorted */
	const struct bad_list *missing; /* of main; sorted */
	bool guard_bad;			/* one of the guard's own paths is not as sealed */
	const char *kernel_message;	/* or NULL */
	bool just_now;			/* nothing has run since all was unpacked */
	bool unlisted;			/* there are paths that no list has, of a second image */
};

#endif
