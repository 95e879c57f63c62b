/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CHAIN_LAYER_H
#define BV_CHAIN_LAYER_H

#include <stdbool.h>

#include "chain/root_search.h"
#include "manifest/manifest.h"
#include "storage/superblock.h"
#include "system/block_devices.h"

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

/*
 * Looks at a layer. *device: what is below it; afterwards, of a volume, where it is. The first volume of a
 * chain also stands for the physical volume below it: *physical_seen is kept from layer to layer. True: the
 * next one can be looked at.
 */
bool chain_layer_look(struct chain_layer *l, const struct block_devices *b,
		      const struct block_device **device, bool *physical_seen);

/* "there", "NOT THERE": for the chain in one line. */
const char *chain_layer_words(const struct chain_layer *l);

/* Whether it is of LVM: a logical volume, or a physical one. */
bool chain_layer_is_lvm(const struct sealed_layer *s);

#endif
