/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_LUKS2_H
#define BV_LUKS_LUKS2_H

#include "luks/header.h"
#include "storage/source.h"

/*
 * Finds and reads both copies. version is 2 when one of them was recognised, else 0: then
 * inside.offset is where a container may begin all the same. -ENOMEM.
 */
int luks2_read(const struct source *source, struct luks *l);

#endif
