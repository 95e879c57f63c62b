/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CHAIN_CHAIN_H
#define BV_CHAIN_CHAIN_H

#include <stdbool.h>

#include "chain/layer.h"
#include "luks/device.h"
#include "report/report.h"
#include "system/block_devices.h"
#include "system/builder.h"
#include "system/modules.h"

/*
 * The chain from the disk to the root file system, as it was sealed and as it is after a boot has
 * failed: disk, LUKS, mapping, LVM, file system.
 */

/* One sealed LUKS device and what stands on it. */
struct chain {
	const struct luks_device *device;
	const struct block_device *opened; /* what dm-crypt made of it; NULL: it is not opened */
	bool in_crypttab;		   /* the initramfs is told to open it */
	char *missing; /* the crypttab's name for it, when no device has that; owned; or NULL */
	char *other; /* the crypttab's name for it, when that leads to a disk which holds nothing of
			* it; owned; or NULL */
	char *key;   /* what gives the key by the crypttab, in words; owned; NULL: it is typed */
	char *name;  /* the mapping's, by the record or the crypttab; owned; or NULL */
	char *nowhere; /* a name in crypttab that leads nowhere, and may be meant for it; owned; or NULL */
	char *lacks; /* what opening it needs, and is not here, in words; owned; NULL: nothing is known */
	bool refused;	      /* a passphrase was, in this boot; the caller's, after gathering */
	enum builder builder; /* of this initramfs; the caller's as well */
	bool device_mapper;   /* the kernel has it now; ... */
	enum module_state dm_mod;   /* ... and when it has not, its driver */
	bool lvm;		    /* the initramfs has its command */
	struct chain_layer *layers; /* those above the mapping */
	size_t layer_count;
};

/*
 * Looks at everything above the device. crypttab: what this boot is told to unlock. chain_clear() frees what it owns.
 */
void chain_gather(struct chain *c, const struct luks_device *d, const struct block_devices *b,
		  const struct crypttab *crypttab);
void chain_clear(struct chain *c);

/* "vda3 > LUKS (as sealed) > root_crypt (not opened)": the caller frees it. */
char *chain_text(const struct chain *c);

/* The same, as evidence. */
void chain_add_text(struct finding *f, const struct chain *c);

#endif
