/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CHAIN_ROOT_LOST_H
#define BV_CHAIN_ROOT_LOST_H

#include <stdbool.h>

#include "chain/root_scene.h"
#include "chain/root_search.h"
#include "report/report.h"

/*
 * What to say of a lost superblock at path, in a finding about it: how it is put back from what is
 * left, on a copy first. Nothing without one.
 */
void root_device_next(struct finding *f, const struct lost_superblock *l, const char *path);

/* Says to keep the disk as it is; and, where bytes of it are lost, to whom to tell that. */
void root_device_next_image(struct finding *f, bool lost);

/* The UUID of a file system whose superblock is lost, as far as it is known, or "". */
const char *root_lost_uuid(const struct lost_superblock *l);

/* Tells of a lost superblock at path, however it was lost; ... */
void root_tell_lost(const struct root_scene *c, const char *path, const struct lost_superblock *l);
/* ... and of one of which bytes are proven lost. */
void root_tell_damaged(const struct root_scene *c, const char *path,
		       const struct lost_superblock *l);

#endif
