/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_BLOCK_DEVICES_H
#define BV_SYSTEM_BLOCK_DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A block device that can hold data, as sysfs knows it (Documentation/ABI/stable/sysfs-block). */
struct block_device {
	char name[64];	/* "vda3", "dm-0" */
	char path[256]; /* "/dev/vda3", "/dev/mapper/root_crypt" */
	uint64_t bytes;
	bool removable;			   /* a medium may be missing */
	bool divided;			   /* it has partitions */
	char dm_name[128];		   /* device-mapper: "root_crypt"; else "" */
	char array[32];			   /* the md array that has claimed it, "md0"; else "" */
	char part_uuid[40], part_name[80]; /* of a partition, where the kernel tells; else "" */
	char dm_uuid[160]; /* "CRYPT-LUKS2-<UUID without dashes>-root_crypt", "LVM-..."; else "" */
};

struct block_devices {
	struct block_device *items; /* by name; none has 0 bytes */
	size_t count;
	struct block_device *empty; /* disks and arrays that have */
	size_t empty_count;
	int error; /* -errno: sysfs could not be read, so that there may be any */
};

#define BLOCK_DEVICES_SYSFS "/sys/class/block"
#define BLOCK_DEVICES_DEV   "/dev"

/*
 * Lists them. Left out are what takes long to answer or holds no disk's data:
 * floppies, optical drives, memory and, unless they are asked for, loop devices. sysfs, dev: folders
 * as above. -errno when the first cannot be read.
 */
int block_devices_read(struct block_devices *b, const char *sysfs, const char *dev, bool loops);
void block_devices_clear(struct block_devices *b);

/* Whether the md array runs that the device is a member of. */
bool block_devices_array_runs(const struct block_devices *b, const struct block_device *d);

/* Whether something else is made of all of it: an array, a multipath device; but not what dm-crypt opens. */
bool block_devices_is_below(const struct block_devices *b, const char *path);

/* What dm-crypt has made of a LUKS device of this UUID; NULL: it is not opened. */
const struct block_device *block_devices_opened(const struct block_devices *b, const char *uuid);

/* The device-mapper device of this name, or NULL. */
const struct block_device *block_devices_mapped(const struct block_devices *b, const char *name);

#endif
