/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_NEAR_H
#define BV_LUKS_NEAR_H

#include "luks/luks.h"
#include "storage/source.h"

/*
 * Without a good header at the start: looks in every sector of the LUKS_NEAR bytes behind it, and of
 * those in front of it when the device at path is a partition, for a container that begins there
 * (l->inside), as when the partition table was written anew with another start. Then for a good second
 * header of LUKS2 that lies in front of the place that it states: the beginning was cut off. -ENOMEM.
 */
#define LUKS_NEAR (4u << 20)
int luks_find_near(const struct source *source, const char *path, struct luks *l);

/* Forgets what seems to be a header at the start: it is a part of l->inside. */
void luks_take_for_part(struct luks *l);

#endif
