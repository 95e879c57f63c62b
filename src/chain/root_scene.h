/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CHAIN_ROOT_SCENE_H
#define BV_CHAIN_ROOT_SCENE_H

#include <stdbool.h>

#include "chain/root_search.h"
#include "report/report.h"
#include "system/block_devices.h"
#include "system/builder.h"

/* What a boot has of its root. */
struct root_scene {
	struct report *r;
	const char *root, *sealed; /* sealed: its UUID, or "" */
	const struct root_search *s;
	const struct block_devices *b;
	enum builder builder;
	bool seen; /* its superblock is there and right */
};

enum root_owner { OWNER_ROOT, OWNER_OTHER, OWNER_UNKNOWN };

/* Whose a file system with this UUID is; UNKNOWN where neither root= nor a record tells the root's. */
enum root_owner root_owner_of(const struct root_scene *c, const char *uuid);

/* Where the root that was sealed is, into a finding; nothing when it is not known. */
void root_tell_sealed(struct finding *f, const struct root_scene *c);

#endif
