/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_SYSFS_H
#define BV_STORAGE_SYSFS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "storage/location.h"

/*
 * What the kernel tells of a block device (Linux, Documentation/ABI/stable/sysfs-block). The
 * first argument is the folder that holds one link per device, "MAJOR:MINOR".
 */
#define SYSFS_BLOCK "/sys/dev/block"

/*
 * The name in /dev of a device, or, with above = "../", of the disk that a partition is on.
 * False: not known.
 */
bool sysfs_name(const char *folder, dev_t device, const char *above, char *name, size_t size);

/* The name in /dev of the partition that begins at that byte of a disk. False: none does. */
bool sysfs_part_at(const char *folder, dev_t device, uint64_t byte, char *name, size_t size);

/* Where a byte of a device lies. location->known is false when sysfs does not know the device. */
void sysfs_locate(const char *folder, dev_t device, uint64_t byte, struct location *location);

#endif
