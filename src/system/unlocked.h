/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_UNLOCKED_H
#define BV_SYSTEM_UNLOCKED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "system/crypttab.h"

/* What lies on an opened device, between it and a file system. Strings are owned. */
struct crypt_layer {
	const char *kind; /* "lvm" */
	char *name;	  /* "VG/LV" */
	char *uuid;	  /* as device-mapper has it: "LVM-..." */
};

/* A device that the initramfs unlocks. Strings are owned. */
struct crypt_device {
	char *source; /* as crypttab names it, else its name in /dev */
	char *place;  /* its name by the partition's UUID, else in /dev; "": unknown */
	char *header; /* path of a detached header, or NULL */
	char *name;   /* of the mapping */
	char *top;    /* the device with the file system, while that is known; or NULL */
	struct crypt_layer *layers; /* lowest first; owned */
	size_t layer_count;
	bool may_be_plain; /* neither the kernel nor crypttab says that it is LUKS */
};

struct crypt_devices {
	struct crypt_device *items;
	size_t count;
	char *root; /* the device that is mounted on "/", while the kernel tells that; or NULL */
};

/* Where to look; for tests, elsewhere than in the system. */
struct crypt_places {
	const char *root;	/* prefix of etc/; "" for the running system */
	const char *sys_block;	/* as SYSFS_BLOCK; NULL: do not ask the kernel what is mounted */
	const char *mountinfo;	/* "/proc/self/mountinfo" */
	const char *resume;	/* "/sys/power/resume" */
	const char *partitions; /* "/dev/disk/by-partuuid" */
};

/*
 * Finds the devices that the initramfs unlocks, as cryptsetup-initramfs does: those below the root
 * file system, /usr and the device to resume from, through LVM too, and those that crypttab marks
 * with "initramfs". Without the kernel's word (another root, a chroot): what crypttab and fstab
 * say; where fstab's root is no mapping by name, every entry that is not "noauto".
 */
void crypt_devices_find(struct crypt_devices *d, const struct crypt_places *places);
void crypt_devices_clear(struct crypt_devices *d);

/* The name of a block device by its partition's UUID, else in /dev, else "". The caller frees it. */
char *crypt_place(const struct crypt_places *places, dev_t device);

#endif
