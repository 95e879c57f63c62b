/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CHAIN_ARRAY_H
#define BV_CHAIN_ARRAY_H

#include <stdbool.h>

#include "report/report.h"
#include "storage/md.h"
#include "storage/source.h"
#include "system/block_devices.h"

/*
 * Whether a device is a member of an md array, started or not: then what is at its start is a half of a
 * mirror, a part, or of before. *md is zero when its superblock has its signature alone. A disk whose last
 * partition is one is none. d: NULL when it is in no list.
 */
bool array_has_member(const struct block_device *d, const struct source *source, struct md *md);

/* The first member of an array that does not run, and of which array; NULL: there is none. */
const char *array_find_stopped(const struct block_devices *b, struct md *md);

/* "/dev/md0 (RAID1 of 2)", or that nothing tells which: the caller frees it. */
char *array_text(const struct md *md);

/* Says which array it is, how it is started, and that no member may be used alone. */
void array_tell(struct finding *f, const struct md *md, const char *member);

#endif
