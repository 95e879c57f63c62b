/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CHAIN_ROOT_SEARCH_H
#define BV_CHAIN_ROOT_SEARCH_H

#include <stdbool.h>

#include "storage/lvm.h"
#include "storage/md.h"
#include "storage/superblock.h"
#include "system/block_devices.h"

/* What root= names: a file system or a partition by what it is, or a path. */
enum root_kind { ROOT_PATH, ROOT_UUID, ROOT_LABEL, ROOT_PARTUUID, ROOT_PARTLABEL };

struct root_name {
	enum root_kind kind;
	const char *value; /* inside what was parsed */
};

/* "UUID=...", "/dev/disk/by-uuid/...", and so on. */
struct root_name root_name_parse(const char *root);
/* "UUID", "label", ... */
const char *root_name_word(enum root_kind kind);

/* How the first superblock of a file system that was there is lost. */
enum loss {
	LOSS_NONE,
	LOSS_ERASED,  /* its magic alone, as wipefs leaves it */
	LOSS_DAMAGED, /* its checksum is wrong, or its magic, and most else is as a spare one says */
	LOSS_CHECKSUM, /* its checksum is wrong, and no more is other than changes while it is used; ext: its
			* magic may be erased as well */
	LOSS_UUID, /* no checksum covers it, and a spare one says otherwise: lost, or changed */
	LOSS_BLOCK, /* its block alone: so it is after a lost block, and under swap with a random key */
	LOSS_START, /* more than that block, and nothing known is there: who did it cannot be told */
	LOSS_OVERWRITTEN, /* something else is there, sound as far as that is known */
};

struct lost_superblock {
	enum loss how;
	bool has_spare;
	struct superblock_spare spare;
	struct superblock is; /* ERASED, DAMAGED, CHECKSUM, UUID: what can be read of it */
	bool removed;	      /* ERASED: as btrfs leaves a device that was taken out of several */
	bool erased;	      /* CHECKSUM: and its magic is */
	char now[96];	      /* OVERWRITTEN: what is there, in words */
};

/*
 * What became of a file system of this UUID, of this label (NULL: any). seen: what superblock_read()
 * has found.
 */
struct lost_superblock lost_superblock_find(const struct source *source,
					    const struct superblock *seen, const char *uuid,
					    const char *label);

/*
 * What was seen on all devices. Paths are those of the devices, or NULL. What a member of an md array
 * holds counts for array_at alone.
 */
struct root_search {
	struct root_name name;
	const char *found;	/* sound, and of that name: the first one, ... */
	const char *twin;	/* ... and another */
	bool found_part;	/* it is one device of a btrfs, which all have that name */
	const char *unreadable; /* its start cannot be read */
	const char *lost_at;	/* what root= names was here */
	const char *sealed_at;	/* the sealed root file system, proven by its checksum */
	const char *alike_at;	/* proven likewise, with nearly the same UUID: */
	char alike[41];
	const char *locked;	/* a LUKS container that is not open */
	const char *volumes_at; /* an LVM physical volume */
	const char *lvm_at;	/* one of which a checksum is wrong: */
	enum lvm_state lvm;
	uint64_t lvm_offset; /* bytes */
	struct lost_superblock lost;
	const char *array_at; /* a member of an md array that does not run: */
	struct md array;
	/* What root= names, or what was sealed, is seen on that member, or what is left of it. */
	bool array_is_it;
};

/* sealed: the UUID of the sealed root file system, or "". */
void root_search(struct root_search *s, const char *root, const char *sealed,
		 const struct block_devices *b);

#endif
