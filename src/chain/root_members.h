/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CHAIN_ROOT_MEMBERS_H
#define BV_CHAIN_ROOT_MEMBERS_H

#include <stdbool.h>

#include "chain/root_scene.h"
#include "storage/superblock.h"

/*
 * Tells when the file system whose superblock, seen, is at path is a btrfs of several devices, of which
 * one is missing or damaged. False: it is none, or all are there.
 */
bool root_tell_incomplete(const struct root_scene *c, const char *path,
			  const struct superblock *seen);

#endif
