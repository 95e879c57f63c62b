/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CHAIN_CHAIN_H
#define BV_CHAIN_CHAIN_H

#include <stdbool.h>

#include "chain/root_search.h"
#include "luks/devices.h"
#include "report/report.h"
#include "storage/superblock.h"
#include "system/block_devices.h"
#include "system/builder.h"
#include "system/modules.h"

/*
 * The chain from the disk to the root file system, as it was sealed and as it is after a boot has
 * failed: disk, LUKS, mapping, LVM, file system.
 */

enum link_state {
	LINK_THERE,
	LINK_NOT_REACHED, /* a lower link is broken */
	LINK_ABSENT,	  /* no such device */
	LINK_DAMAGED,
	LINK_UNREADABLE,
	LINK_OTHER, /* something else is there, sound in itself */
};

/* A layer on top of the opened LUKS device. */
struct chain_layer {
	const struct sealed_layer *sealed;
	enum link_state state;
	char path[256];		     /* where it is, or should be */
	struct superblock seen;	     /* what is there */
	const char *other;	     /* the same in words, when seen knows no kind; or NULL */
	struct lost_superblock lost; /* DAMAGED: what is left of a file system */
	int error; /* UNREADABLE: -EIO from the disk, or why it could not be looked at */
	bool noise; /* DAMAGED, and on no volume: its first block is: it was lost, or overwritten below the
		     * encryption */
	enum lvm_state lvm; /* DAMAGED: likewise of a physical volume */
};

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
 * Looks at everything above the device. crypttab: the text of the initramfs' /cryptroot/crypttab,
 * or NULL. chain_clear() frees what it owns.
 */
void chain_gather(struct chain *c, const struct luks_device *d, const struct block_devices *b,
		  const char *crypttab);
void chain_clear(struct chain *c);

/* "vda3 > LUKS (as sealed) > root_crypt (not opened)": the caller frees it. */
char *chain_text(const struct chain *c);

/* Tells its first broken link. False: there is none. What is damaged in the LUKS header and its
 * keyslots is not told here but by report_luks(). */
bool chain_report(struct report *r, const struct chain *c, const struct block_devices *b);

#endif
