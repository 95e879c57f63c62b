/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CHAIN_ROOT_H
#define BV_CHAIN_ROOT_H

#include <stdbool.h>

#include "chain/root_search.h"
#include "report/report.h"
#include "system/block_devices.h"
#include "system/builder.h"

/* Whether root= names a device in a way that is understood here; not NFS, ZFS, ... */
bool root_device_is_known(const char *root);

/*
 * Tells when what root= names is not there: a UUID, label or partition that no device has, a device
 * file that does not exist, one that holds no file system, or another one than was sealed, or of which
 * only a spare superblock is left. sealed: the UUID of the sealed root file system, or ""; builder: of
 * this initramfs. A configuration error only when something proves that root= is wrong. False: nothing
 * speaks against it, or root= is of a kind that is not understood here; *seen: its superblock was seen
 * and is right, of the sealed UUID if there is one.
 */
bool root_device_report(struct report *r, const char *root, const char *sealed,
			const struct block_devices *b, enum builder builder, bool *seen);

#endif
